#include "client/bench/progress.h"

#include "client/bench/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace kv::bench {

namespace {

constexpr std::size_t progress_width = 32;

void write(const std::string& text)
{
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
}

}  // namespace

Progress::Progress(const Options& options, std::string stage, double seconds,
                   std::uint64_t requests)
    : is_shown_(options.shows_progress),
      stage_(std::move(stage)),
      seconds_(seconds),
      requests_(requests)
{
}

Progress::~Progress()
{
    if (is_shown_) write("\r\033[K");
}

void Progress::show(std::uint64_t answered)
{
    if (!is_shown_) return;
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin_;
    const double share = share_done(elapsed.count(), answered);
    write(fmt::format("\r\033[K{:16} {} {:3.0f} %  {}/s", stage_, bar(share, progress_width),
                      share * 100, grouped(static_cast<double>(answered) / elapsed.count())));
}

double Progress::share_done(double elapsed_seconds, std::uint64_t answered) const
{
    if (seconds_ > 0) return std::min(1.0, elapsed_seconds / seconds_);
    if (requests_ == 0) return 1.0;
    return std::min(1.0, static_cast<double>(answered) / static_cast<double>(requests_));
}

}  // namespace kv::bench
