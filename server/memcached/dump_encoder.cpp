#include "server/memcached/encoder.h"

#include "common/quoting.h"
#include "server/memcached/keys.h"

#include <fmt/format.h>
#include <sodium/utils.h>

#include <algorithm>
#include <array>

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
    fmt::memory_buffer line;
    const auto out = std::back_inserter(line);
    fmt::format_to(out, "key={}", in_uri(state.item->key()));
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

namespace {

std::string_view name_of(Put::Mode mode)
{
    switch (mode) {
        case Put::Mode::set: return "set";
        case Put::Mode::add: return "add";
        case Put::Mode::replace: return "replace";
        case Put::Mode::append: return "append";
        case Put::Mode::prepend: return "prepend";
        case Put::Mode::cas: break;
    }
    return "cas";
}

std::string_view status_of(Outcome outcome)
{
    switch (outcome) {
        case Outcome::stored: return "stored";
        case Outcome::exists: return "exists";
        case Outcome::not_found: return "not_found";
        case Outcome::too_large: return "too_large";
        case Outcome::out_of_memory: return "no_memory";
        default: return "not_stored";
    }
}

std::string fetched_text(std::string_view key, const Reply& reply, std::uint64_t client)
{
    const Item* item = nullptr;
    if (const auto* found = std::get_if<Found>(&reply)) item = found->item.get();
    if (const auto* state = std::get_if<ItemState>(&reply)) item = state->item.get();
    return fmt::format("type=item_get key={} status={} clsid={} cfd={} size={}", in_uri(key),
                       item != nullptr ? "found" : "not_found", item != nullptr ? 1 : 0, client,
                       item != nullptr ? item->value().size() : 0);
}

std::string stored_text(std::string_view key, const Put& put, const PutResult& result,
                        std::uint64_t client)
{
    const auto ttl = std::chrono::duration_cast<std::chrono::seconds>(put.expiry.time);
    return fmt::format("type=item_store key={} status={} cmd={} ttl={} clsid=1 cfd={} size={}",
                       in_uri(key), status_of(result.outcome), name_of(put.mode), ttl.count(),
                       client, result.value_bytes);
}

std::string refused_text(std::string_view key, const Unstorable& put, std::uint64_t client)
{
    return fmt::format("type=item_store key={} status={} cmd={} ttl=0 clsid=0 cfd={} size=0",
                       in_uri(key), put.too_large ? "too_large" : "no_memory",
                       put.drops_old ? "set" : "null", client);
}

}  // namespace

void log_request(LogWatchers& watchers, std::string_view key, const Operation& operation,
                 const Reply& reply, std::uint64_t client)
{
    const bool reads = std::holds_alternative<Get>(operation) ||
                       std::holds_alternative<GetAndTouch>(operation) ||
                       std::holds_alternative<MetaGet>(operation);
    const auto* outcome = std::get_if<Outcome>(&reply);
    if (reads) {
        watchers.tell(LogWatchers::fetchers, fetched_text(key, reply, client));
    } else if (const auto* put = std::get_if<Put>(&operation)) {
        const auto* result = std::get_if<PutResult>(&reply);
        if (result != nullptr) {
            watchers.tell(LogWatchers::mutations, stored_text(key, *put, *result, client));
        }
    } else if (const auto* refused = std::get_if<Unstorable>(&operation)) {
        watchers.tell(LogWatchers::mutations, refused_text(key, *refused, client));
    } else if (outcome != nullptr && *outcome == Outcome::deleted) {
        const bool is_meta = std::holds_alternative<MetaDelete>(operation);
        watchers.tell(LogWatchers::deletions,
                      fmt::format("type=deleted key={} cmd={} clsid=1 cfd={}", in_uri(key),
                                  is_meta ? "md" : "delete", client));
    }
}

void log_connection(LogWatchers& watchers, const ClientRecord& client, std::string_view reason)
{
    const std::string_view address = client.address();
    const std::size_t colon = address.rfind(':');
    const bool is_tcp = colon != std::string_view::npos;
    std::string text =
        fmt::format("type={} rip={} rport={} transport={}",
                    reason.empty() ? "conn_new" : "conn_close", address.substr(0, colon),
                    is_tcp ? address.substr(colon + 1) : "0", is_tcp ? "tcp" : "unix");
    if (!reason.empty()) text += fmt::format(" reason={}", reason);
    watchers.tell(LogWatchers::connevents, text + fmt::format(" cfd={}", client.id()));
}

}  // namespace kv::memcached
