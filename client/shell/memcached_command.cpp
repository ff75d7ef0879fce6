#include "client/shell/memcached_speaker.h"

#include "client/errors.h"
#include "client/memcached_requests.h"
#include "common/log.h"
#include "common/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace kv::shell {

namespace {

[[noreturn]] void wrong_arguments(const CommandInfo& info)
{
    throw UsageError(fmt::format("usage: {} {}", info.name, info.arguments));
}

/// Throws for a word that cannot be part of a command line, where a blank or line break would end
/// it.
void check_word(const std::string& word)
{
    const bool is_one_word = !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
        return static_cast<unsigned char>(c) > 0x20 && c != 0x7f;
    });
    if (is_one_word) return;
    throw UsageError(
        fmt::format("\"{}\" contains a blank or a control character and cannot be part of "
                    "a command line of this protocol",
                    escaped(word)));
}

std::string joined(std::span<const std::string> words)
{
    std::string line;
    for (const std::string& word : words) {
        check_word(word);
        if (!line.empty()) line += ' ';
        line += word;
    }
    return line += "\r\n";
}

/// The options after the value of a storage command.
struct StoreWords {
    std::int64_t seconds = 0;
    std::uint32_t flags = 0;
    bool noreply = false;
};

StoreWords store_words(const CommandInfo& info, std::span<const std::string> words)
{
    StoreWords result;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string word = in_small_letters(words[i]);
        if (word == "noreply" && i + 1 == words.size()) {
            result.noreply = true;
            continue;
        }
        if (i + 1 == words.size()) wrong_arguments(info);
        const std::string& number = words[++i];
        if (const auto seconds = parse_number<std::int64_t>(number); word == "ex" && seconds) {
            result.seconds = *seconds;
        } else if (const auto flags = parse_number<std::uint32_t>(number);
                   word == "flags" && flags) {
            result.flags = *flags;
        } else {
            wrong_arguments(info);
        }
    }
    return result;
}

/// set, add, replace, append, prepend and cas: `key value [cas] [EX seconds] [FLAGS number]` is
/// sent as `key flags exptime bytes [cas]` and a block of bytes.
MemcachedRequest store_request(const CommandInfo& info, const Command& command)
{
    const std::size_t fixed = info.name == "cas" ? 4 : 3;
    if (command.size() < fixed) wrong_arguments(info);
    const auto words = store_words(info, std::span(command).subspan(fixed));
    const std::string& value = command[2];
    check_word(command[1]);
    client::check_key(command[1]);

    std::string bytes =
        fmt::format("{} {} {} {} {}", info.name, command[1], words.flags,
                    client::wire_expiry(std::chrono::seconds(words.seconds)), value.size());
    if (fixed == 4) {
        check_word(command[3]);
        bytes += ' ' + command[3];
    }
    if (words.noreply) bytes += " noreply";
    bytes += "\r\n" + value + "\r\n";
    return {std::move(bytes), true, words.noreply ? ReplyEnd::version : ReplyEnd::whole};
}

/// `ms key value flag*` is sent as `ms key bytes flag*` and a block.
std::string meta_set_request(const Command& command)
{
    Command line = command;
    line[2] = std::to_string(command[2].size());
    return joined(line) + command[2] + "\r\n";
}

bool is_meta(std::string_view name)
{
    return name.size() == 2 && name[0] == 'm';
}

bool is_storage(std::string_view name)
{
    constexpr std::string_view names[] = {"set", "add", "replace", "append", "prepend", "cas"};
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

void check_arity(const CommandInfo& info, const Command& command)
{
    const Arity arity = arity_of(info.arguments);
    const std::size_t count = command.size() - 1;
    if (count < arity.least || count > arity.most) wrong_arguments(info);
}

void check_keys(const CommandInfo& info, const Command& command)
{
    for (std::size_t i = 1; i < command.size(); ++i) {
        if (is_key_argument(info.arguments, i - 1)) client::check_key(command[i]);
    }
}

ReplyEnd reply_end(const Command& command)
{
    if (command[0] == "quit" || command[0] == "shutdown") return ReplyEnd::close;
    if (is_meta(command[0])) {
        const bool is_quiet = command.size() > 2 &&
                              std::find(command.begin() + 2, command.end(), "q") != command.end();
        return is_quiet ? ReplyEnd::no_op : ReplyEnd::whole;
    }
    return command.size() > 1 && command.back() == "noreply" ? ReplyEnd::version : ReplyEnd::whole;
}

MemcachedRequest known_request(const CommandInfo& info, const Command& command)
{
    check_arity(info, command);
    if (is_storage(info.name)) return store_request(info, command);
    check_keys(info, command);
    if (info.name == "ms") return {meta_set_request(command), true, reply_end(command)};
    return {joined(command), false, reply_end(command)};
}

constexpr std::string_view end_of_noreply = "version\r\n";
constexpr std::string_view end_of_quiet = "mn\r\n";

}  // namespace

MemcachedRequest memcached_request(const Command& typed)
{
    Command command = typed;
    command[0] = in_small_letters(typed[0]);
    const CommandInfo* info = find_command(memcached_commands(), command[0]);
    try {
        MemcachedRequest request =
            info != nullptr ? known_request(*info, command)
                            : MemcachedRequest{joined(command), false, reply_end(command)};
        if (request.end == ReplyEnd::version) request.bytes += end_of_noreply;
        if (request.end == ReplyEnd::no_op) request.bytes += end_of_quiet;
        return request;
    } catch (const BadArgument& error) {
        throw UsageError(error.what());
    }
}

}  // namespace kv::shell
