#include "client/shell/progress.h"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <iostream>

namespace kv::shell {

Progress::Progress(std::uint64_t total) : total_(total), is_terminal_(::isatty(STDERR_FILENO) == 1)
{
}

Progress::~Progress()
{
    if (is_drawn_) std::cerr << "\r\x1b[K" << std::flush;
}

void Progress::show(std::uint64_t done, std::uint64_t items)
{
    const auto now = std::chrono::steady_clock::now();
    if (!is_terminal_ || now < next_) return;
    next_ = now + std::chrono::milliseconds(100);
    is_drawn_ = true;
    if (total_ == 0) {
        std::cerr << fmt::format("\r{} items", items) << std::flush;
        return;
    }
    constexpr std::uint64_t width = 40;
    const std::uint64_t part = std::min(done, total_);
    std::cerr << fmt::format("\r[{:<40}] {:3} %  {} items", std::string(part * width / total_, '#'),
                             part * 100 / total_, items)
              << std::flush;
}

}  // namespace kv::shell
