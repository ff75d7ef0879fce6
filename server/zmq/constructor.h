// constructor.h: the only names a pickle may use, and what "calling" them makes.
//
// Each is a spelling of plain data in protocols that have no opcode for it. The name is compared,
// never looked up, and nothing is called.
#pragma once

#include "server/zmq/pickle_machine.h"

namespace kv::zeromq {

enum class Constructor : std::int64_t {
    encode,     ///< _codecs.encode(text, 'latin1'): bytes, in protocols 0 to 2
    bytes,      ///< bytes(): no bytes, in the same
    set,        ///< set([...]), in protocols 0 to 3
    frozenset,  ///< frozenset([...]), in the same
};

/// Throws BadPickle for any other name.
[[nodiscard]] Constructor constructor_of(std::string_view module, std::string_view name);

/// Pushes what the constructor makes of its arguments, a tuple. Throws BadPickle.
void push_constructed(PickleMachine& machine, Constructor constructor, ObjectId arguments);

}  // namespace kv::zeromq
