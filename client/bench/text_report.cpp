#include "client/bench/report.h"
#include "client/bench/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace kv::bench {

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

}  // namespace kv::bench
