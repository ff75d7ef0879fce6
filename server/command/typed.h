// typed.h: values of every type, for protocols that have none of Redis' commands for them but can
// write a list and a dictionary: miniredis:// and zmq://.
//
//   a list, a set                 a list of bytes
//   a hash                        a dictionary, of bytes
//   a sorted set                  a dictionary of bytes and reals, in the order of the scores
//   anything else                 itself
//
// A collection is found as an item that is not stored, with the collection encoded: made after the
// lock, from references to the elements, and charged while somebody refers to it. Protocols that
// can write neither have Get, which misses all but strings.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kv {

/// How many bytes the collections of one reply may have, encoded as nested.h says. They have
/// max_nested_values at most, too; beyond either the reply is a Refusal.
constexpr std::size_t max_typed_bytes = std::size_t{64} << 20;

struct GetTyped {
    std::string_view key;
};

/// The same for each key, with others let in now and then when they are many.
struct GetMany {
    std::vector<std::string> keys;
};

}  // namespace kv
