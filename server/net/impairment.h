// impairment.h: a connection made worse on purpose, so that a client's bugs show.
//
// TCP may cut and delay data anywhere, and rarely does so on one machine. With these options it
// always does: a client that takes a read for a message stops working.
#pragma once

#include <chrono>
#include <cstdint>

namespace kv {

struct Impairment {
    std::uint64_t max_read = 0;          ///< bytes a read returns at most; 0: no limit
    std::uint64_t max_write = 0;         ///< bytes a write sends at most; 0: no limit
    std::chrono::milliseconds delay{0};  ///< how much longer each read and each write takes
    std::uint64_t reset_after = 0;       ///< bytes sent before the connection is reset; 0: never

    [[nodiscard]] bool any() const
    {
        return max_read + max_write + reset_after > 0 || delay.count() > 0;
    }
};

}  // namespace kv
