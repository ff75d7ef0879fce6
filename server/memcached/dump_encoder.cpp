#include "server/memcached/dump_encoder.h"

#include "server/memcached/limits.h"

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
    fmt::format_to(out, " exp={} la={} cas={} fetch={} cls=1 size={}\n", expires, state.last_access,
                   state.cas, state.fetched ? "yes" : "no", state.item->footprint());
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

}  // namespace

void write_dump(BufferedStream& stream, DumpForm form, const WalkStep& step)
{
    const bool is_metadump = form == DumpForm::metadump;
    for (const ItemState& state : step.items) {
        if (state.item->key().size() > max_key_bytes) continue;
        (is_metadump ? write_metadump : write_mgdump)(stream, state);
    }
    if (!step.more) stream.write(is_metadump ? "END\r\n" : "EN\r\n");
}

}  // namespace kv::memcached
