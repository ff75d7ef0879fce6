// grammar.h: the arguments of a command as COMMAND DOCS describes them, read from its row's
// grammar.
//
//   key [NX|XX] [LIMIT offset count] score member [score member ...]
//
//   key    oneof, optional    block behind a token, optional    block, multiple
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kv::resp {

/// A word, a word behind a token ("EX seconds"), a choice of tokens, or a block of arguments.
struct Argument {
    std::string name;
    std::string token;  ///< empty: it has none
    bool optional = false;
    bool multiple = false;
    bool repeats_token = false;   ///< the token stands before each
    bool is_choice = false;       ///< one of the parts
    std::vector<Argument> parts;  ///< empty: it is a word, or a token alone

    [[nodiscard]] bool is_token() const { return !token.empty() && parts.empty() && name.empty(); }
};

/// Reads a grammar such as "key value [EX seconds] [key ...]" (common/command_table.h).
[[nodiscard]] std::vector<Argument> parse_grammar(std::string_view grammar);

/// As Redis names it, of an argument of `command`: "key", "integer", "oneof".
[[nodiscard]] std::string_view type_of(const Argument& argument, std::string_view command);

}  // namespace kv::resp
