#include "server/memcached/keys.h"

#include "common/words.h"

namespace kv::memcached {

namespace {

/// Expiry times may have a plus sign, as strtol takes them, or a minus sign.
std::optional<std::int64_t> parse_signed(std::string_view word)
{
    if (std::uint32_t small = 0; is_short_number(word, small)) return small;
    if (word.starts_with('+')) word.remove_prefix(1);
    return parse_number<std::int64_t>(word);
}

}  // namespace

std::optional<Expiry> parse_stored_expiry(std::string_view word)
{
    const auto exptime = parse_signed(word);
    if (!exptime) return std::nullopt;
    return memcached_expiry(*exptime);
}

std::optional<Expiry> parse_expiry(std::string_view word)
{
    const auto exptime = parse_signed(word);
    if (!exptime || *exptime > max_exptime) return std::nullopt;
    return memcached_expiry(*exptime);
}

std::optional<std::uint32_t> parse_client_flags(std::string_view word)
{
    if (std::uint32_t small = 0; is_short_number(word, small)) return small;
    const auto number = parse_leading_number(word);
    if (!number || *number > UINT32_MAX) return std::nullopt;
    return static_cast<std::uint32_t>(*number);
}

std::optional<std::uint64_t> parse_block_bytes(std::string_view word)
{
    if (std::uint32_t small = 0; is_short_number(word, small)) return small;
    constexpr std::int64_t most = INT32_MAX - 2;
    if (word.starts_with('+')) word.remove_prefix(1);
    const auto number = parse_number<std::int64_t>(word);
    if (!number || *number < 0 || *number > most) return std::nullopt;
    return static_cast<std::uint64_t>(*number);
}

}  // namespace kv::memcached
