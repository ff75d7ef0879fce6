// reply.h: what became of an operation, without a word of how it will be written on the wire.
#pragma once

#include "server/store/item.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace kv {

enum class Outcome : std::uint8_t {
    stored,
    not_stored,
    exists,     ///< cas: somebody has changed the item since
    not_found,  ///< also a miss
    deleted,
    touched,
    done,
    not_a_number,   ///< the stored value is none, so it cannot be counted up or down
    out_of_memory,  ///< the memory limit has no room; nothing has changed
    too_large,      ///< the value would pass what an item may have; nothing has changed
    nothing,        ///< there is nothing to answer
};

/// A hit. Keeps the item alive until the reply is written, whatever happens to the key meanwhile.
struct Found {
    ItemPtr item;
    std::uint64_t cas;  ///< as it was under the lock; the item's own may change
};

struct Number {
    std::uint64_t value;
};

/// The text of the Reject that it answers.
struct Refusal {
    std::string_view text;
};

struct Statistics {
    std::vector<std::pair<std::string_view, std::string>> rows;
};

/// This server's version.
struct VersionText {
    std::string_view text;
};

using Reply = std::variant<Outcome, Found, Number, Refusal, Statistics, VersionText>;

}  // namespace kv
