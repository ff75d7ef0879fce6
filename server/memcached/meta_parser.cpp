#include "server/memcached/parser.h"

#include "common/words.h"
#include "server/memcached/keys.h"

#include <sodium/utils.h>

#include <algorithm>
#include <bitset>

namespace kv::memcached {

namespace {

constexpr std::string_view bad_token = "CLIENT_ERROR bad token in command line format";
constexpr std::string_view bad_flag = "CLIENT_ERROR invalid flag";
constexpr std::string_view bad_or_twice = "CLIENT_ERROR invalid or duplicate flag";

/// What the flags of a line say, whichever command they belong to. As memcached, we take any flag
/// with any command and let those that mean nothing there be.
struct Asked {
    std::optional<Expiry> vivify, touch, recache;
    std::optional<std::uint64_t> compare, new_cas;
    std::uint32_t client_flags = 0;
    std::uint64_t delta = 1;
    std::uint64_t initial = 0;
    char mode = 0;
    bool invalidate = false;
    bool drop_value = false;
    bool keep_unused = false;
    bool touch_first = false;    // the T came before the N
    bool recache_first = false;  // the R came before the T
};

// Name, key, an ms's length, the flags, and one more that shows that there are too many.
using MetaWords = Words<max_meta_flags + 3>;

/// Sets `field`; whether there was something to set it to.
template <class T>
bool set(T& field, const T& value)
{
    field = value;
    return value.has_value();
}

bool set(std::uint64_t& field, const std::optional<std::uint64_t>& value)
{
    if (value) field = *value;
    return value.has_value();
}

constexpr std::size_t too_long_opaque = max_opaque_bytes + 1;

/// Takes one flag in. Returns the error's text, or an empty one.
std::string_view take_flag(std::string_view word, Asked& asked, MetaFlags& flags)
{
    const std::string_view token = word.substr(1);
    switch (word[0]) {
        case 'b': flags.binary_key = true; return {};
        case 'q': flags.quiet = true; return {};
        case 'v': flags.wants_value = true; return {};
        case 'u': asked.keep_unused = true; return {};
        case 'I': asked.invalidate = true; return {};
        case 'x': asked.drop_value = true; return {};
        case 'N':
            asked.touch_first = asked.touch.has_value();
            return set(asked.vivify, parse_expiry(token)) ? "" : bad_token;
        case 'T': return set(asked.touch, parse_expiry(token)) ? "" : bad_token;
        case 'R':
            asked.recache_first = !asked.touch;
            return set(asked.recache, parse_expiry(token)) ? "" : bad_token;
        case 'C': return set(asked.compare, parse_leading_number(token)) ? "" : bad_token;
        case 'E':
            if (!set(asked.new_cas, parse_leading_number(token))) return bad_token;
            if (*asked.new_cas == 0) asked.new_cas.reset();  // 0 is no cas number
            return {};
        case 'D':
            return set(asked.delta, parse_leading_number(token))
                       ? ""
                       : "CLIENT_ERROR invalid numeric delta value";
        case 'J':
            return set(asked.initial, parse_leading_number(token))
                       ? ""
                       : "CLIENT_ERROR invalid numeric initial value";
        case 'F': {
            const auto number = parse_client_flags(token);
            if (!number) return bad_format;
            asked.client_flags = *number;
            return {};
        }
        case 'M':
            if (token.size() != 1) return "CLIENT_ERROR incorrect length for M token";
            asked.mode = token[0];
            return {};
        case 'O':
            flags.opaque_bytes = static_cast<std::uint8_t>(std::min(word.size(), too_long_opaque));
            std::copy_n(word.begin(), std::min(word.size(), max_opaque_bytes),
                        flags.opaque.begin());
            return {};
        case 'c':
        case 'f':
        case 'h':
        case 'k':
        case 'l':
        case 's':
        case 't':
        case 'P':
        case 'L':  // hints for proxies: not for us
            return {};
        default: return bad_flag;
    }
}

/// Takes the flags from word `first` on. Returns the first error's text, or an empty one.
std::string_view take_flags(const MetaWords& words, std::size_t first, Asked& asked,
                            MetaFlags& flags)
{
    std::bitset<127> seen;
    std::string_view error;
    for (std::size_t i = first; i < words.count; ++i) {
        const auto letter = static_cast<unsigned char>(words[i][0]);
        if (letter >= seen.size() || seen[letter]) return "CLIENT_ERROR duplicate flag";
        seen[letter] = true;
        const std::string_view wrong = take_flag(words[i], asked, flags);
        if (wrong == bad_flag) return wrong;
        if (!wrong.empty()) error = wrong;
        flags.letters[flags.count++] = static_cast<char>(letter);
    }
    return error;
}

/// The key: as it stands, or decoded into the room. nullopt: it cannot be decoded.
std::optional<std::string_view> take_key(std::string_view word, const MetaFlags& flags,
                                         KeyRoom& room)
{
    if (!flags.binary_key) return word;
    // libsodium reads bytes beyond ASCII as if they were of the alphabet.
    const auto is_ascii = [](char byte) { return byte >= 0; };
    if (!std::all_of(word.begin(), word.end(), is_ascii)) return std::nullopt;
    std::size_t length = 0;
    const int failed =
        sodium_base642bin(reinterpret_cast<unsigned char*>(room.data()), room.size(), word.data(),
                          word.size(), nullptr, &length, nullptr, sodium_base64_VARIANT_ORIGINAL);
    if (failed != 0 || length == 0) return std::nullopt;
    return std::string_view(room.data(), length);
}

void make_get(const Asked& asked, Request& request)
{
    request.operation = MetaGet{asked.keep_unused,   asked.touch,   asked.touch_first,
                                asked.recache_first, asked.vivify,  asked.recache,
                                asked.compare,       asked.new_cas, request.meta->binary_key};
}

void make_delete(const Asked& asked, Request& request)
{
    request.operation =
        MetaDelete{asked.compare, asked.new_cas, asked.invalidate, asked.drop_value, asked.touch};
}

void make_arithmetic(const Asked& asked, Request& request)
{
    constexpr std::string_view modes("\0I+D-", 5);
    const std::size_t mode = modes.find(asked.mode);
    if (mode == std::string_view::npos) {
        request.meta.reset();
        return reject(request, "CLIENT_ERROR invalid mode for ma M token");
    }
    const bool subtract = mode >= modes.find('D');
    request.operation = MetaArithmetic{asked.delta,   subtract,      asked.compare,
                                       asked.new_cas, asked.touch,   asked.touch_first,
                                       asked.vivify,  asked.initial, request.meta->binary_key};
}

/// The storage mode that M names; a set or replace that compares is a cas.
std::optional<Put::Mode> put_mode(const Asked& asked)
{
    switch (asked.mode) {
        case 0:
        case 'S': return asked.compare ? Put::Mode::cas : Put::Mode::set;
        case 'R': return asked.compare ? Put::Mode::cas : Put::Mode::replace;
        case 'E': return Put::Mode::add;
        case 'A': return Put::Mode::append;
        case 'P': return Put::Mode::prepend;
        default: return std::nullopt;
    }
}

/// The data block follows, whatever else is wrong with the line: an error waits until it is
/// skipped.
void make_put(const Asked& asked, std::string_view error, std::uint64_t bytes, Request& request)
{
    const auto mode = put_mode(asked);
    if (error.empty() && !mode) error = "CLIENT_ERROR invalid mode for ms M token";
    request.block.emplace(Block{.bytes = bytes, .error = error});
    auto& put = request.operation.emplace<Put>();
    put.mode = mode.value_or(Put::Mode::set);
    put.flags = asked.client_flags;
    put.binary_key = request.meta->binary_key;
    put.expiry = asked.touch.value_or(Expiry{});
    put.compare = asked.compare;
    put.new_cas = asked.new_cas;
    put.invalidate = asked.invalidate;
    put.vivify = asked.vivify;
    put.meta = true;
}

struct MetaCommand {
    std::string_view name;
    MetaFlags::Command command;
};

constexpr std::array<MetaCommand, 6> meta_commands{{
    {"mg", MetaFlags::Command::get},
    {"ms", MetaFlags::Command::set},
    {"md", MetaFlags::Command::del},
    {"ma", MetaFlags::Command::arithmetic},
    {"me", MetaFlags::Command::debug},
    {"mn", MetaFlags::Command::noop},
}};

const MetaCommand* find_meta(std::string_view name)
{
    const auto* found =
        std::find_if(meta_commands.begin(), meta_commands.end(),
                     [&](const MetaCommand& command) { return command.name == name; });
    return found == meta_commands.end() ? nullptr : found;
}

/// The length of an ms's data block; what cannot be one is answered without a block being read.
std::optional<std::uint64_t> block_bytes(const MetaWords& words)
{
    if (words.count < 3) return std::nullopt;
    return parse_block_bytes(words[2]);
}

/// The error of a line, given what its flags came to; takes the key.
std::string_view line_error(std::string_view key_word, std::string_view flag_error,
                            Request& request, KeyRoom& room)
{
    const MetaFlags& flags = *request.meta;
    const auto key = take_key(key_word, flags, room);
    if (key) request.key.bytes = *key;
    if (flag_error.empty() && !key) flag_error = "CLIENT_ERROR error decoding key";
    const bool by_name =
        flags.command == MetaFlags::Command::get || flags.command == MetaFlags::Command::set;
    if (!flag_error.empty()) return by_name ? flag_error : bad_or_twice;
    if (flags.opaque_bytes == too_long_opaque) return "CLIENT_ERROR opaque token too long";
    return {};
}

/// Of an me only a b directly after the key counts; what follows is not looked at.
void parse_debug(const MetaWords& words, KeyRoom& room, Request& request)
{
    request.meta->binary_key = words.count > 2 && words[2] == "b";
    const auto key = words.count > 1 && is_key(words[1]) ? take_key(words[1], *request.meta, room)
                                                         : std::nullopt;
    if (!key) {
        request.meta.reset();
        return reject(request, bad_format);
    }
    request.key.bytes = *key;
    request.operation = MetaDebug{};
}

/// What is wrong with a line before its flags are looked at; empty: nothing.
std::string_view shape_error(const MetaWords& words, MetaFlags::Command command)
{
    if (words.count < 2) return bad_command;
    if (!is_key(words[1])) return bad_format;
    if (command == MetaFlags::Command::set && !block_bytes(words)) return bad_format;
    if (words.count <= max_meta_flags + 2) return {};
    return command == MetaFlags::Command::get ? "CLIENT_ERROR options flags are too long"
                                              : "CLIENT_ERROR options flags too long";
}

/// A meta request, with its flags and key.
void parse_flagged(const MetaWords& words, KeyRoom& room, Request& request)
{
    const MetaFlags::Command command = request.meta->command;
    const bool is_set = command == MetaFlags::Command::set;
    Asked asked;
    const std::string_view flag_error = take_flags(words, is_set ? 3 : 2, asked, *request.meta);
    const std::string_view error = line_error(words[1], flag_error, request, room);
    if (is_set) return make_put(asked, error, *block_bytes(words), request);
    if (!error.empty()) {
        request.meta.reset();
        return reject(request, error);
    }
    switch (command) {
        case MetaFlags::Command::get: return make_get(asked, request);
        case MetaFlags::Command::del: return make_delete(asked, request);
        default: return make_arithmetic(asked, request);
    }
}

}  // namespace

bool is_meta(std::string_view name)
{
    return name.size() == 2 && name[0] == 'm' && find_meta(name) != nullptr;
}

/// Not inlined: most lines are none of these, and need not its room on the stack.
[[gnu::noinline]] void parse_meta_line(std::string_view line, KeyRoom& key_room, Request& request)
{
    const auto words = split_words<max_meta_flags + 3>(line);
    const MetaFlags::Command command = find_meta(words[0])->command;
    const bool has_flags =
        command != MetaFlags::Command::noop && command != MetaFlags::Command::debug;
    if (has_flags) {
        const std::string_view error = shape_error(words, command);
        const bool has_block = command == MetaFlags::Command::set && words.count > 2;
        if (!error.empty()) return refuse_block(request, has_block ? words[2] : "", error);
    }
    request.meta.emplace().command = command;
    if (has_flags) return parse_flagged(words, key_room, request);
    if (command == MetaFlags::Command::debug) return parse_debug(words, key_room, request);
    request.operation = NoOp{};
}

}  // namespace kv::memcached
