#include "client/client.h"

#include "client/connection.h"
#include "client/errors.h"
#include "client/link.h"
#include "client/memcached_replies.h"
#include "client/memcached_requests.h"

#include <fmt/format.h>

#include <algorithm>

namespace kv {

using namespace client;

namespace {

constexpr std::uint16_t usual_memcached_port = 11211;

/// One request, one reply. An error answered by the server is a whole reply; any other exception
/// leaves the connection closed.
template <class Read>
auto ask_and_read(Connection& connection, std::string_view request, Read read)
{
    Exchange whole(connection);
    connection.write(request);
    try {
        auto result = read();
        whole.complete();
        return result;
    } catch (const ServerError&) {
        whole.complete();
        throw;
    }
}

std::optional<Hit> get_one(Connection& connection, std::string_view request, std::string_view key)
{
    const std::string asked(key);
    return ask_and_read(connection, request, [&] {
        std::optional<Hit> found;
        read_items(connection, {&asked, 1},
                   [&](std::string&&, Hit&& item) { found = std::move(item); });
        return found;
    });
}

Stored store(Connection& connection, std::string_view request)
{
    return ask_and_read(connection, request, [&] { return read_stored(connection); });
}

void check_word(std::string_view word)
{
    if (word.find_first_of(" \r\n") != std::string_view::npos) {
        throw BadArgument("the name of a statistics group is one word");
    }
}

}  // namespace

Client::Client(std::string_view uri, ClientOptions options)
    : Client(parse_uri(uri, usual_memcached_port), options)
{
}

Client::Client(const Uri& uri, ClientOptions options) : uri_(uri), options_(options)
{
    if (uri.scheme != "memcache") {
        throw BadArgument(fmt::format("'{}' is not a memcache:// address", to_string(uri)));
    }
    reconnect();
}

Client::Client(std::unique_ptr<Transport> link, ClientOptions options)
    : options_(options), connection_(std::make_unique<Connection>(std::move(link), options))
{
}

Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

void Client::reconnect()
{
    if (!uri_) throw BadArgument("this client was made from a connection and cannot reconnect");
    if (connection_) connection_->close();
    connection_ = std::make_unique<Connection>(connect(*uri_, options_.connect_timeout), options_);
}

bool Client::is_open() const
{
    return connection_->is_open();
}

std::optional<Hit> Client::get(std::string_view key)
{
    const std::string asked(key);
    return get_one(*connection_, get_request("get", {&asked, 1}), key);
}

std::optional<Hit> Client::gets(std::string_view key)
{
    const std::string asked(key);
    return get_one(*connection_, get_request("gets", {&asked, 1}), key);
}

std::optional<Hit> Client::get_and_touch(std::string_view key, std::chrono::seconds expiry)
{
    return get_one(*connection_, get_and_touch_request("gat", key, expiry), key);
}

/// Any number of keys: in commands within every server's limit of 2,048 bytes per line, and no more
/// of them at a time than the sockets' buffers surely hold (see pipeline.cpp).
std::map<std::string, Hit> Client::get_many(std::span<const std::string> keys)
{
    constexpr std::size_t keys_in_command = 7;
    constexpr std::size_t commands_at_once = 8;
    std::for_each(keys.begin(), keys.end(), check_key);

    std::map<std::string, Hit> items;
    const auto take = [&](std::string&& key, Hit&& item) {
        items.insert_or_assign(std::move(key), std::move(item));
    };
    const auto cut = [](std::span<const std::string>& from, std::size_t most) {
        const auto piece = from.first(std::min(from.size(), most));
        from = from.subspan(piece.size());
        return piece;
    };
    while (!keys.empty()) {
        const auto batch = cut(keys, keys_in_command * commands_at_once);
        Exchange whole(*connection_);
        for (auto rest = batch; !rest.empty();) {
            connection_->write(get_request("gets", cut(rest, keys_in_command)));
        }
        for (auto rest = batch; !rest.empty();) {
            read_items(*connection_, cut(rest, keys_in_command), take);
        }
        whole.complete();
    }
    return items;
}

Stored Client::set(std::string_view key, std::string_view value, StoreOptions options)
{
    return store(*connection_, store_request("set", key, value, options));
}

Stored Client::add(std::string_view key, std::string_view value, StoreOptions options)
{
    return store(*connection_, store_request("add", key, value, options));
}

Stored Client::replace(std::string_view key, std::string_view value, StoreOptions options)
{
    return store(*connection_, store_request("replace", key, value, options));
}

Stored Client::append(std::string_view key, std::string_view value)
{
    return store(*connection_, store_request("append", key, value, {}));
}

Stored Client::prepend(std::string_view key, std::string_view value)
{
    return store(*connection_, store_request("prepend", key, value, {}));
}

Stored Client::cas(std::string_view key, std::string_view value, std::uint64_t cas,
                   StoreOptions options)
{
    return store(*connection_, store_request("cas", key, value, options, cas));
}

bool Client::remove(std::string_view key)
{
    return ask_and_read(*connection_, change_request("delete", key),
                        [&] { return read_found(*connection_, "DELETED"); });
}

std::optional<std::uint64_t> Client::incr(std::string_view key, std::uint64_t delta)
{
    return ask_and_read(*connection_, change_request("incr", key, std::to_string(delta)),
                        [&] { return read_number(*connection_); });
}

std::optional<std::uint64_t> Client::decr(std::string_view key, std::uint64_t delta)
{
    return ask_and_read(*connection_, change_request("decr", key, std::to_string(delta)),
                        [&] { return read_number(*connection_); });
}

bool Client::touch(std::string_view key, std::chrono::seconds expiry)
{
    return ask_and_read(*connection_,
                        change_request("touch", key, std::to_string(wire_expiry(expiry))),
                        [&] { return read_found(*connection_, "TOUCHED"); });
}

void Client::flush_all(std::chrono::seconds delay)
{
    if (delay.count() < 0) throw BadArgument("the delay of flush_all must not be negative");
    const std::string request =
        delay.count() == 0 ? "flush_all\r\n" : fmt::format("flush_all {}\r\n", delay.count());
    ask_and_read(*connection_, request, [&] { return read_ok(*connection_), true; });
}

void Client::advance_clock(std::chrono::seconds by)
{
    if (by.count() < 0) throw BadArgument("the clock cannot be put back");
    ask_and_read(*connection_, fmt::format("debugtime {}\r\n", by.count()),
                 [&] { return read_ok(*connection_), true; });
}

std::string Client::version()
{
    return ask_and_read(*connection_, "version\r\n", [&] { return read_version(*connection_); });
}

std::map<std::string, std::string> Client::stats(std::string_view group)
{
    check_word(group);
    const std::string request = group.empty() ? "stats\r\n" : fmt::format("stats {}\r\n", group);
    return ask_and_read(*connection_, request, [&] { return read_stats(*connection_); });
}

}  // namespace kv
