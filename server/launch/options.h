// options.h: how a server is launched: what it tells whoever started it, and when it ends by
// itself.
#pragma once

#include <chrono>
#include <string>

namespace kv {

struct LaunchOptions {
    std::string announce;  ///< the file that is told where we listen; "-": stdout; empty: none
    int ready_fd = -1;     ///< a descriptor to write a byte to, then close; -1: none
    bool exit_with_parent = false;
    bool exit_on_eof = false;                     ///< when standard input ends
    std::chrono::milliseconds max_lifetime{0};    ///< 0: no limit
    std::chrono::milliseconds exit_when_idle{0};  ///< without a client; 0: never
};

}  // namespace kv
