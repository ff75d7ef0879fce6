// modes.cpp: --stat shows a server's activity, one line per second; --latency its response time.
#include "client/shell/modes.h"

#include "client/errors.h"
#include "client/shell/terminal.h"
#include "common/words.h"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <map>

namespace kv::shell {

using resp::Type;
using resp::Value;

namespace {

/// Counters by name, for both dialects.
using Counters = std::map<std::string, std::string, std::less<>>;

double number(const Counters& counters, std::string_view name)
{
    const auto found = counters.find(name);
    if (found == counters.end()) return 0;
    const auto value = parse_number<std::uint64_t>(found->second);
    return value ? static_cast<double>(*value) : 0;
}

/// INFO is lines of "name:value" under headings.
Counters parse_info(std::string_view text)
{
    Counters counters;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        const std::size_t colon = line.find(':');
        if (colon != std::string_view::npos) {
            counters.insert_or_assign(std::string(line.substr(0, colon)), line.substr(colon + 1));
        }
    }
    return counters;
}

/// A sample of a server's counters, in either dialect.
struct Moment {
    std::chrono::steady_clock::time_point time = std::chrono::steady_clock::now();
    double items = 0;
    double bytes = 0;
    double clients = 0;
    double commands = 0;
    double hits = 0;
    double misses = 0;
    double bytes_in = 0;
    double bytes_out = 0;
    double evicted = 0;
};

Moment memcached_moment(Speaker& server)
{
    const Value stats = server.ask({"stats"});
    if (stats.type == Type::error) throw ServerError(harmless_line(stats.text));
    if (stats.type != Type::map) throw NonsenseReply("the reply to stats has none");
    Counters counters;
    for (std::size_t i = 0; i + 1 < stats.elements.size(); i += 2) {
        counters.insert_or_assign(stats.elements[i].text, stats.elements[i + 1].text);
    }
    Moment now;
    now.items = number(counters, "curr_items");
    now.bytes = number(counters, "bytes");
    now.clients = number(counters, "curr_connections");
    for (const char* name :
         {"cmd_get", "cmd_set", "cmd_touch", "cmd_flush", "cmd_meta", "delete_hits",
          "delete_misses", "incr_hits", "incr_misses", "decr_hits", "decr_misses"}) {
        now.commands += number(counters, name);
    }
    now.hits = number(counters, "get_hits");
    now.misses = number(counters, "get_misses");
    now.bytes_in = number(counters, "bytes_read");
    now.bytes_out = number(counters, "bytes_written");
    now.evicted = number(counters, "evictions");
    return now;
}

Moment redis_moment(Speaker& server)
{
    const std::vector<Command> questions{{"INFO"}, {"DBSIZE"}};
    const std::vector<Value> answers = server.ask_all(questions);
    if (answers[0].type == Type::error) throw ServerError(harmless_line(answers[0].text));
    std::string text = answers[0].text;
    if (answers[0].type == Type::verbatim) text.erase(0, std::min<std::size_t>(4, text.size()));
    const Counters counters = parse_info(text);
    Moment now;
    now.items = static_cast<double>(parse_number<std::uint64_t>(answers[1].text).value_or(0));
    now.bytes = number(counters, "used_memory");
    now.clients = number(counters, "connected_clients");
    now.commands = number(counters, "total_commands_processed");
    now.hits = number(counters, "keyspace_hits");
    now.misses = number(counters, "keyspace_misses");
    now.bytes_in = number(counters, "total_net_input_bytes");
    now.bytes_out = number(counters, "total_net_output_bytes");
    now.evicted = number(counters, "evicted_keys");
    return now;
}

/// "1.5M": three digits suffice and keep columns aligned.
std::string scaled(double value)
{
    constexpr std::string_view units[] = {"", "k", "M", "G", "T", "P"};
    std::size_t unit = 0;
    while (value >= 1000 && unit + 1 < std::size(units)) {
        value /= 1000;
        ++unit;
    }
    return unit == 0 ? fmt::format("{:.0f}", value) : fmt::format("{:.3g}{}", value, units[unit]);
}

constexpr std::string_view heading =
    "   items  memory clients   cmd/s   hit %  evict/s   in B/s  out B/s\n";

std::string line(const Moment& before, const Moment& now)
{
    const double seconds = std::chrono::duration<double>(now.time - before.time).count();
    const auto rate = [&](double Moment::*counter) {
        // A restarted server counts from 0 again.
        return scaled(std::max(0.0, (now.*counter - before.*counter) / std::max(seconds, 1e-3)));
    };
    const double hits = now.hits - before.hits;
    const double asked = hits + now.misses - before.misses;
    const std::string ratio = asked > 0 ? fmt::format("{:.1f}", 100 * hits / asked) : "-";
    return fmt::format("{:>8} {:>7} {:>7} {:>7} {:>7} {:>8} {:>8} {:>8}\n", scaled(now.items),
                       scaled(now.bytes), scaled(now.clients), rate(&Moment::commands), ratio,
                       rate(&Moment::evicted), rate(&Moment::bytes_in), rate(&Moment::bytes_out));
}

}  // namespace

ExitCode stat(Shell& shell)
{
    constexpr std::uint64_t lines_between_headings = 20;
    const bool is_memcached = shell.session().dialect() == Dialect::memcached;
    const auto look = [&] {
        Speaker& server = shell.session().speaker();
        return is_memcached ? memcached_moment(server) : redis_moment(server);
    };
    const auto apart = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::duration<double>(shell.options().interval_seconds.value_or(1)));
    const std::uint64_t wanted = shell.options().repeat.value_or(0);
    Moment before = look();
    for (std::uint64_t i = 0; (wanted == 0 || i < wanted) && shell.pause(apart); ++i) {
        const Moment now = look();
        if (i % lines_between_headings == 0) std::cout << shell.output().paint().name(heading);
        std::cout << line(before, now) << std::flush;
        check_output();
        before = now;
    }
    return ExitCode::done;
}

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

/// Rows of 1, 2, 5, 10, 20, 50 ... us, since latencies have a long tail.
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
    const bool shows_progress = has_escapes(STDOUT_FILENO);
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
        if (answer.type == resp::Type::error) throw ServerError(harmless_line(answer.text));
        const auto end = std::chrono::steady_clock::now();
        times.push_back(Micros(end - start).count());
        if (shows_progress && end >= next_report) {
            std::cout << "\r\x1b[K" << summary(times) << std::flush;
            next_report = end + std::chrono::milliseconds(250);
        }
    } while ((wanted == 0 || times.size() < wanted) && shell.pause(apart));
    if (shows_progress) std::cout << "\r\x1b[K";
    std::cout << summary(times) << "\n" << histogram(times) << std::flush;
    return ExitCode::done;
}

}  // namespace kv::shell
