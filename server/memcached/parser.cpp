#include "server/memcached/parser.h"

#include "common/words.h"
#include "server/memcached/admin_parser.h"
#include "server/memcached/keys.h"

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
    void (*parse)(const CommandWords& words, Request& request);
};

/// Names are short: compared byte by byte, without a call.
bool is_same_name(std::string_view a, std::string_view b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char one, char other) { return one == other; });
}

bool asks_noreply(const CommandWords& words)
{
    return words[words.count - 1] == "noreply";
}

// set, add, replace, append, prepend <key> <flags> <exptime> <bytes> [noreply]
// cas <key> <flags> <exptime> <bytes> <cas unique> [noreply]
void parse_put(Put::Mode mode, const CommandWords& words, Request& request)
{
    const bool compares = mode == Put::Mode::cas;
    const std::size_t most_words = compares ? 7 : 6;
    if (words.count > most_words) return refuse_block(request, words[4], bad_command);
    request.noreply = asks_noreply(words);
    const auto flags = parse_client_flags(words[2]);
    const auto expiry = parse_stored_expiry(words[3]);
    const auto bytes = parse_block_bytes(words[4]);
    const auto cas = compares ? parse_leading_number(words[5]) : std::nullopt;
    const bool good = is_key(words[1]) && flags && expiry && bytes && (cas || !compares);
    if (!good) return refuse_block(request, words[4], bad_format);
    request.key.bytes = words[1];
    request.block.emplace(Block{*bytes});
    auto& put = request.operation.emplace<Put>();
    put.mode = mode;
    put.flags = *flags;
    put.expiry = *expiry;
    put.compare = cas;
}

template <Put::Mode mode>
void parse_storage(const CommandWords& words, Request& request)
{
    parse_put(mode, words, request);
}

/// The tutorial's `set key len` is told from memcached's by its three words.
void parse_set(const CommandWords& words, Request& request)
{
    if (words.count > 4) return parse_put(Put::Mode::set, words, request);
    if (words.count == 4) return reject(request, bad_command);
    const auto bytes = parse_block_bytes(words[2]);
    if (!is_key(words[1]) || !bytes) return refuse_block(request, words[2], bad_format, true);
    request.key.bytes = words[1];
    request.block.emplace(Block{*bytes, true});
    request.operation.emplace<Put>();
}

/// What stands on the line behind word `i`.
std::string_view after(const CommandWords& words, std::size_t i)
{
    const char* begin = words[i].data() + words[i].size();
    const char* end = words.line.data() + words.line.size();
    return {begin, static_cast<std::size_t>(end - begin)};
}

/// One bad key spoils the whole request: memcached answers nothing of it but the error. Not
/// inlined: most gets have one key.
[[gnu::noinline]] void parse_several_keys(std::string_view keys, Request& request)
{
    if (good_keys(keys).size() < keys.size()) return reject(request, bad_format);
    add_more_keys(keys, request);
}

/// The keys, from word `first` on.
void parse_keys(const CommandWords& words, std::size_t first, Request& request)
{
    if (words.count != first + 1) return parse_several_keys(after(words, first - 1), request);
    if (!is_key(words[first])) return reject(request, bad_format);
    request.key.bytes = words[first];
}

// get, gets <key>*
template <bool with_cas>
void parse_get(const CommandWords& words, Request& request)
{
    request.with_cas = with_cas;  // a new request is a Get
    parse_keys(words, 1, request);
}

// gat, gats <exptime> <key>*
template <bool with_cas>
void parse_get_and_touch(const CommandWords& words, Request& request)
{
    const auto expiry = parse_expiry(words[1]);
    if (!expiry) return reject(request, bad_exptime);
    request.operation = GetAndTouch{*expiry};
    request.with_cas = with_cas;
    parse_keys(words, 2, request);
}

// delete <key> [0] [noreply]
void parse_delete(const CommandWords& words, Request& request)
{
    request.noreply = asks_noreply(words);
    if (words.count > 2) {
        const bool zero = words[2] == "0";
        const bool usual = words.count == 3 ? zero || request.noreply : zero && request.noreply;
        if (!usual) return reject(request, bad_delete);
    }
    if (!is_key(words[1])) return reject(request, bad_format);
    request.key.bytes = words[1];
    request.operation = Delete{};
}

// incr, decr <key> <delta> [noreply]
template <bool subtract>
void parse_arithmetic(const CommandWords& words, Request& request)
{
    request.noreply = asks_noreply(words);
    if (!is_key(words[1])) return reject(request, bad_format);
    const auto delta = parse_leading_number(words[2]);
    if (!delta) return reject(request, bad_delta);
    request.key.bytes = words[1];
    request.operation = Arithmetic{*delta, subtract};
}

// touch <key> <exptime> [noreply]
void parse_touch(const CommandWords& words, Request& request)
{
    request.noreply = asks_noreply(words);
    if (!is_key(words[1])) return reject(request, bad_format);
    const auto expiry = parse_expiry(words[2]);
    if (!expiry) return reject(request, bad_exptime);
    request.key.bytes = words[1];
    request.operation = Touch{*expiry};
}

// flush_all [delay] [noreply]
void parse_flush_all(const CommandWords& words, Request& request)
{
    request.noreply = asks_noreply(words);
    request.operation = Flush{};
    if (words.count == (request.noreply ? 2U : 1U)) return;
    const auto delay = parse_expiry(words[1]);
    if (!delay) return reject(request, bad_exptime);
    request.operation = Flush{*delay};
}

// verbosity <level> [noreply]: taken and left alone; how much is logged is for whoever started us.
void parse_verbosity(const CommandWords& words, Request& request)
{
    request.noreply = asks_noreply(words);
    if (!parse_leading_number(words[1])) return reject(request, bad_format);
    request.operation = Accept{};
}

void parse_version(const CommandWords&, Request& request)
{
    request.operation = Version{};
}

void parse_quit(const CommandWords&, Request& request)
{
    request.operation = NoOp{};
    request.closes = true;
}

constexpr std::size_t any = SIZE_MAX;

constexpr std::array<ClassicCommand, 26> classic_commands{{
    {"get", 2, any, parse_get<false>},
    {"gets", 2, any, parse_get<true>},
    {"set", 3, any, parse_set},
    {"add", 5, any, parse_storage<Put::Mode::add>},
    {"replace", 5, any, parse_storage<Put::Mode::replace>},
    {"append", 5, any, parse_storage<Put::Mode::append>},
    {"prepend", 5, any, parse_storage<Put::Mode::prepend>},
    {"cas", 6, any, parse_storage<Put::Mode::cas>},
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
    {"watch", 1, 7, parse_watch},
    {"shutdown", 1, 2, parse_shutdown},
    {"debugtime", 2, 2, parse_debugtime},
    {"cache_memlimit", 2, 3, parse_cache_memlimit},
    {"slabs", 2, 4, parse_slabs},
    {"lru", 2, any, parse_lru},
    {"quit", 1, any, parse_quit},
}};

}  // namespace

void reject(Request& request, std::string_view text, bool closes)
{
    request.operation = Reject{text};
    request.closes = closes;
}

void refuse_block(Request& request, std::string_view bytes_word, std::string_view text, bool bare)
{
    const auto bytes = parse_block_bytes(bytes_word);
    if (!bytes) return reject(request, text);
    request.block.emplace(Block{.bytes = *bytes, .bare = bare, .error = text});
    request.operation.emplace<Put>();
}

bool is_get_line(std::string_view line)
{
    const std::string_view name = line.substr(0, line.find(' '));
    return name == "get" || name == "gets" || name == "gat" || name == "gats";
}

std::string_view good_keys(std::string_view keys)
{
    std::string_view rest = keys;
    for (std::string_view key = take_word(rest); !key.empty(); key = take_word(rest)) {
        if (!is_key(key)) return {keys.data(), static_cast<std::size_t>(key.data() - keys.data())};
    }
    return keys;
}

void add_more_keys(std::string_view keys, Request& request)
{
    if (request.key.bytes.empty()) request.key.bytes = take_word(keys);
    // Blanks may follow the last key: they are not one more.
    const bool more = keys.find_first_not_of(' ') != std::string_view::npos;
    request.more_keys = more ? keys : std::string_view();
}

Request next_of(const Request& get)
{
    Request next;
    if (const auto* touch = std::get_if<GetAndTouch>(&get.operation)) next.operation = *touch;
    next.with_cas = get.with_cas;
    next.line_goes_on = get.line_goes_on;
    add_more_keys(get.more_keys, next);
    return next;
}

Request dump_request(Dump dump, Table::Cursor cursor)
{
    Request request(Walk{cursor});
    request.dump = dump;
    return request;
}

void parse_line(std::string_view line, KeyRoom& key_room, Request& request)
{
    const CommandWords words(line);
    if (words.count == 0) return reject(request, bad_command);
    if (is_meta(words[0])) return parse_meta_line(line, key_room, request);
    const auto* command = std::find_if(
        classic_commands.begin(), classic_commands.end(),
        [&](const ClassicCommand& candidate) { return is_same_name(candidate.name, words[0]); });
    if (command == classic_commands.end()) {
        if (!is_foreign(line)) return reject(request, bad_command);
        request.noreply = true;
        return reject(request, {}, true);
    }
    const bool fits = words.count >= command->least_words &&
                      (command->most_words == any || words.count <= command->most_words);
    if (!fits) return reject(request, bad_command);
    command->parse(words, request);
}

}  // namespace kv::memcached
