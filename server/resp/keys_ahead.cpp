#include "server/resp/keys_ahead.h"

#include "common/parse_number.h"

#include <optional>

namespace kv::resp {

namespace {

/// Takes "*3\r\n" or "$5\r\n" off the front and returns its number; nullopt: it is no such line, or
/// not a whole one.
std::optional<std::size_t> take_number(std::string_view& unread, char marker)
{
    const std::size_t newline = unread.find('\n');
    if (newline == std::string_view::npos || newline < 3 || unread[0] != marker)
        return std::nullopt;
    const auto number = parse_number<std::size_t>(unread.substr(1, newline - 2));
    unread.remove_prefix(newline + 1);
    return number;
}

/// The next word of a request; nullopt: it has not come whole.
std::optional<std::string_view> take_bulk(std::string_view& unread)
{
    const auto bytes = take_number(unread, '$');
    if (!bytes || unread.size() < 2 || *bytes > unread.size() - 2) return std::nullopt;
    const std::string_view word = unread.substr(0, *bytes);
    unread.remove_prefix(*bytes + 2);
    return word;
}

/// The next request; false: it has not come whole, or has no second word.
bool take_request(std::string_view& unread, KeysAhead& keys)
{
    const auto words = take_number(unread, '*');
    if (!words || *words < 2) return false;
    for (std::size_t i = 0; i < *words; ++i) {
        const auto word = take_bulk(unread);
        if (!word) return false;
        if (i == 1) keys.push_back(*word);
    }
    return true;
}

}  // namespace

KeysAhead keys_ahead(std::string_view unread)
{
    KeysAhead keys;
    while (keys.size() < keys.capacity() && take_request(unread, keys)) {
    }
    return keys;
}

}  // namespace kv::resp
