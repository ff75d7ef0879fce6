// progress.h: a bar on standard error while something long goes on; nothing unless it is a
// terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace kv::shell {

class Progress {
public:
    /// `total` of what is counted, 0 when nobody knows.
    explicit Progress(std::uint64_t total);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// `done` of the total, `items` so far. Draws ten times a second at most.
    void show(std::uint64_t done, std::uint64_t items);

private:
    std::uint64_t total_;
    bool is_terminal_;
    bool is_drawn_ = false;
    std::chrono::steady_clock::time_point next_{};
};

}  // namespace kv::shell
