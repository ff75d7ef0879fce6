// item.h: what a memcached client stores and gets back.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace kv {

/// The result of a get. (Not "Item", which is the server's type; a test may link both.)
struct Hit {
    std::string value;        ///< any bytes
    std::uint32_t flags = 0;  ///< the application's own, returned as stored
    std::uint64_t cas = 0;    ///< the version of the value; 0 when it was not requested
};

struct StoreOptions {
    /// From now. 0: never. Negative: immediately. The server counts whole seconds, so an item may
    /// expire up to a second early.
    std::chrono::seconds expiry{0};
    std::uint32_t flags = 0;
};

enum class Stored {
    yes,
    no,         ///< NOT_STORED: the condition of add, replace, append or prepend did not hold
    exists,     ///< cas: the item has changed
    not_found,  ///< cas: it is gone
};

}  // namespace kv
