// --latency: how long the server takes to answer the least of questions.
#include "client/errors.h"
#include "client/shell/modes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iostream>

namespace kv::shell {

namespace {

using Micros = std::chrono::duration<double, std::micro>;

double at_fraction(const std::vector<double>& sorted, double fraction)
{
    const auto rank =
        static_cast<std::size_t>(std::ceil(fraction * static_cast<double>(sorted.size())));
    return sorted[std::max<std::size_t>(rank, 1) - 1];
}

std::string summary(std::vector<double> times)
{
    std::sort(times.begin(), times.end());
    double sum = 0;
    for (const double time : times) sum += time;
    return fmt::format(
        "{} samples: min {:.0f}, mean {:.0f}, p50 {:.0f}, p90 {:.0f}, p99 {:.0f}, "
        "p99.9 {:.0f}, max {:.0f} us",
        times.size(), times.front(), sum / static_cast<double>(times.size()),
        at_fraction(times, 0.5), at_fraction(times, 0.9), at_fraction(times, 0.99),
        at_fraction(times, 0.999), times.back());
}

/// Rows of 1, 2, 5, 10, 20, 50 ... us: the tail is what matters, and it is long.
std::string histogram(const std::vector<double>& times)
{
    constexpr std::size_t width = 50;
    std::vector<std::pair<double, std::size_t>> rows;
    for (std::uint64_t power = 1; power < 1'000'000'000; power *= 10) {
        for (const std::uint64_t step : {1U, 2U, 5U}) {
            rows.emplace_back(static_cast<double>(power * step), 0);
        }
    }
    for (const double time : times) {
        const auto row = std::find_if(rows.begin(), rows.end(),
                                      [&](const auto& each) { return time <= each.first; });
        if (row != rows.end()) ++row->second;
    }
    const auto is_filled = [](const auto& row) { return row.second > 0; };
    const auto first = std::find_if(rows.begin(), rows.end(), is_filled);
    const auto last = std::find_if(rows.rbegin(), rows.rend(), is_filled).base();
    std::size_t most = 1;
    for (const auto& row : rows) most = std::max(most, row.second);
    std::string text;
    for (auto row = first; row < last; ++row) {
        const std::size_t length = (row->second * width + most - 1) / most;
        text += fmt::format("{:>10} us  {:<50} {}\n", fmt::format("<= {:.0f}", row->first),
                            std::string(length, '#'), row->second);
    }
    return text;
}

}  // namespace

ExitCode latency(Shell& shell)
{
    const bool is_terminal = shell.output().is_terminal();
    const std::uint64_t wanted = shell.options().repeat.value_or(is_terminal ? 0 : 100);
    const auto apart = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::duration<double>(shell.options().interval_seconds.value_or(0.01)));
    const Command question{shell.session().dialect() == Dialect::memcached ? "version" : "PING"};
    Speaker& server = shell.session().speaker();
    std::vector<double> times;
    auto next_report = std::chrono::steady_clock::now();
    do {
        const auto start = std::chrono::steady_clock::now();
        const resp::Value answer = server.ask(question);
        if (answer.type == resp::Type::error) throw ServerError(answer.text);
        const auto end = std::chrono::steady_clock::now();
        times.push_back(Micros(end - start).count());
        if (is_terminal && end >= next_report) {
            std::cout << "\r\x1b[K" << summary(times) << std::flush;
            next_report = end + std::chrono::milliseconds(250);
        }
    } while ((wanted == 0 || times.size() < wanted) && shell.pause(apart));
    if (is_terminal) std::cout << "\r\x1b[K";
    std::cout << summary(times) << "\n" << histogram(times) << std::flush;
    return ExitCode::done;
}

}  // namespace kv::shell
