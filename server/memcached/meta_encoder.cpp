#include "server/memcached/meta_encoder.h"

#include "common/decimal.h"
#include "server/memcached/limits.h"

#include <sodium/utils.h>

#include <algorithm>

namespace kv::memcached {

namespace {

using Command = MetaFlags::Command;

void write_key(BufferedStream& stream, std::string_view key, bool in_base64)
{
    if (!in_base64) return stream.write(key);
    std::array<char, sodium_base64_ENCODED_LEN(max_key_bytes, sodium_base64_VARIANT_ORIGINAL)> text;
    stream.write(sodium_bin2base64(text.data(), text.size(),
                                   reinterpret_cast<const unsigned char*>(key.data()), key.size(),
                                   sodium_base64_VARIANT_ORIGINAL));
}

template <class T>
void write_number(BufferedStream& stream, std::string_view before, T number)
{
    stream.write(before);
    stream.write(Decimal(number).text());
}

/// What every command echoes alike: the opaque and the key.
void write_echo(BufferedStream& stream, const MetaFlags& flags, char letter, bool in_base64)
{
    if (letter == 'O') {
        stream.write(" ");
        stream.write(flags.opaque_text());
    } else if (letter == 'k') {
        stream.write(" k");
        write_key(stream, flags.key, in_base64);
        if (in_base64) stream.write(" b");
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
void write_get_flag(BufferedStream& stream, char letter, const ItemState& state)
{
    switch (letter) {
        case 's': return write_number(stream, " s", state.item->value().size());
        case 'f': return write_number(stream, " f", state.item->flags);
        case 'l': return write_number(stream, " l", seconds_since(state.last_access, state.now));
        case 'h': return stream.write(state.fetched ? " h1" : " h0");
        default: return;
    }
}

/// The return flags of an item. They take effect in the order in which they were given, so a `t` in
/// front of a `T` tells the time that was left before.
void write_flags(BufferedStream& stream, const MetaFlags& flags, const ItemState& state)
{
    UnixMillis expires = state.expires_before;
    for (std::size_t i = 0; i < flags.count; ++i) {
        const char letter = flags.letters[i];
        if (letter == 'T') expires = state.touched;
        if (letter == 'N' && state.created) expires = state.vivified;
        if (letter == 'c') write_number(stream, " c", state.cas);
        if (letter == 't') write_number(stream, " t", seconds_left(expires, state.now));
        if (flags.command == Command::get) write_get_flag(stream, letter, state);
        const bool of_get = flags.command == Command::get;
        write_echo(stream, flags, letter, of_get ? state.marks.binary_key : flags.binary_key);
    }
}

void write_item(BufferedStream& stream, const MetaFlags& flags, const ItemState& state)
{
    const std::string_view value = state.item->value();
    if (flags.wants_value) {
        write_number(stream, "VA ", value.size());
    } else {
        stream.write("HD");
    }
    write_flags(stream, flags, state);
    if (state.marks.token_sent) stream.write(" Z");
    if (state.marks.stale) stream.write(" X");
    if (state.won) stream.write(" W");
    stream.write("\r\n");
    if (!flags.wants_value) return;
    stream.write(value);
    stream.write("\r\n");
}

void write_result(BufferedStream& stream, const MetaFlags& flags, const ItemState& state)
{
    if (flags.quiet && !state.created) return;
    const Decimal number(state.number);
    if (flags.wants_value) {
        write_number(stream, "VA ", number.text().size());
    } else {
        stream.write("HD");
    }
    write_flags(stream, flags, state);
    stream.write("\r\n");
    if (!flags.wants_value) return;
    stream.write(number.text());
    stream.write("\r\n");
}

// ME <key> <name>=<value>*\r\n: for people, so the names say what they are (memcached's).
void write_debug(BufferedStream& stream, const MetaFlags& flags, const ItemState& state)
{
    stream.write("ME ");
    write_key(stream, flags.key, state.marks.binary_key);
    write_number(stream, " exp=", seconds_left(state.expires_before, state.now));
    write_number(stream, " la=", seconds_since(state.last_access, state.now));
    write_number(stream, " cas=", state.cas);
    stream.write(state.fetched ? " fetch=yes" : " fetch=no");
    write_number(stream, " cls=1 size=", state.item->footprint());
    stream.write("\r\n");
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
void write_code(BufferedStream& stream, const MetaFlags& flags, const PutResult& result)
{
    if (const std::string_view error = error_of(result.outcome); !error.empty()) {
        return stream.write(error);
    }
    const std::string_view code = code_of(result.outcome, flags.command);
    if (flags.quiet && code == (flags.command == Command::get ? "EN" : "HD")) return;
    stream.write(code);
    for (std::size_t i = 0; flags.command != Command::debug && i < flags.count; ++i) {
        const char letter = flags.letters[i];
        if (letter == 'c' && flags.command == Command::set) write_number(stream, " c", result.cas);
        write_echo(stream, flags, letter, flags.binary_key);
    }
    stream.write("\r\n");
}

void write(BufferedStream& stream, const MetaFlags& flags, Outcome outcome)
{
    write_code(stream, flags, {outcome});
}

void write(BufferedStream& stream, const MetaFlags& flags, const PutResult& result)
{
    write_code(stream, flags, result);
}

void write(BufferedStream& stream, const MetaFlags& flags, const ItemState& state)
{
    switch (flags.command) {
        case Command::get: return write_item(stream, flags, state);
        case Command::debug: return write_debug(stream, flags, state);
        default: return write_result(stream, flags, state);
    }
}

/// Answers classic commands.
template <class Other>
void write(BufferedStream&, const MetaFlags&, const Other&)
{
    throw UnwritableReply();
}

}  // namespace

void write_meta_reply(BufferedStream& stream, const MetaFlags& flags, const Reply& reply)
{
    std::visit([&](const auto& outcome) { write(stream, flags, outcome); }, reply);
}

}  // namespace kv::memcached
