#include "client/memcached_requests.h"

#include "client/errors.h"
#include "common/log.h"
#include "common/memcached_key.h"

#include <fmt/format.h>

#include <limits>

namespace kv::client {

void check_key(std::string_view key)
{
    if (memcached::is_key(key)) return;
    if (key.empty()) throw BadArgument("the key is empty");
    if (key.size() > memcached::max_key_bytes) {
        throw BadArgument(fmt::format("the key has {} bytes, at most {} are allowed", key.size(),
                                      memcached::max_key_bytes));
    }
    throw BadArgument(fmt::format("the key \"{}\" contains a blank or a control character",
                                  escaped(key, memcached::max_key_bytes)));
}

std::int64_t wire_expiry(std::chrono::seconds from_now)
{
    using std::chrono::duration_cast, std::chrono::seconds, std::chrono::system_clock;
    constexpr seconds longest_relative = std::chrono::hours(30 * 24);  // "Expiration times"
    if (from_now <= longest_relative) return from_now.count();
    const auto now = duration_cast<seconds>(system_clock::now().time_since_epoch());
    // memcached keeps expiry times in 32 bits: anything later is as good as never.
    constexpr seconds latest{std::numeric_limits<std::int32_t>::max()};
    return from_now >= latest - now ? 0 : (now + from_now).count();
}

std::string get_request(std::string_view verb, std::span<const std::string> keys)
{
    std::string request(verb);
    for (const std::string& key : keys) {
        check_key(key);
        request += ' ';
        request += key;
    }
    return request += "\r\n";
}

std::string get_and_touch_request(std::string_view verb, std::string_view key,
                                  std::chrono::seconds expiry)
{
    check_key(key);
    return fmt::format("{} {} {}\r\n", verb, wire_expiry(expiry), key);
}

std::string store_request(std::string_view verb, std::string_view key, std::string_view value,
                          const StoreOptions& options, std::optional<std::uint64_t> cas)
{
    check_key(key);
    std::string request = fmt::format("{} {} {} {} {}", verb, key, options.flags,
                                      wire_expiry(options.expiry), value.size());
    if (cas) request += fmt::format(" {}", *cas);
    request.reserve(request.size() + value.size() + 4);
    request += "\r\n";
    request += value;
    return request += "\r\n";
}

std::string change_request(std::string_view verb, std::string_view key, std::string_view argument)
{
    check_key(key);
    return argument.empty() ? fmt::format("{} {}\r\n", verb, key)
                            : fmt::format("{} {} {}\r\n", verb, key, argument);
}

}  // namespace kv::client
