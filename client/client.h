// client.h: talks to a server that speaks the memcached text protocol.
//
//     kv::Client client("memcache://127.0.0.1:11211");
//     client.set("greeting", "hello", {.expiry = std::chrono::minutes(5)});
//     if (auto item = client.get("greeting")) std::cout << item->value;
//
// Every call sends one request, waits for its reply and returns it: it blocks for
// ClientOptions::reply_timeout at most. An ordinary outcome (a miss, a cas that lost) is a value;
// errors.h lists what is thrown instead. Every call may throw BadArgument, ServerError,
// ConnectionLost, NoReplyInTime and NonsenseReply; the last three close the client, and then every
// call throws ConnectionLost until reconnect().
//
// Used by one thread at a time, because a client is one connection. Give each thread its own.
//
// Keys are 1 to 250 bytes, none of them a blank or a control character; that is checked before
// anything is sent. Values are any bytes.
#pragma once

#include "client/client_options.h"
#include "client/item.h"
#include "common/uri.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kv {

namespace client {
class Connection;
}
class Transport;

class Client {
public:
    /// Connects. Throws BadUri for a malformed address, BadArgument for a scheme other than
    /// memcache, CannotConnect when no server answers.
    explicit Client(std::string_view uri, ClientOptions options = {});
    explicit Client(const Uri& uri, ClientOptions options = {});

    /// Uses an existing connection; reconnect() then throws BadArgument.
    explicit Client(std::unique_ptr<Transport> link, ClientOptions options = {});

    ~Client();
    Client(Client&&) noexcept;
    Client& operator=(Client&&) noexcept;

    /// Closes the connection and makes a new one. Throws as the constructor.
    void reconnect();
    [[nodiscard]] bool is_open() const;

    // ---- Reading: nullopt is a miss ----

    /// Without Hit::cas, which is 0.
    [[nodiscard]] std::optional<Hit> get(std::string_view key);
    /// With Hit::cas, for a later cas().
    [[nodiscard]] std::optional<Hit> gets(std::string_view key);
    /// get, and sets a new expiry.
    [[nodiscard]] std::optional<Hit> get_and_touch(std::string_view key,
                                                   std::chrono::seconds expiry);

    /// The items that exist among `keys`, with their cas. One round trip for some hundred keys.
    [[nodiscard]] std::map<std::string, Hit> get_many(std::span<const std::string> keys);

    // ---- Writing ----

    /// Stores unconditionally; the usual answer is Stored::yes.
    Stored set(std::string_view key, std::string_view value, StoreOptions options = {});
    /// Stores only if the key does not exist; else Stored::no.
    [[nodiscard]] Stored add(std::string_view key, std::string_view value,
                             StoreOptions options = {});
    /// Stores only if the key exists; else Stored::no.
    [[nodiscard]] Stored replace(std::string_view key, std::string_view value,
                                 StoreOptions options = {});
    /// Adds after the present value; Stored::no when there is none. Flags and expiry stay.
    [[nodiscard]] Stored append(std::string_view key, std::string_view value);
    /// Adds before the present value, likewise.
    [[nodiscard]] Stored prepend(std::string_view key, std::string_view value);
    /// Stores only if the item has not changed since gets() returned `cas`: else Stored::exists, or
    /// Stored::not_found when it is gone.
    [[nodiscard]] Stored cas(std::string_view key, std::string_view value, std::uint64_t cas,
                             StoreOptions options = {});

    /// `delete`, which is a keyword in C++. false: there was no such item.
    bool remove(std::string_view key);

    /// The new number; nullopt when the key does not exist. Wraps at 2^64. ServerError when the
    /// value is not a decimal number.
    [[nodiscard]] std::optional<std::uint64_t> incr(std::string_view key, std::uint64_t delta = 1);
    /// As incr, but stops at 0.
    [[nodiscard]] std::optional<std::uint64_t> decr(std::string_view key, std::uint64_t delta = 1);

    /// Sets a new expiry. false: there is no such item.
    bool touch(std::string_view key, std::chrono::seconds expiry);

    // ---- The server ----

    /// Removes every item of the server, now or after `delay` (0 or more).
    void flush_all(std::chrono::seconds delay = std::chrono::seconds(0));
    [[nodiscard]] std::string version();
    /// Advances the clock of a kvserver with --virtual-clock, so that a test of expiry need not
    /// wait. Other servers answer an error, thrown as ServerError.
    void advance_clock(std::chrono::seconds by);
    /// `stats`, or `stats GROUP`: names and values as the server spells them.
    [[nodiscard]] std::map<std::string, std::string> stats(std::string_view group = {});

private:
    friend class Pipeline;
    [[nodiscard]] client::Connection& connection() const { return *connection_; }

    std::optional<Uri> uri_;  ///< unset for an existing connection
    ClientOptions options_;
    std::unique_ptr<client::Connection> connection_;  ///< null only in a moved-from client
};

}  // namespace kv
