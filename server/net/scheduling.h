// scheduling.h: what the kernel is asked for on behalf of a session's thread.
#pragma once

namespace kv {

/// Asks that the calling thread, when it wakes up, does not interrupt the one that runs: mostly a
/// client that is still sending to more of us, and then there is more to do at once (SCHED_BATCH).
/// And that its turns are short, 500 us: a thread that lets others run is put back by a whole turn,
/// and so waits less long for its next (Linux 6.12 and newer; before that it has no effect). Not
/// being allowed to ask is no harm. See sched_setattr(2), and sched-eevdf.rst of the kernel.
void ask_for_short_turns();

}  // namespace kv
