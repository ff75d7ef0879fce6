#include "server/memcached/encoder.h"

#include "common/append.h"
#include "common/decimal.h"
#include "server/memcached/keys.h"

#include <sodium/utils.h>

#include <algorithm>

namespace kv::memcached {

namespace {

using Command = MetaFlags::Command;

// All but a value: the code, and what each flag may return.
constexpr std::size_t most_bytes =
    64 + max_meta_flags * 24 + max_opaque_bytes +
    sodium_base64_ENCODED_LEN(max_key_bytes, sodium_base64_VARIANT_ORIGINAL);

void write_key(Append& append, std::string_view key, bool in_base64)
{
    if (!in_base64) return append.text(key);
    std::array<char, sodium_base64_ENCODED_LEN(max_key_bytes, sodium_base64_VARIANT_ORIGINAL)> text;
    append.text(sodium_bin2base64(text.data(), text.size(),
                                  reinterpret_cast<const unsigned char*>(key.data()), key.size(),
                                  sodium_base64_VARIANT_ORIGINAL));
}

template <class T>
void write_number(Append& append, std::string_view before, T number)
{
    append.text(before);
    append.number(number);
}

/// What every command echoes alike: the opaque and the key.
void write_echo(Append& append, const Request& request, char letter, bool in_base64)
{
    if (letter == 'O') {
        append.letter(' ');
        append.text(request.meta->opaque_text());
    } else if (letter == 'k') {
        append.text(" k");
        write_key(append, request.key.bytes, in_base64);
        if (in_base64) append.text(" b");
    }
}

/// Whole seconds, begun ones counted; -1 is never.
std::int64_t seconds_left(UnixMillis expires, UnixMillis now)
{
    if (expires == never) return -1;
    return std::max<std::int64_t>(0,
                                  std::chrono::ceil<std::chrono::seconds>(expires - now).count());
}

std::int64_t seconds_since(std::uint32_t last_access, UnixMillis now)
{
    return std::chrono::duration_cast<std::chrono::seconds>(now).count() - last_access;
}

/// The flags that only an mg returns.
void write_get_flag(Append& append, char letter, const ItemState& state)
{
    switch (letter) {
        case 's': return write_number(append, " s", state.item->value().size());
        case 'f': return write_number(append, " f", state.item->flags);
        case 'l': return write_number(append, " l", seconds_since(state.last_access, state.now));
        case 'h': return append.text(state.fetched ? " h1" : " h0");
        default: return;
    }
}

/// The return flags of an item. They take effect in the order in which they were given, so a `t` in
/// front of a `T` tells the time that was left before.
void write_flags(Append& append, const Request& request, const ItemState& state)
{
    const MetaFlags& flags = *request.meta;
    const bool of_get = flags.command == Command::get;
    UnixMillis expires = state.expires_before;
    for (std::size_t i = 0; i < flags.count; ++i) {
        const char letter = flags.letters[i];
        if (letter == 'T') expires = state.touched;
        if (letter == 'N' && state.created) expires = state.vivified;
        if (letter == 'c') write_number(append, " c", state.cas);
        if (letter == 't') write_number(append, " t", seconds_left(expires, state.now));
        if (of_get) write_get_flag(append, letter, state);
        write_echo(append, request, letter, of_get ? state.marks.binary_key : flags.binary_key);
    }
}

/// "VA <size>" or "HD", the flags, and the value if it is wanted.
template <class WriteFlags>
void write_answer(BufferedStream& stream, bool wants_value, std::string_view value,
                  WriteFlags flags_of)
{
    const auto head = [&](Append& append) {
        if (wants_value) {
            write_number(append, "VA ", value.size());
        } else {
            append.text("HD");
        }
        flags_of(append);
        append.line_end();
    };
    if (wants_value) return append_value(stream, most_bytes, head, value);
    Append append(stream, most_bytes);
    head(append);
}

void write_item(BufferedStream& stream, const Request& request, const ItemState& state)
{
    const bool wants_value = request.meta->wants_value && !state.unchanged;
    write_answer(stream, wants_value, state.item->value(), [&](Append& append) {
        write_flags(append, request, state);
        if (state.marks.token_sent) append.text(" Z");
        if (state.marks.stale) append.text(" X");
        if (state.won) append.text(" W");
    });
}

void write_result(BufferedStream& stream, const Request& request, const ItemState& state)
{
    if (request.meta->quiet) return;
    const Decimal number(state.number);
    write_answer(stream, request.meta->wants_value, number.text(),
                 [&](Append& append) { write_flags(append, request, state); });
}

// ME <key> <name>=<value>*\r\n: for people, so the names say what they are (memcached's).
void write_debug(BufferedStream& stream, const Request& request, const ItemState& state)
{
    Append append(stream, most_bytes);
    append.text("ME ");
    write_key(append, request.key.bytes, state.marks.binary_key);
    write_number(append, " exp=", seconds_left(state.expires_before, state.now));
    write_number(append, " la=", seconds_since(state.last_access, state.now));
    write_number(append, " cas=", state.cas);
    append.text(state.fetched ? " fetch=yes" : " fetch=no");
    write_number(append, " cls=1 size=", state.item->footprint());
    append.line_end();
}

std::string_view error_of(Outcome outcome)
{
    switch (outcome) {
        case Outcome::not_a_number:
            return "CLIENT_ERROR cannot increment or decrement non-numeric value\r\n";
        case Outcome::out_of_memory: return "SERVER_ERROR out of memory storing object\r\n";
        default: return {};
    }
}

std::string_view code_of(Outcome outcome, Command command)
{
    switch (outcome) {
        case Outcome::not_found:
            return command == Command::get || command == Command::debug ? "EN" : "NF";
        case Outcome::not_stored: return "NS";
        case Outcome::exists: return "EX";
        case Outcome::no_reply: return "MN";
        case Outcome::stored:
        case Outcome::deleted: return "HD";
        default: throw UnwritableReply();
    }
}

/// Two letters, and what is echoed; nothing when it is what a quiet client takes for granted: of a
/// get the miss, of the others the success.
void write_code(BufferedStream& stream, const Request& request, const PutResult& result)
{
    const MetaFlags& flags = *request.meta;
    if (const std::string_view error = error_of(result.outcome); !error.empty()) {
        return stream.write(error);
    }
    const std::string_view code = code_of(result.outcome, flags.command);
    if (flags.quiet && code == (flags.command == Command::get ? "EN" : "HD")) return;
    Append append(stream, most_bytes);
    append.text(code);
    for (std::size_t i = 0; flags.command != Command::debug && i < flags.count; ++i) {
        const char letter = flags.letters[i];
        const bool of_set = flags.command == Command::set;
        if (letter == 'c' && of_set) write_number(append, " c", result.cas);
        if (letter == 's' && of_set) write_number(append, " s", result.value_bytes);
        write_echo(append, request, letter, flags.binary_key);
    }
    append.line_end();
}

void write_meta(BufferedStream& stream, const Request& request, Outcome outcome)
{
    write_code(stream, request, {outcome});
}

void write_meta(BufferedStream& stream, const Request& request, const PutResult& result)
{
    write_code(stream, request, result);
}

void write_meta(BufferedStream& stream, const Request& request, const ItemState& state)
{
    switch (request.meta->command) {
        case Command::get: return write_item(stream, request, state);
        case Command::debug: return write_debug(stream, request, state);
        default: return write_result(stream, request, state);
    }
}

/// Answers classic commands.
template <class Other>
void write_meta(BufferedStream&, const Request&, const Other&)
{
    throw UnwritableReply();
}

}  // namespace

void write_meta_reply(BufferedStream& stream, const Request& request, const Reply& reply)
{
    std::visit([&](const auto& outcome) { write_meta(stream, request, outcome); }, reply);
}

}  // namespace kv::memcached
