// --scan, --bigkeys and --monitor: inspect keys, and other clients' commands.
#include "client/connection.h"
#include "client/errors.h"
#include "client/shell/key_lister.h"
#include "client/shell/modes.h"
#include "client/shell/terminal.h"
#include "common/quoting.h"
#include "common/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <utility>

namespace kv::shell {

using resp::Value;

namespace {

struct Found {
    std::string key;
    std::uint64_t size = 0;
    std::uint64_t memory = 0;  ///< in bytes; 0: unknown
};

struct TypeCount {
    std::uint64_t keys = 0;
    std::uint64_t total = 0;
    std::uint64_t memory = 0;
    std::vector<Found> largest;  ///< descending
};

constexpr std::size_t most_shown = 5;

void count(TypeCount& type, Found&& found)
{
    ++type.keys;
    type.total += found.size;
    type.memory += found.memory;
    type.largest.push_back(std::move(found));
    std::sort(type.largest.begin(), type.largest.end(),
              [](const Found& a, const Found& b) { return a.size > b.size; });
    if (type.largest.size() > most_shown) type.largest.pop_back();
}

/// The unit of a Redis type's size, and the command that returns it.
struct Measure {
    std::string_view type;
    const char* command;
    std::string_view unit;
};
constexpr Measure measures[] = {
    {"string", "STRLEN", "bytes"}, {"list", "LLEN", "elements"}, {"set", "SCARD", "members"},
    {"hash", "HLEN", "fields"},    {"zset", "ZCARD", "members"}, {"stream", "XLEN", "entries"},
};

const Measure* measure_of(std::string_view type)
{
    const auto* row = std::find_if(std::begin(measures), std::end(measures),
                                   [&](const Measure& each) { return each.type == type; });
    return row == std::end(measures) ? nullptr : row;
}

using Types = std::map<std::string, TypeCount>;

void measure_redis_keys(Speaker& server, std::vector<std::string>&& keys, Types& types)
{
    std::vector<Command> questions;
    questions.reserve(keys.size());
    for (const std::string& key : keys) questions.push_back({"TYPE", key});
    const std::vector<Value> names = server.ask_all(questions);
    questions.clear();
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const Measure* measure = measure_of(names[i].text);
        questions.push_back({measure == nullptr ? "TYPE" : measure->command, keys[i]});
        questions.push_back({"MEMORY", "USAGE", keys[i]});
    }
    const std::vector<Value> answers = server.ask_all(questions);
    const auto number = [&](std::size_t place) {
        return parse_number<std::uint64_t>(answers[place].text).value_or(0);
    };
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (names[i].text == "none") continue;  // removed since it was listed
        count(types[names[i].text], {std::move(keys[i]), number(2 * i), number(2 * i + 1)});
    }
}

std::string in_memory(std::uint64_t bytes)
{
    return bytes == 0 ? std::string() : fmt::format(", {} bytes of memory", bytes);
}

std::string report(const Types& types, bool is_memcached)
{
    std::string text;
    for (const auto& [name, type] : types) {
        const Measure* measure = measure_of(name);
        const std::string_view unit = is_memcached         ? "bytes, bookkeeping included"
                                      : measure == nullptr ? ""
                                                           : measure->unit;
        text += fmt::format("{}: {} {}, {} {}, {:.1f} on average{}\n", printable(name), type.keys,
                            type.keys == 1 ? "key" : "keys", type.total, unit,
                            static_cast<double>(type.total) / static_cast<double>(type.keys),
                            in_memory(type.memory));
        for (const Found& found : type.largest) {
            text += fmt::format("  {:>12}  {}{}\n", found.size, printable_quoted(found.key),
                                in_memory(found.memory));
        }
    }
    return text.empty() ? "no keys\n" : text;
}

KeyFilter filter_of(const Options& options)
{
    return {options.pattern, options.type, UINT64_MAX};
}

}  // namespace

ExitCode scan(Shell& shell)
{
    const bool escape = shell.output().is_terminal();
    const bool as_json = shell.output().format() == Format::json;
    list_keys(shell.session().dialect(), shell.session().speaker(), filter_of(shell.options()),
              [&](KeyInfo&& info) {
                  if (as_json) {
                      std::cout << formatted({resp::Type::bulk, info.key, {}}, Format::json);
                  } else {
                      std::cout << (escape ? printable(info.key) : info.key) << '\n';
                  }
                  check_output();
                  return true;
              });
    std::cout << std::flush;
    return ExitCode::done;
}

ExitCode big_keys(Shell& shell)
{
    constexpr std::size_t keys_in_batch = 256;
    const bool is_memcached = shell.session().dialect() == Dialect::memcached;
    Types types;
    std::vector<std::string> batch;
    std::uint64_t seen = 0;
    {
        Progress progress(0);
        const auto lister = shell.session().another(shell.session().options());
        const auto measure = [&] {
            if (!batch.empty()) {
                measure_redis_keys(shell.session().speaker(), std::exchange(batch, {}), types);
            }
        };
        list_keys(shell.session().dialect(), *lister, filter_of(shell.options()),
                  [&](KeyInfo&& info) {
                      ++seen;
                      progress.show(seen, seen);
                      if (is_memcached) {
                          count(types["string"], {std::move(info.key), info.bytes.value_or(0)});
                      } else {
                          batch.push_back(std::move(info.key));
                          if (batch.size() == keys_in_batch) measure();
                      }
                      return true;
                  });
        measure();
    }
    shell.output().text(report(types, is_memcached));
    return ExitCode::done;
}

ExitCode monitor(Shell& shell)
{
    const bool is_memcached = shell.session().dialect() == Dialect::memcached;
    const Command command =
        is_memcached ? Command{"watch", "fetchers", "mutations", "evictions"} : Command{"MONITOR"};
    const ExitCode outcome = shell.run(command);
    if (is_memcached && outcome == ExitCode::server_error) {
        shell.output().complain(
            "kvserver has no watch: MONITOR on its redis:// shows Redis clients");
    }
    return outcome;
}

}  // namespace kv::shell
