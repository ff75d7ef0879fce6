#include "server/resp/grammar.h"

#include "common/command_table.h"
#include "common/words.h"

#include <algorithm>
#include <array>

namespace kv::resp {

namespace {

bool is_in_capitals(std::string_view word)
{
    return std::none_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

/// The names of the arguments, joined: "offset_count".
std::string joined_names(const std::vector<Argument>& arguments)
{
    std::string name;
    for (const Argument& argument : arguments) {
        if (!name.empty()) name += '_';
        name += argument.is_token() ? in_small_letters(argument.token) : argument.name;
    }
    return name;
}

/// "key", "EX", "LEFT|RIGHT"
Argument argument_of(std::string_view word)
{
    Argument argument;
    if (!is_in_capitals(word)) {
        argument.name = word;
    } else if (word.find('|') == std::string_view::npos) {
        argument.token = word;
    } else {
        argument.is_choice = true;
        while (!word.empty()) {
            const std::string_view token = word.substr(0, word.find('|'));
            argument.parts.emplace_back().token = token;
            word.remove_prefix(std::min(word.size(), token.size() + 1));
        }
        argument.name = joined_names(argument.parts);
    }
    return argument;
}

/// What stands between brackets as one argument: a token belongs to what follows it.
Argument block_of(std::vector<Argument> arguments)
{
    if (arguments.size() == 1) return std::move(arguments.front());
    if (arguments.front().is_token() && !arguments.front().optional) {
        std::string token = std::move(arguments.front().token);
        arguments.erase(arguments.begin());
        Argument behind = block_of(std::move(arguments));
        behind.token = std::move(token);
        return behind;
    }
    Argument block;
    block.name = joined_names(arguments);
    block.parts = std::move(arguments);
    return block;
}

bool are_same(const Argument& a, const Argument& b)
{
    return a.name == b.name && a.token == b.token && a.optional == b.optional;
}

/// "key [key ...]": dots repeat what stands before the bracket too, so both are one argument.
void add_repetition(std::vector<Argument>& arguments, std::vector<Argument> repeated)
{
    const std::size_t count = repeated.size();
    const bool stands_before =
        arguments.size() >= count && std::equal(repeated.begin(), repeated.end(),
                                                arguments.end() - std::ptrdiff_t(count), are_same);
    if (stands_before) arguments.resize(arguments.size() - count);
    Argument block = block_of(std::move(repeated));
    block.multiple = true;
    block.optional = !stands_before;
    block.repeats_token = stands_before && !block.token.empty();
    arguments.push_back(std::move(block));
}

/// Reads a grammar from left to right.
class GrammarReader {
public:
    explicit GrammarReader(std::string_view grammar) : rest_(grammar) {}

    /// The arguments up to the end, or to the bracket that closes. Recursion is as deep as brackets
    /// in rows are: two.
    [[nodiscard]] std::vector<Argument> read()
    {
        std::vector<Argument> arguments;
        for (skip_blanks(); !rest_.empty() && !take("]"); skip_blanks()) {
            if (!take("[")) {
                arguments.push_back(argument_of(take_name()));
                continue;
            }
            auto inside = read();
            if (inside.back().token == "...") {
                inside.pop_back();
                add_repetition(arguments, std::move(inside));
            } else {
                arguments.push_back(block_of(std::move(inside)));
                arguments.back().optional = true;
            }
        }
        return arguments;
    }

private:
    void skip_blanks()
    {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size()));
    }

    [[nodiscard]] bool take(std::string_view mark)
    {
        const bool is_next = rest_.starts_with(mark);
        if (is_next) rest_.remove_prefix(mark.size());
        return is_next;
    }

    [[nodiscard]] std::string_view take_name()
    {
        const std::string_view name = rest_.substr(0, rest_.find_first_of(" []"));
        rest_.remove_prefix(name.size());
        return name;
    }

    std::string_view rest_;
};

/// The ends of a range are places, scores or members.
std::string_view type_of_end(std::string_view name, std::string_view command)
{
    if (command == "zrange" || command == "zrangestore") return "string";
    if (command.find("lex") != std::string_view::npos) return "string";
    return name == "min" || name == "max" ? "double" : "integer";
}

template <std::size_t N>
bool is_among(const std::array<std::string_view, N>& names, std::string_view name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::vector<Argument> parse_grammar(std::string_view grammar)
{
    return GrammarReader(grammar).read();
}

std::string_view type_of(const Argument& argument, std::string_view command)
{
    constexpr std::array<std::string_view, 5> ends{"start", "stop", "end", "min", "max"};
    constexpr std::array<std::string_view, 18> integers{
        "seconds", "milliseconds", "unix-time-ms", "offset", "count",       "number",
        "delta",   "db",           "version",      "index",  "rank",        "len",
        "limit",   "cursor",       "numkeys",      "weight", "num-matches", "client-id"};
    constexpr std::array<std::string_view, 2> doubles{"timeout", "score"};
    if (argument.is_choice) return "oneof";
    if (!argument.parts.empty()) return "block";
    if (argument.is_token()) return "pure-token";
    const std::string_view name = argument.name;
    if (is_key_name(name)) return "key";
    if (name == "pattern") return "pattern";
    if (name == "unix-time") return "unix-time";
    if (is_among(ends, name)) return type_of_end(name, command);
    if (is_among(doubles, name)) return "double";
    if (name == "increment") return command.ends_with("float") ? "double" : "integer";
    return is_among(integers, name) ? "integer" : "string";
}

}  // namespace kv::resp
