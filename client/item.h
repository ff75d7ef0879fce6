// item.h: what a memcached client stores and gets back.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace kv {

/// What a get finds. (Not "Item": that is what the server keeps, and both are in programs that test
/// themselves.)
struct Hit {
    std::string value;        ///< any bytes
    std::uint32_t flags = 0;  ///< the application's own, returned as they were stored
    std::uint64_t cas = 0;    ///< names this version of the value; 0 when it was not asked for
};

struct StoreOptions {
    /// From now. 0: never. Negative: expired at once. The server counts whole seconds, so that an
    /// item may go up to a second early.
    std::chrono::seconds expiry{0};
    std::uint32_t flags = 0;
};

enum class Stored {
    yes,
    no,         ///< NOT_STORED: the condition of add, replace, append or prepend did not hold
    exists,     ///< cas: somebody else has changed it
    not_found,  ///< cas: it is gone
};

}  // namespace kv
