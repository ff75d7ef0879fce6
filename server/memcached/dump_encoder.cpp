#include "server/memcached/encoder.h"

#include "server/memcached/keys.h"

#include <fmt/format.h>
#include <sodium/utils.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace kv::memcached {

namespace {

bool needs_base64(std::string_view key)
{
    return std::any_of(key.begin(), key.end(),
                       [](char byte) { return (byte >= 0 && byte <= ' ') || byte == '\x7f'; });
}

// key=<URI-encoded> exp=<Unix time, or -1> la=<Unix time> cas=<n> fetch=<yes|no> cls=1 size=<bytes>
// flags=<the client's>
void write_metadump(BufferedStream& stream, const ItemState& state)
{
    constexpr std::string_view plain = "-_.~";  // RFC 3986: with letters and digits, never encoded
    fmt::memory_buffer line;
    const auto out = std::back_inserter(line);
    fmt::format_to(out, "key=");
    for (const char byte : state.item->key()) {
        const auto value = static_cast<unsigned char>(byte);
        const bool as_is =
            value < 0x80 && (std::isalnum(value) != 0 || plain.find(byte) != plain.npos);
        if (as_is) {
            line.push_back(byte);
        } else {
            fmt::format_to(out, "%{:02X}", value);
        }
    }
    const auto expires =
        state.expires_before == never
            ? -1
            : std::chrono::duration_cast<std::chrono::seconds>(state.expires_before).count();
    fmt::format_to(out, " exp={} la={} cas={} fetch={} cls=1 size={} flags={}\n", expires,
                   state.last_access, state.cas, state.fetched ? "yes" : "no",
                   state.item->footprint(), state.item->flags);
    stream.write({line.data(), line.size()});
}

// mg <key>[ b]\r\n: each line is a command that fetches the item
void write_mgdump(BufferedStream& stream, const ItemState& state)
{
    const std::string_view key = state.item->key();
    stream.write("mg ");
    if (needs_base64(key)) {
        std::array<char, sodium_base64_ENCODED_LEN(max_key_bytes, sodium_base64_VARIANT_ORIGINAL)>
            text;
        stream.write(sodium_bin2base64(text.data(), text.size(),
                                       reinterpret_cast<const unsigned char*>(key.data()),
                                       key.size(), sodium_base64_VARIANT_ORIGINAL));
        stream.write(" b");
    } else {
        stream.write(key);
    }
    stream.write("\r\n");
}

// ITEM <key> [<bytes> b; <Unix time, or 0> s]\r\n
void write_cachedump(BufferedStream& stream, const ItemState& state)
{
    const bool lasts = state.expires_before == never;
    const auto expires = std::chrono::duration_cast<std::chrono::seconds>(state.expires_before);
    fmt::memory_buffer line;
    fmt::format_to(std::back_inserter(line), "ITEM {} [{} b; {} s]\r\n", state.item->key(),
                   state.item->value().size(), lasts ? 0 : expires.count());
    stream.write({line.data(), line.size()});
}

/// A cachedump writes the key as it is.
bool can_be_named(const ItemState& state, DumpForm form)
{
    const std::string_view key = state.item->key();
    return form == DumpForm::cachedump ? is_key(key) : key.size() <= max_key_bytes;
}

void write_item(BufferedStream& stream, DumpForm form, const ItemState& state)
{
    switch (form) {
        case DumpForm::metadump: return write_metadump(stream, state);
        case DumpForm::mgdump: return write_mgdump(stream, state);
        case DumpForm::cachedump: return write_cachedump(stream, state);
    }
}

}  // namespace

std::size_t write_dump(BufferedStream& stream, const Dump& dump, const WalkStep& step)
{
    std::size_t left = dump.most;
    for (const ItemState& state : step.items) {
        if (!can_be_named(state, dump.form)) continue;
        if (left == 0) break;
        write_item(stream, dump.form, state);
        --left;
    }
    return left;
}

void write_dump_end(BufferedStream& stream, DumpForm form)
{
    stream.write(form == DumpForm::mgdump ? "EN\r\n" : "END\r\n");
}

}  // namespace kv::memcached
