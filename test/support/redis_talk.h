// redis_talk.h: conversations with the redis dialect.
//
//   RedisTalk talk;
//   talk.ask({{"SET k v", "+OK\r\n"}, {"GET k", "$1\r\nv\r\n"}});
#pragma once

#include "server/resp/dialect.h"
#include "test/support/conversation.h"

#include <initializer_list>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace kv::test {

/// A request in the usual form: an array of bulk strings.
[[nodiscard]] inline std::string array_of(const std::vector<std::string>& words)
{
    std::string bytes = "*" + std::to_string(words.size()) + "\r\n";
    for (const std::string& word : words) {
        bytes += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
    }
    return bytes;
}

/// The same from a line that is split at blanks; "" is an empty word.
[[nodiscard]] inline std::string request(const std::string& line)
{
    std::vector<std::string> words;
    std::istringstream in(line);
    for (std::string word; in >> word;) words.push_back(word == "\"\"" ? "" : word);
    return array_of(words);
}

[[nodiscard]] inline std::string bulk(const std::string& bytes)
{
    return "$" + std::to_string(bytes.size()) + "\r\n" + bytes + "\r\n";
}

struct RedisTalk : Talk<resp::Dialect> {
    using Talk::Talk;

    static constexpr const char* ok = "+OK\r\n";
    static constexpr const char* null = "$-1\r\n";
    static constexpr const char* syntax_error = "-ERR syntax error\r\n";
    static constexpr const char* not_an_integer =
        "-ERR value is not an integer or out of range\r\n";

    /// Checks a conversation of commands, each given as a line (see request), for every way of
    /// splitting it.
    void ask(const std::vector<std::pair<std::string, std::string>>& turns,
             std::size_t step = 1) const
    {
        std::vector<Turn> framed;
        for (const auto& [line, reply] : turns) framed.push_back({request(line), reply});
        check(framed, step);
    }

    /// Checks that each line gets this answer, and that the connection can be used after it.
    void ask_each(std::initializer_list<std::string> lines, const std::string& answer) const
    {
        for (const std::string& line : lines) {
            BOOST_TEST_CONTEXT(line.substr(0, 60))
            {
                ask({{line, answer}, {"GET after", null}});
            }
        }
    }

    /// Checks that these bytes, after a request that is served, get this answer and a close.
    void check_protocol_error(const std::string& bytes, const std::string& answer) const
    {
        BOOST_TEST_CONTEXT(bytes.substr(0, 60))
        {
            check_closed({{request("PING"), "+PONG\r\n"}, {bytes, answer}});
        }
    }
};

}  // namespace kv::test
