// load.cpp: runs the commands of a dump, in batches, and reports each error with its line.
#include "client/errors.h"
#include "client/shell/items.h"
#include "client/shell/output.h"
#include "client/shell/terminal.h"
#include "common/memcached_key.h"
#include "common/quoting.h"
#include "common/words.h"

#include <fmt/format.h>

#include <chrono>
#include <iostream>
#include <istream>
#include <optional>

namespace kv::shell {

using resp::Value;

namespace {

/// A `set` line of a dump, independent of the dialect.
struct Item {
    std::string key;
    std::string value;
    std::uint32_t flags = 0;
    std::optional<std::chrono::milliseconds> expires_at;  ///< Unix time
};

std::chrono::milliseconds unix_time(const std::string& text)
{
    const std::size_t point = std::min(text.find('.'), text.size());
    const auto seconds = parse_number<std::int64_t>(text.substr(0, point));
    std::string fraction = text.substr(std::min(point + 1, text.size()));
    fraction.resize(3, '0');
    const auto thousandths = parse_number<std::uint32_t>(fraction);
    constexpr std::int64_t latest = std::int64_t{1} << 40;
    if (!seconds || !thousandths || *seconds < 0 || *seconds > latest) {
        throw UsageError("EXAT needs a Unix time");
    }
    return std::chrono::seconds(*seconds) + std::chrono::milliseconds(*thousandths);
}

std::chrono::milliseconds now()
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now().time_since_epoch());
}

/// dump writes EXAT; people type EX and PX, which count from now.
Item item_from(const Command& words)
{
    constexpr const char* usage = "set key value [FLAGS n] [EXAT t] [EX seconds] [PX milliseconds]";
    if (words.size() < 3 || words.size() % 2 == 0) throw UsageError(usage);
    Item item{words[1], words[2], 0, {}};
    for (std::size_t i = 3; i < words.size(); i += 2) {
        const std::string name = in_small_letters(words[i]);
        const auto number = parse_number<std::uint32_t>(words[i + 1]);
        if (name == "exat") {
            item.expires_at = unix_time(words[i + 1]);
        } else if (name == "flags" && number) {
            item.flags = *number;
        } else if ((name == "ex" || name == "px") && number && *number > 0) {
            item.expires_at = now() + std::chrono::milliseconds(std::uint64_t{*number} *
                                                                (name == "ex" ? 1000 : 1));
        } else {
            throw UsageError(usage);
        }
    }
    return item;
}

class Loader {
public:
    Loader(Session& session, std::istream& in, std::uint64_t size)
        : session_(session), in_(in), progress_(size)
    {
    }

    ExitCode run()
    {
        std::string line;
        while (std::getline(in_, line)) {
            ++line_number_;
            bytes_read_ += line.size() + 1;
            take(line);
            if (batch_bytes_ >= most_batch_bytes || batch_.size() >= most_batch_commands) send();
            progress_.show(bytes_read_, loaded_);
        }
        if (in_.bad()) throw UsageError("cannot read the dump");
        send();
        progress_.clear();
        return report();
    }

private:
    static constexpr std::size_t most_batch_bytes = std::size_t{1} << 20;
    static constexpr std::size_t most_batch_commands = 256;

    void take(const std::string& line)
    {
        if (line.empty() || line[0] == '#') return;
        try {
            const auto words = split_quoted(line);
            if (!words || words->empty()) throw UsageError("a quote is not closed");
            if (auto command = translated(*words)) add(std::move(*command));
        } catch (const UsageError& error) {
            fail(line_number_, error.what());
        }
    }

    void add(Command&& command)
    {
        for (const std::string& word : command) batch_bytes_ += word.size();
        batch_.push_back(std::move(command));
        lines_.push_back(line_number_);
    }

    /// The command in this dialect; nullopt: nothing to do.
    std::optional<Command> translated(const Command& words)
    {
        const std::string name = in_small_letters(words[0]);
        if (name == "set") return set_command(item_from(words));
        if (session_.dialect() == Dialect::memcached) {
            throw UsageError(fmt::format("memcached has no command '{}'", printable(name)));
        }
        constexpr std::string_view others[] = {"del", "rpush", "sadd", "hset", "zadd"};
        if (name == "expireat" && words.size() == 3) {
            const auto left = unix_time(words[2]) - now();
            return Command{"PEXPIRE", words[1], std::to_string(left.count())};
        }
        for (const std::string_view other : others) {
            if (name == other) return words;
        }
        throw UsageError(fmt::format("'{}' is not a command of a dump", printable(name)));
    }

    std::optional<Command> set_command(Item&& item)
    {
        const auto left = item.expires_at ? *item.expires_at - now() : std::chrono::milliseconds(0);
        if (item.expires_at && left.count() <= 0) {
            ++expired_;
            return std::nullopt;
        }
        if (session_.dialect() == Dialect::redis) {
            if (item.flags != 0) ++without_flags_;
            Command command{"SET", std::move(item.key), std::move(item.value)};
            if (item.expires_at)
                command.insert(command.end(), {"PX", std::to_string(left.count())});
            return command;
        }
        // Memcached counts whole seconds; round up, or the item would expire immediately.
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(left).count();
        if (memcached::is_key(item.key)) {
            return Command{"set",
                           std::move(item.key),
                           std::move(item.value),
                           "EX",
                           std::to_string(seconds),
                           "FLAGS",
                           std::to_string(item.flags)};
        }
        return Command{"ms",
                       base64(item.key),
                       std::move(item.value),
                       "b",
                       fmt::format("T{}", seconds),
                       fmt::format("F{}", item.flags)};
    }

    void send()
    {
        if (batch_.empty()) return;
        Speaker& server = session_.speaker();
        const std::vector<Value> replies = server.ask_all(batch_);
        for (std::size_t i = 0; i < replies.size(); ++i) {
            const bool is_error = server.judge(batch_[i], replies[i]) == ExitCode::server_error;
            const bool is_refused = replies[i].text == "NS" || replies[i].text == "NOT_STORED";
            if (is_error || is_refused) {
                fail(lines_[i], harmless_line(replies[i].text));
            } else if (const std::string& name = batch_[i][0]; name != "del" && name != "PEXPIRE") {
                ++loaded_;
            }
        }
        batch_.clear();
        lines_.clear();
        batch_bytes_ = 0;
    }

    void fail(std::uint64_t line, std::string_view why)
    {
        constexpr std::uint64_t most_shown = 10;
        if (++failed_ > most_shown) return;
        progress_.clear();
        std::cerr << fmt::format("kvcli: line {}: {}\n", line, why);
        if (failed_ == most_shown) std::cerr << "kvcli: further errors are only counted\n";
    }

    ExitCode report() const
    {
        std::cerr << fmt::format("loaded {}", loaded_);
        if (expired_ > 0) std::cerr << fmt::format(", {} had expired", expired_);
        if (without_flags_ > 0) std::cerr << fmt::format(", {} lost their flags", without_flags_);
        if (failed_ > 0) std::cerr << fmt::format(", {} failed", failed_);
        std::cerr << "\n";
        return failed_ == 0 ? ExitCode::done : ExitCode::server_error;
    }

    Session& session_;
    std::istream& in_;
    Progress progress_;
    std::vector<Command> batch_;
    std::vector<std::uint64_t> lines_;  ///< the dump's line number of each command of the batch
    std::size_t batch_bytes_ = 0;
    std::uint64_t line_number_ = 0;
    std::uint64_t bytes_read_ = 0;
    std::uint64_t loaded_ = 0;
    std::uint64_t expired_ = 0;
    std::uint64_t without_flags_ = 0;
    std::uint64_t failed_ = 0;
};

}  // namespace

ExitCode load(Session& session, std::istream& in, std::uint64_t size)
{
    return Loader(session, in, size).run();
}

}  // namespace kv::shell
