// pickle_reader.h: reads a pickle without running it.
//
// Python's own unpickler looks names up and calls what it finds, so the sender of a pickle can run
// any code. Here a name is compared with the few that plain data needs (pickle_machine.h), and
// "calling" it makes the set or bytes it stands for.
//
// The machine's memory is limited, and every opcode takes bounded time: the worst pickle of a given
// length costs not much more than a good one.
#pragma once

#include "server/zmq/pickle.h"

namespace kv::zeromq {

/// Reads protocols 0 to 5. Objects keep views into `message`. Bytes after the pickle's end are
/// ignored, as in Python. Throws BadPickle.
[[nodiscard]] Pickle read_pickle(std::string_view message);

}  // namespace kv::zeromq
