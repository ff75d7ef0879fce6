// What is noted of the requests, and how it is told: SLOWLOG, LATENCY; with MEMORY and DEBUG.
#include "server/resp/diagnostics.h"
#include "common/words.h"
#include "server/command/pause.h"
#include "server/resp/number.h"
#include "server/resp/protocol.h"

#include <fmt/format.h>

#include <malloc.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace kv::resp {

namespace {

std::int64_t unix_seconds()
{
    using std::chrono::seconds;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<seconds>(now).count();
}

/// As Redis shows them: at most 32 words of 128 bytes. A value that has gone into the store is no
/// longer there to be shown.
std::vector<std::string> shown_words(const Call& call, bool values_are_gone)
{
    constexpr std::size_t most_words = 32;
    constexpr std::size_t most_bytes = 128;
    std::vector<std::string> shown;
    for (std::size_t i = 0; i < call.size(); ++i) {
        if (i + 1 == most_words && call.size() > most_words) {
            shown.push_back(fmt::format("... ({} more arguments)", call.size() - i));
            break;
        }
        const std::string_view word = call[i];
        if (is_secret(call.command, call.words(), i)) {
            shown.emplace_back("(redacted)");
        } else if (values_are_gone && call.command.key_of_value(i) != 0) {
            shown.push_back(fmt::format("... ({} bytes)", word.size()));
        } else {
            shown.emplace_back(word.substr(0, most_bytes));
            if (word.size() > most_bytes) {
                shown.back() += fmt::format("... ({} more bytes)", word.size() - most_bytes);
            }
        }
    }
    return shown;
}

}  // namespace

void note_error(const Call& call, const Reply& reply)
{
    Measures& measures = call.context.server.measures();
    measures.times.count_failed(call.command.number, call.context.client.id());
    const auto* refused = std::get_if<Error>(&reply);
    measures.errors.add(refused != nullptr ? std::string_view(refused->text) : out_of_memory);
}

void note_slow(const Call& call, std::uint64_t taken, bool values_are_gone)
{
    Measures& measures = call.context.server.measures();
    measures.find_slow_ticks();
    const auto microseconds =
        static_cast<std::int64_t>(static_cast<double>(taken) / measures.rate.per_microsecond());
    const std::int64_t milliseconds = microseconds / 1000;
    const bool is_fast = (call.command.flags & fast) != 0;
    if (measures.latency_from() > 0 && milliseconds >= measures.latency_from()) {
        measures.latency.add(is_fast ? "fast-command" : "command", {unix_seconds(), milliseconds});
    }
    const bool is_slow = measures.slow_from() >= 0 && microseconds >= measures.slow_from();
    if (!is_slow || call.command.name == "exec") return;  // what it carries out is noted itself
    measures.slow_log.add({0, unix_seconds(), microseconds, shown_words(call, values_are_gone),
                           call.context.client.address(), call.context.client.name()},
                          call.context.store.unstored().held);
}

namespace {

Reply handle_slowlog_get(Call& call)
{
    if (call.size() > 3) return wrong_arity(call.command);
    const auto count = call.size() == 3 ? parse_integer(call[2]) : 10;
    if (!count || *count < -1) {
        return error("ERR count should be greater than or equal to -1");
    }
    const auto most = *count < 0 ? SIZE_MAX : static_cast<std::size_t>(*count);
    Array entries;
    for (SlowRequest& request : call.context.server.measures().slow_log.newest(most)) {
        Array words;
        for (std::string& word : request.words) words.elements.emplace_back(Bulk{std::move(word)});
        entries.elements.emplace_back(
            Array{Array::Kind::array,
                  {Integer{request.number}, Integer{request.unix_seconds},
                   Integer{request.microseconds}, std::move(words),
                   Bulk{std::move(request.address)}, Bulk{std::move(request.client_name)}}});
    }
    if (!call.hold(footprint(entries))) return error(out_of_memory);
    return entries;
}

Reply handle_slowlog_len(Call& call)
{
    return integer(call.context.server.measures().slow_log.size());
}

Reply handle_slowlog_reset(Call& call)
{
    call.context.server.measures().slow_log.clear();
    return ok;
}

/// How many calls took no longer than 1.032, 2.064 ... microseconds, Redis' limits, where that
/// differs.
Array histogram_of(const CommandTally& tally, double ticks_per_microsecond)
{
    Array counts{Array::Kind::map, {}};
    std::uint64_t count = 0;
    std::uint64_t told = 0;
    std::size_t bucket = 0;
    for (double limit = 1.032; bucket < Histogram::buckets; limit *= 2) {
        while (bucket < Histogram::buckets &&
               static_cast<double>(Histogram::last_of(bucket)) <= limit * ticks_per_microsecond) {
            count += tally.times.counts[bucket++];
        }
        if (count == told) continue;
        told = count;
        counts.elements.emplace_back(Integer{static_cast<std::int64_t>(limit)});
        counts.elements.emplace_back(integer(count));
    }
    return counts;
}

/// Adds that of a command that has been called. false: there is no memory for it.
bool add_histogram(const Call& call, const Command& command, Array& to)
{
    const Measures& measures = call.context.server.measures();
    const CommandTally tally = measures.times.of(command.number);
    const std::uint64_t calls = tally.calls();
    if (calls == 0) return true;
    Reply entry = Array{Array::Kind::map,
                        {bulk("calls"), integer(calls), bulk("histogram_usec"),
                         histogram_of(tally, measures.rate.per_microsecond())}};
    if (!call.hold(2 * sizeof(Reply) + footprint(entry))) return false;
    to.elements.emplace_back(bulk(command.name));
    to.elements.push_back(std::move(entry));
    return true;
}

/// Of the commands that the words name, with all subcommands; of all where none is named.
Reply handle_latency_histogram(Call& call)
{
    Array histograms{Array::Kind::map, {}};
    for (const Command& command : all_commands()) {
        if (call.size() == 2 && !add_histogram(call, command, histograms)) return OutOfMemory{};
    }
    for (std::size_t i = 2; i < call.size() && !call.is_cut(); ++i) {
        const Command* named = find_command(call[i]);
        if (named == nullptr) continue;
        for (const Command& command : all_commands()) {
            const bool fits = &command == named || is_subcommand_of(command, *named);
            if (fits && !add_histogram(call, command, histograms)) return OutOfMemory{};
        }
    }
    return histograms;
}

Reply handle_latency_latest(Call& call)
{
    Array events;
    for (const auto& [name, event] : call.context.server.measures().latency.all()) {
        const auto& last = event.samples.back();
        events.elements.emplace_back(Array{Array::Kind::array,
                                           {bulk(name), Integer{last.unix_seconds},
                                            Integer{last.milliseconds}, Integer{event.longest}}});
    }
    return events;
}

Reply handle_latency_history(Call& call)
{
    Array samples;
    const auto events = call.context.server.measures().latency.all();
    const auto found = events.find(call[2]);
    if (found == events.end()) return samples;
    for (const auto& sample : found->second.samples) {
        samples.elements.emplace_back(Array{
            Array::Kind::array, {Integer{sample.unix_seconds}, Integer{sample.milliseconds}}});
    }
    return samples;
}

Reply handle_latency_reset(Call& call)
{
    LatencyEvents& latency = call.context.server.measures().latency;
    std::size_t count = 0;
    if (call.size() == 2) {
        for (const auto& [name, event] : latency.all()) count += latency.forget(name);
    }
    for (std::size_t i = 2; i < call.size(); ++i) count += latency.forget(call[i]);
    return integer(count);
}

/// A line for each sample, the longest 60 characters wide.
Reply handle_latency_graph(Call& call)
{
    constexpr std::int64_t widest = 60;
    const auto events = call.context.server.measures().latency.all();
    const auto found = events.find(call[2]);
    if (found == events.end()) {
        return Error{fmt::format("ERR No samples available for event '{}'", call[2])};
    }
    const auto& [longest, samples] = found->second;
    const auto [low, high] = std::minmax_element(
        samples.begin(), samples.end(),
        [](const auto& a, const auto& b) { return a.milliseconds < b.milliseconds; });
    std::string text =
        fmt::format("{} - high {} ms, low {} ms (all time high {} ms)\n{:-<80}\n", found->first,
                    high->milliseconds, low->milliseconds, longest, "");
    const std::int64_t now = unix_seconds();
    for (const auto& sample : samples) {
        const auto width = std::max<std::int64_t>(
            1, sample.milliseconds * widest / std::max<std::int64_t>(1, longest));
        text += fmt::format("{:>7}s {:#<{}} {} ms\n", now - sample.unix_seconds, "", width,
                            sample.milliseconds);
    }
    return Verbatim{std::move(text)};
}

Reply handle_latency_doctor(Call& call)
{
    const Measures& measures = call.context.server.measures();
    const auto events = measures.latency.all();
    if (measures.latency_from() == 0 && events.empty()) {
        return Verbatim{
            "I'm sorry, Dave, I can't do that. Latency monitoring is disabled in this Redis "
            "instance. You may use \"CONFIG SET latency-monitor-threshold <milliseconds>.\" in "
            "order to enable it. If we weren't in a deep space mission I'd suggest to take a look "
            "at https://redis.io/topics/latency-monitor.\n"};
    }
    if (events.empty()) {
        return Verbatim{
            "Dave, no latency spike was observed during the lifetime of this Redis instance, not "
            "in the slightest bit. I honestly think you ought to sit down calmly, take a stress "
            "pill, and think things over.\n"};
    }
    std::string text =
        "Dave, I have observed latency spikes in this Redis instance. You don't mind talking about "
        "it, do you Dave?\n\n";
    for (const auto& [name, event] : events) {
        std::int64_t sum = 0;
        for (const auto& sample : event.samples) sum += sample.milliseconds;
        const auto count = static_cast<std::int64_t>(event.samples.size());
        text += fmt::format("{}: {} latency spikes (average {}ms). Worst all time event {}ms.\n",
                            name, count, sum / count, event.longest);
    }
    return Verbatim{text + "\nSLOWLOG GET shows which requests took long.\n"};
}

/// What a store without replicas, scripts and an allocator of its own has of Redis' figures.
Reply handle_memory_stats(Call& call)
{
    std::size_t items = 0;
    std::size_t item_bytes = 0;
    {
        const WithLock store(call.context);
        items = store->size();
        item_bytes = store->bytes();
    }
    const std::size_t used = call.context.store.budget().used();
    const std::size_t resident = resident_bytes().all;
    const auto share = [](std::size_t part, std::size_t whole) {
        const double divisor = whole == 0 ? 1 : static_cast<double>(whole);
        return static_cast<double>(part) / divisor;
    };
    Array stats{Array::Kind::map, {}};
    const auto add = [&](std::string_view name, Reply value) {
        stats.elements.emplace_back(bulk(name));
        stats.elements.push_back(std::move(value));
    };
    add("total.allocated", integer(used));
    add("clients.normal", integer(call.context.store.unheeded_bytes()));
    add("overhead.total", integer(used - std::min(used, item_bytes)));
    add("keys.count", integer(items));
    add("keys.bytes-per-key", integer(items == 0 ? 0 : item_bytes / items));
    add("dataset.bytes", integer(item_bytes));
    add("dataset.percentage", Bulk{fmt::format("{}", 100 * share(item_bytes, used))});
    add("allocator.resident", integer(resident));
    add("rss-overhead.bytes", integer(resident - std::min(resident, used)));
    add("fragmentation", Bulk{fmt::format("{}", share(resident, used))});
    add("fragmentation.bytes", integer(resident - std::min(resident, used)));
    return stats;
}

Reply handle_memory_doctor(Call& call)
{
    constexpr std::size_t little = std::size_t{5} << 20;  // as Redis
    const std::size_t used = call.context.store.budget().used();
    const std::size_t resident = resident_bytes().all;
    if (used < little) {
        return Verbatim{
            "Hi Sam, this instance is empty or is using very little memory, my issues detector "
            "can't be used in these conditions. Please, leave for your mission on Earth and fill "
            "it with some data. The new Sam and I will be back to our programming as soon as I "
            "finished rebooting.\n"};
    }
    if (resident > used + used / 2 + little) {
        return Verbatim{fmt::format(
            "Sam, I detected a few issues in this instance memory implants:\n\n * High process RSS "
            "overhead: {} bytes are stored, and the process has {} bytes in memory. MEMORY PURGE "
            "gives free ones back.\n",
            used, resident)};
    }
    return Verbatim{
        "Hi Sam, I can't find any memory issue in your instance. I can only account for what "
        "occurs on this base.\n"};
}

Reply handle_memory_purge(Call&)
{
    ::malloc_trim(0);
    return ok;
}

/// What the C library says of its heap (malloc_info(3)).
Reply handle_memory_malloc_stats(Call&)
{
    char* text = nullptr;
    std::size_t size = 0;
    std::FILE* file = ::open_memstream(&text, &size);
    if (file == nullptr) return OutOfMemory{};
    ::malloc_info(0, file);
    std::fclose(file);
    Verbatim stats{std::string(text, size)};
    std::free(text);
    return stats;
}

/// The seconds of DEBUG SLEEP, at most a day; what is no number is none, as with Redis.
Deadline end_of_sleep(std::string_view seconds)
{
    constexpr long double most = 86'400;
    const long double wanted = std::clamp(parse_float(seconds).value_or(0), 0.0L, most);
    return std::chrono::steady_clock::now() +
           std::chrono::microseconds(static_cast<std::int64_t>(wanted * 1'000'000));
}

/// SLEEP is all there is. It ends early when its client or the server does.
Reply handle_debug(Call& call)
{
    if (call.size() == 3 && equal_ignoring_case(call[1], "sleep")) {
        (void)sleep_until(end_of_sleep(call[2]), call.context.client);
        call.took_long = true;
        return ok;
    }
    if (call.size() == 2 && equal_ignoring_case(call[1], "help")) {
        return Array{
            Array::Kind::array,
            {Simple{"DEBUG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"},
             Simple{"SLEEP <seconds>"}, Simple{"    Answer after <seconds>. Decimals allowed."}}};
    }
    return Error{
        fmt::format("ERR unknown subcommand or wrong number of arguments for '{}'. Try DEBUG HELP.",
                    call[1].substr(0, std::min<std::size_t>(128, call[1].find('\0'))))};
}

}  // namespace

std::span<const Handler> diagnostic_handlers()
{
    static constexpr Handler table[] = {
        {"slowlog|get", handle_slowlog_get},
        {"slowlog|len", handle_slowlog_len},
        {"slowlog|reset", handle_slowlog_reset},
        {"latency|doctor", handle_latency_doctor},
        {"latency|graph", handle_latency_graph},
        {"latency|histogram", handle_latency_histogram},
        {"latency|history", handle_latency_history},
        {"latency|latest", handle_latency_latest},
        {"latency|reset", handle_latency_reset},
        {"memory|doctor", handle_memory_doctor},
        {"memory|malloc-stats", handle_memory_malloc_stats},
        {"memory|purge", handle_memory_purge},
        {"memory|stats", handle_memory_stats},
        {"debug", handle_debug},
    };
    return table;
}

}  // namespace kv::resp
