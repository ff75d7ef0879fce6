// scheduling.h: the scheduling policy of session threads.
#pragma once

namespace kv {

/// Sets SCHED_BATCH for the calling thread: when it wakes up it does not preempt the running one.
/// That is usually a client still sending to other sessions; letting it finish batches their work.
/// Also sets a short time slice, 500 us: the longer a slice is, the further back in the queue a
/// yielding thread goes. Kernels before 6.12 ignore the slice; a refusal is ignored. See
/// sched_setattr(2), and sched-eevdf.rst in the kernel's documentation.
void ask_for_short_turns();

}  // namespace kv
