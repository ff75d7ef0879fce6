#include "server/memcached/parser.h"

#include "common/foreign_protocol.h"
#include "common/parse_number.h"
#include "common/words.h"
#include "server/memcached/admin_parser.h"
#include "server/memcached/keys.h"
#include "server/memcached/meta_parser.h"

#include <algorithm>
#include <array>

namespace kv::memcached {

namespace {

constexpr std::string_view bad_exptime = "CLIENT_ERROR invalid exptime argument";
constexpr std::string_view bad_delta = "CLIENT_ERROR invalid numeric delta argument";
constexpr std::string_view bad_delete =
    "CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]";

struct ClassicCommand {
    std::string_view name;
    std::size_t least_words;  ///< name included
    std::size_t most_words;
    Line (*parse)(const CommandWords& words, std::string_view line);
};

bool asks_noreply(const CommandWords& words)
{
    return words[words.count - 1] == "noreply";
}

/// Expiry times may have a plus sign, as strtol takes them, or a minus sign.
std::optional<std::int64_t> parse_signed(std::string_view word)
{
    if (word.starts_with('+')) word.remove_prefix(1);
    return parse_number<std::int64_t>(word);
}

// set, add, replace, append, prepend <key> <flags> <exptime> <bytes> [noreply]
// cas <key> <flags> <exptime> <bytes> <cas unique> [noreply]
Line parse_put(Put::Mode mode, const CommandWords& words)
{
    PutLine put;
    put.mode = mode;
    put.key = words[1];
    put.noreply = asks_noreply(words);
    const auto flags = parse_client_flags(words[2]);
    const auto exptime = parse_signed(words[3]);
    const auto bytes = parse_block_bytes(words[4]);
    if (!is_key(words[1]) || !flags || !exptime || !bytes) return reject(bad_format, put.noreply);
    put.flags = *flags;
    put.expiry = memcached_expiry(*exptime);
    put.value_bytes = *bytes;
    if (mode == Put::Mode::cas) {
        const auto cas = parse_leading_number(words[5]);
        if (!cas) return reject(bad_format, put.noreply);
        put.compare = *cas;
    }
    return put;
}

template <Put::Mode mode>
Line parse_storage(const CommandWords& words, std::string_view)
{
    return parse_put(mode, words);
}

/// The tutorial's `set key len` is told from memcached's by its three words.
Line parse_set(const CommandWords& words, std::string_view)
{
    if (words.count != 3) {
        if (words.count < 5) return reject(bad_command);
        return parse_put(Put::Mode::set, words);
    }
    const auto bytes = parse_block_bytes(words[2]);
    if (!is_key(words[1]) || !bytes) return reject(bad_format);
    PutLine put;
    put.key = words[1];
    put.value_bytes = *bytes;
    put.bare = true;
    return put;
}

/// One bad key spoils the whole request: memcached answers nothing of it but the error.
Line keys_line(std::string_view keys, bool with_cas, std::optional<Expiry> touch)
{
    std::string_view rest = keys;
    for (std::string_view key = take_word(rest); !key.empty(); key = take_word(rest)) {
        if (!is_key(key)) return reject(bad_format);
    }
    return GetLine{keys, with_cas, touch};
}

// get, gets <key>*
template <bool with_cas>
Line parse_get(const CommandWords&, std::string_view line)
{
    (void)take_word(line);
    return keys_line(line, with_cas, std::nullopt);
}

// gat, gats <exptime> <key>*
template <bool with_cas>
Line parse_get_and_touch(const CommandWords& words, std::string_view line)
{
    const auto exptime = parse_signed(words[1]);
    if (!exptime) return reject(bad_exptime);
    (void)take_word(line);
    (void)take_word(line);
    return keys_line(line, with_cas, memcached_expiry(*exptime));
}

// delete <key> [0] [noreply]
Line parse_delete(const CommandWords& words, std::string_view)
{
    const bool noreply = asks_noreply(words);
    if (words.count > 2) {
        const bool zero = words[2] == "0";
        const bool usual = words.count == 3 ? zero || noreply : zero && noreply;
        if (!usual) return reject(bad_delete, noreply);
    }
    if (!is_key(words[1])) return reject(bad_format, noreply);
    return Request{Delete{}, noreply, words[1]};
}

// incr, decr <key> <delta> [noreply]
template <bool subtract>
Line parse_arithmetic(const CommandWords& words, std::string_view)
{
    const bool noreply = asks_noreply(words);
    if (!is_key(words[1])) return reject(bad_format, noreply);
    const auto delta = parse_leading_number(words[2]);
    if (!delta) return reject(bad_delta, noreply);
    return Request{Arithmetic{*delta, subtract}, noreply, words[1]};
}

// touch <key> <exptime> [noreply]
Line parse_touch(const CommandWords& words, std::string_view)
{
    const bool noreply = asks_noreply(words);
    if (!is_key(words[1])) return reject(bad_format, noreply);
    const auto exptime = parse_signed(words[2]);
    if (!exptime) return reject(bad_exptime, noreply);
    return Request{Touch{memcached_expiry(*exptime)}, noreply, words[1]};
}

// flush_all [delay] [noreply]
Line parse_flush_all(const CommandWords& words, std::string_view)
{
    const bool noreply = asks_noreply(words);
    if (words.count == (noreply ? 2U : 1U)) return Request{Flush{}, noreply};
    const auto delay = parse_signed(words[1]);
    if (!delay) return reject(bad_exptime, noreply);
    return Request{Flush{memcached_expiry(*delay)}, noreply};
}

// verbosity <level> [noreply]: taken and left alone; how much is logged is for whoever started us.
Line parse_verbosity(const CommandWords& words, std::string_view)
{
    const bool noreply = asks_noreply(words);
    if (!parse_leading_number(words[1])) return reject(bad_format, noreply);
    return Request{Accept{}, noreply};
}

Line parse_version(const CommandWords&, std::string_view)
{
    return Request{Version{}};
}

Line parse_quit(const CommandWords&, std::string_view)
{
    Request request{NoOp{}};
    request.closes = true;
    return request;
}

constexpr std::size_t any = SIZE_MAX;

constexpr std::array<ClassicCommand, 25> classic_commands{{
    {"get", 2, any, parse_get<false>},
    {"gets", 2, any, parse_get<true>},
    {"set", 3, 6, parse_set},
    {"add", 5, 6, parse_storage<Put::Mode::add>},
    {"replace", 5, 6, parse_storage<Put::Mode::replace>},
    {"append", 5, 6, parse_storage<Put::Mode::append>},
    {"prepend", 5, 6, parse_storage<Put::Mode::prepend>},
    {"cas", 6, 7, parse_storage<Put::Mode::cas>},
    {"delete", 2, 4, parse_delete},
    {"incr", 3, 4, parse_arithmetic<false>},
    {"decr", 3, 4, parse_arithmetic<true>},
    {"touch", 3, 4, parse_touch},
    {"gat", 2, any, parse_get_and_touch<false>},
    {"gats", 2, any, parse_get_and_touch<true>},
    {"flush_all", 1, 3, parse_flush_all},
    {"verbosity", 2, 3, parse_verbosity},
    {"version", 1, any, parse_version},
    {"stats", 1, any, parse_stats},
    {"lru_crawler", 2, 3, parse_lru_crawler},
    {"shutdown", 1, 2, parse_shutdown},
    {"debugtime", 2, 2, parse_debugtime},
    {"cache_memlimit", 2, 3, parse_cache_memlimit},
    {"slabs", 2, 4, parse_slabs},
    {"lru", 2, any, parse_lru},
    {"quit", 1, any, parse_quit},
}};

}  // namespace

Request reject(std::string_view text, bool noreply, bool closes)
{
    Request request{Reject{text}, noreply};
    request.closes = closes;
    return request;
}

Request dump_request(DumpForm form, Table::Cursor cursor)
{
    Request request{Walk{cursor}};
    request.dump = form;
    return request;
}

Line parse_line(std::string_view line, KeyRoom& key_room)
{
    const auto words = split_words<8>(line);
    if (words.count == 0) return reject(bad_command);
    if (is_meta(words[0])) return parse_meta_line(line, key_room);
    const auto* command =
        std::find_if(classic_commands.begin(), classic_commands.end(),
                     [&](const ClassicCommand& candidate) { return candidate.name == words[0]; });
    if (command != classic_commands.end()) {
        if (words.count < command->least_words) return reject(bad_command);
        if (command->most_words != any && words.count > command->most_words)
            return reject(bad_command);
        return command->parse(words, line);
    }
    if (is_foreign(line)) return reject({}, true, true);
    return reject(bad_command);
}

}  // namespace kv::memcached
