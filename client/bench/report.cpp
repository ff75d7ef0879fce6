#include "client/bench/report.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

namespace kv::bench {

std::string grouped(double number)
{
    std::string digits = fmt::format("{:.0f}", number);
    for (std::size_t at = digits.size(); at > 3; at -= 3) {
        if (digits[at - 4] == '-') break;
        digits.insert(at - 3, 1, ',');
    }
    return digits;
}

std::string duration_text(std::int64_t ns)
{
    struct Unit {
        const char* name;
        double ns;
    };
    constexpr std::array<Unit, 3> units{{{"s", 1e9}, {"ms", 1e6}, {"us", 1e3}}};
    const auto whole = static_cast<double>(ns);
    for (const Unit& unit : units) {
        if (whole < unit.ns) continue;
        const double number = whole / unit.ns;
        const int decimals = number < 10 ? 2 : number < 100 ? 1 : 0;
        return fmt::format("{:.{}f} {}", number, decimals, unit.name);
    }
    return fmt::format("{} ns", ns);
}

std::string bar(double share, std::size_t width)
{
    // In eighths of a block, so that small shares show.
    constexpr std::array<const char*, 8> eighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const double exact = std::clamp(share, 0.0, 1.0) * static_cast<double>(width) * 8;
    auto filled = static_cast<std::size_t>(std::lround(exact));
    if (filled == 0 && share > 0) filled = 1;
    std::string text;
    for (std::size_t i = 0; i < filled / 8; ++i) text += "█";
    text += eighths.at(filled % 8);
    const std::size_t taken = filled / 8 + (filled % 8 != 0 ? 1 : 0);
    return text + std::string(width - taken, ' ');
}

namespace {

constexpr std::size_t progress_width = 32;

void write(const std::string& text)
{
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
}

}  // namespace

Progress::Progress(const Options& options, std::string phase, double seconds,
                   std::uint64_t requests)
    : is_shown_(options.shows_progress),
      phase_(std::move(phase)),
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
    write(fmt::format("\r\033[K{:16} {} {:3.0f} %  {}/s", phase_, bar(share, progress_width),
                      share * 100, grouped(static_cast<double>(answered) / elapsed.count())));
}

double Progress::share_done(double elapsed_seconds, std::uint64_t answered) const
{
    if (seconds_ > 0) return std::min(1.0, elapsed_seconds / seconds_);
    if (requests_ == 0) return 1.0;
    return std::min(1.0, static_cast<double>(answered) / static_cast<double>(requests_));
}

namespace {

constexpr std::size_t histogram_width = 40;
constexpr std::size_t max_rows = 16;

std::string counted(std::uint32_t count, const char* noun)
{
    return fmt::format("{} {}{}", grouped(count), noun, count == 1 ? "" : "s");
}

std::string describe_load(const Options& options)
{
    std::string text =
        fmt::format("{}, pipeline {}, {:.0f} % gets", counted(options.clients, "client"),
                    options.pipeline, options.get_share * 100);
    if (options.active_share < 1)
        text += fmt::format(", {:g} % active", options.active_share * 100);
    if (options.connects_per_request) text += ", a connection per request";
    if (options.rate > 0) text += fmt::format(", {}/s due", grouped(options.rate));
    return text;
}

std::string describe_data(const Options& options)
{
    const auto [min_bytes, max_bytes] = options.value_sizes;
    const std::string sizes = min_bytes == max_bytes
                                  ? grouped(min_bytes)
                                  : grouped(min_bytes) + " to " + grouped(max_bytes);
    return fmt::format("{} keys {}, values of {} bytes, {}", grouped(options.keys),
                       options.distribution.text(), sizes, counted(options.threads, "thread"));
}

std::string latency_row(const char* name, const Histogram& histogram)
{
    std::string row =
        fmt::format("  {:<5} {:>13}", name, grouped(static_cast<double>(histogram.count())));
    for (const double percent : {50.0, 90.0, 99.0, 99.9}) {
        row += fmt::format(" {:>9}", duration_text(histogram.percentile_ns(percent)));
    }
    return row + fmt::format(" {:>9}\n", duration_text(histogram.max_ns()));
}

std::string latency_table(const Tally& tally)
{
    Histogram all = tally.gets;
    all.merge(tally.sets);
    std::string text = fmt::format("\n  {:<5} {:>13} {:>9} {:>9} {:>9} {:>9} {:>9}\n", "",
                                   "requests", "p50", "p90", "p99", "p99.9", "max");
    if (tally.gets.count() != 0) text += latency_row("get", tally.gets);
    if (tally.sets.count() != 0) text += latency_row("set", tally.sets);
    return text + latency_row("all", all);
}

std::string latency_drawing(const Tally& tally)
{
    Histogram all = tally.gets;
    all.merge(tally.sets);
    const auto rows = all.bars(max_rows);
    std::uint64_t highest = 1;
    for (const auto& row : rows) highest = std::max(highest, row.count);
    std::string text = "\n";
    for (const auto& row : rows) {
        const auto count = static_cast<double>(row.count);
        const double percent = 100.0 * count / static_cast<double>(all.count());
        text += fmt::format("  {:>8} - {:>8} {} {:6.2f} %\n", duration_text(row.from_ns),
                            duration_text(row.to_ns),
                            bar(count / static_cast<double>(highest), histogram_width), percent);
    }
    return text;
}

std::string costs(const Result& result)
{
    std::string text =
        fmt::format("  client CPU  {:.2f} s, {:.2f} us per request\n", result.client_cpu_seconds,
                    result.per_request_us(result.client_cpu_seconds));
    if (!result.server) return text;
    const ServerUse& server = *result.server;
    text += fmt::format("  server CPU  {:.2f} s, {:.2f} us per request\n", server.cpu_seconds,
                        result.per_request_us(server.cpu_seconds));
    const auto mib = [](std::uint64_t kib) { return static_cast<double>(kib) / 1024; };
    return text + fmt::format("  server RSS  {:.1f} MiB, at most {:.1f} MiB\n",
                              mib(server.memory.resident_kib), mib(server.memory.peak_kib));
}

std::string faults(const Tally& tally)
{
    std::string text;
    const auto line = [&](std::uint64_t count, const char* what) {
        if (count != 0)
            text += fmt::format("  {}: {}\n", what, grouped(static_cast<double>(count)));
    };
    line(tally.refused, "refused with an error");
    line(tally.wrong, "WRONG REPLIES");
    line(tally.lost, "LOST, never answered");
    line(tally.not_sent, "due but not sent in time: the server is slower than the rate");
    if (!tally.complaint.empty()) text += fmt::format("  first fault: {}\n", tally.complaint);
    return text;
}

}  // namespace

std::string text_report(const Options& options, const Result& result)
{
    const Tally& tally = result.tally;
    std::string text = fmt::format("{}\n{}\n{}\n\n", to_string(options.uri), describe_load(options),
                                   describe_data(options));
    const double mb_per_second =
        result.seconds > 0 ? static_cast<double>(tally.value_bytes) / 1e6 / result.seconds : 0;
    text += fmt::format("  throughput  {} requests/s, {:.1f} MB/s of values\n",
                        grouped(result.per_second()), mb_per_second);
    if (tally.gets.count() != 0) {
        text += fmt::format("  hits        {:.2f} % of {} gets\n", result.hit_share() * 100,
                            grouped(static_cast<double>(tally.gets.count())));
    }
    text += costs(result);
    if (tally.answered() != 0) text += latency_table(tally) + latency_drawing(tally);
    const std::string trouble = faults(tally);
    return trouble.empty() ? text : text + "\n" + trouble;
}

namespace {

using nlohmann::ordered_json;

double microseconds(std::int64_t ns)
{
    return static_cast<double>(ns) / 1000;
}

ordered_json latencies(const Histogram& histogram)
{
    return {{"count", histogram.count()},
            {"mean", histogram.mean_ns() / 1000},
            {"min", microseconds(histogram.min_ns())},
            {"p50", microseconds(histogram.percentile_ns(50))},
            {"p90", microseconds(histogram.percentile_ns(90))},
            {"p99", microseconds(histogram.percentile_ns(99))},
            {"p99.9", microseconds(histogram.percentile_ns(99.9))},
            {"max", microseconds(histogram.max_ns())}};
}

ordered_json settings(const Options& options)
{
    return {{"uri", to_string(options.uri)},
            {"clients", options.clients},
            {"threads", options.threads},
            {"pipeline", options.pipeline},
            {"get_share", options.get_share},
            {"active_share", options.active_share},
            {"connect_per_request", options.connects_per_request},
            {"rate", options.rate},
            {"keys", options.keys},
            {"distribution", options.distribution.text()},
            {"value_bytes", {options.value_sizes.min_bytes, options.value_sizes.max_bytes}},
            {"seed", options.seed}};
}

}  // namespace

std::string json_report(const Options& options, const Result& result)
{
    const Tally& tally = result.tally;
    Histogram all = tally.gets;
    all.merge(tally.sets);
    ordered_json report{
        {"load", settings(options)},
        {"seconds", result.seconds},
        {"requests", tally.answered()},
        {"requests_per_second", result.per_second()},
        {"value_bytes", tally.value_bytes},
        {"hits", tally.hits},
        {"misses", tally.misses},
        {"hit_share", result.hit_share()},
        {"refused", tally.refused},
        {"wrong", tally.wrong},
        {"lost", tally.lost},
        {"not_sent", tally.not_sent},
        {"first_fault", tally.complaint},
        {"latency_us",
         {{"all", latencies(all)}, {"get", latencies(tally.gets)}, {"set", latencies(tally.sets)}}},
        {"client_cpu_seconds", result.client_cpu_seconds},
        {"client_cpu_us_per_request", result.per_request_us(result.client_cpu_seconds)}};
    if (result.server) {
        report["server"] = {
            {"cpu_seconds", result.server->cpu_seconds},
            {"cpu_us_per_request", result.per_request_us(result.server->cpu_seconds)},
            {"resident_kib", result.server->memory.resident_kib},
            {"peak_kib", result.server->memory.peak_kib}};
    }
    return report.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace kv::bench
