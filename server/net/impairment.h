// impairment.h: a connection made worse on purpose, to expose bugs of clients.
//
// TCP may split and delay data anywhere, but rarely does so on one machine. With these options it
// always does, and a client that takes a read for a message fails.
#pragma once

#include <chrono>
#include <cstdint>

namespace kv {

struct Impairment {
    std::uint64_t max_read = 0;          ///< the most bytes a read returns; 0: no limit
    std::uint64_t max_write = 0;         ///< the most bytes a write sends; 0: no limit
    std::chrono::milliseconds delay{0};  ///< added to each read and each write
    std::uint64_t reset_after = 0;       ///< bytes sent before the connection is reset; 0: never

    [[nodiscard]] bool any() const
    {
        return max_read + max_write + reset_after > 0 || delay.count() > 0;
    }
};

}  // namespace kv
