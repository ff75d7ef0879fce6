#include "server/memcached/keys_ahead.h"

#include "common/words.h"
#include "server/memcached/keys.h"

#include <algorithm>
#include <array>

namespace kv::memcached {

namespace {

struct Shape {
    std::string_view name;
    bool has_many_keys;
    std::size_t length_word;  ///< which word says how long the data block is; 0: there is none
};

constexpr std::array<Shape, 14> shapes{{
    {"get", true, 0},
    {"gets", true, 0},
    {"mg", false, 0},
    {"set", false, 4},
    {"add", false, 4},
    {"replace", false, 4},
    {"append", false, 4},
    {"prepend", false, 4},
    {"cas", false, 4},
    {"ms", false, 2},
    {"delete", false, 0},
    {"incr", false, 0},
    {"decr", false, 0},
    {"touch", false, 0},
}};

/// false: there was none.
bool take_keys(std::string_view words, std::size_t most, KeysAhead& keys)
{
    const std::size_t before = keys.size();
    const std::size_t end = before + std::min(most, keys.capacity() - before);
    while (keys.size() < end) {
        const std::string_view key = take_word(words);
        if (key.empty()) break;
        keys.push_back(key);
    }
    return keys.size() > before;
}

/// Bytes that follow the line before the next one begins; nullopt: nobody knows.
std::optional<std::uint64_t> block_bytes(const Shape& shape, std::string_view line)
{
    if (shape.length_word == 0) return 0;
    const auto bytes = parse_block_bytes(split_words<5>(line)[shape.length_word]);
    if (!bytes) return std::nullopt;
    return *bytes + 2;
}

/// The next line, with what follows it; false: it has not come whole, or is not about a key as far
/// as is plain. Nothing behind it is looked at then, or every request would be looked at again and
/// again.
bool take_request(std::string_view& unread, KeysAhead& keys)
{
    const std::size_t newline = unread.find('\n');
    if (newline == std::string_view::npos) return false;
    std::string_view line = unread.substr(0, newline);
    if (line.ends_with('\r')) line.remove_suffix(1);
    unread.remove_prefix(newline + 1);

    std::string_view words = line;
    const std::string_view name = take_word(words);
    const auto* shape = std::find_if(shapes.begin(), shapes.end(),
                                     [&](const Shape& known) { return known.name == name; });
    if (shape == shapes.end()) return false;
    const auto block = block_bytes(*shape, line);
    if (!block || *block > unread.size()) return false;
    unread.remove_prefix(*block);
    return take_keys(words, shape->has_many_keys ? SIZE_MAX : 1, keys);
}

}  // namespace

KeysAhead keys_ahead(std::string_view get_keys, std::string_view unread)
{
    KeysAhead keys;
    (void)take_keys(get_keys, SIZE_MAX, keys);
    while (keys.size() < keys.capacity() && take_request(unread, keys)) {
    }
    return keys;
}

}  // namespace kv::memcached
