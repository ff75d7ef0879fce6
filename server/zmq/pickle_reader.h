// pickle_reader.h: reads a pickle without doing what it says.
//
// Python's own unpickler looks names up and calls what it finds, so whoever sends the pickle runs
// what they like. Here a name is compared with the few that plain data needs (constructor.h), and
// "calling" it makes the list, set or bytes it stands for.
//
// What the machine may hold is limited, and every opcode costs a bounded amount of time: the worst
// pickle of a given length is not much worse than a good one.
#pragma once

#include "server/zmq/pickle.h"

namespace kv::zeromq {

/// Reads protocols 0 to 5. Objects keep views into `message`. What follows the pickle's end is
/// ignored, as Python does. Throws BadPickle.
[[nodiscard]] Pickle read_pickle(std::string_view message);

}  // namespace kv::zeromq
