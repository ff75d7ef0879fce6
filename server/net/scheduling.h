// scheduling.h: what the kernel is asked for on behalf of a session's thread.
#pragma once

namespace kv {

/// Asks that the calling thread, when it wakes up, does not interrupt the one that runs: mostly a
/// client that is still sending to more of us, and then there is more to do at once (SCHED_BATCH).
/// And that its turns are short, 500 us: the longer they are, the further back it goes when it lets
/// others run. Kernels before 6.12 do not listen to that. Not being allowed to ask is no harm. See
/// sched_setattr(2), and sched-eevdf.rst among the kernel's documentation.
void ask_for_short_turns();

}  // namespace kv
