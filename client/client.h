// client.h: talks to a server that speaks the memcached text protocol.
//
//     kv::Client client("memcache://127.0.0.1:11211");
//     client.set("greeting", "hello", {.expiry = std::chrono::minutes(5)});
//     if (auto item = client.get("greeting")) std::cout << item->value;
//
// Every call sends one request, waits for its reply and returns it: it blocks for
// ClientOptions::reply_timeout at most. An ordinary outcome (a miss, a cas that lost) is a value;
// errors.h lists what is thrown instead. Every call may throw BadArgument, ServerError,
// ConnectionLost, NoReplyInTime and NonsenseReply; the last three leave the client closed, and
// every later call throws ConnectionLost until reconnect().
//
// Used by one thread at a time: a client is one connection, and two requests interleaved on it
// could not be told apart. Give each thread its own.
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
    /// Connects. Throws BadUri for a text that is no address, BadArgument for one whose scheme is
    /// not memcache, CannotConnect when nobody answers.
    explicit Client(std::string_view uri, ClientOptions options = {});
    explicit Client(const Uri& uri, ClientOptions options = {});

    /// Talks over a connection that exists already; reconnect() then throws BadArgument.
    explicit Client(std::unique_ptr<Transport> link, ClientOptions options = {});

    ~Client();
    Client(Client&&) noexcept;
    Client& operator=(Client&&) noexcept;

    /// Closes what there is and connects anew. Throws as the constructor.
    void reconnect();
    [[nodiscard]] bool is_open() const;

    // ---- Reading: nullopt is a miss ----

    /// Hit::cas is 0: the server is not asked for it.
    [[nodiscard]] std::optional<Hit> get(std::string_view key);
    /// With Hit::cas, for a later cas().
    [[nodiscard]] std::optional<Hit> gets(std::string_view key);
    /// get, and sets the expiry anew.
    [[nodiscard]] std::optional<Hit> get_and_touch(std::string_view key,
                                                   std::chrono::seconds expiry);

    /// The items that exist among `keys`, with their cas. One round trip for some hundred keys.
    [[nodiscard]] std::map<std::string, Hit> get_many(std::span<const std::string> keys);

    // ---- Writing ----

    /// Unconditionally; an ordinary server answers Stored::yes.
    Stored set(std::string_view key, std::string_view value, StoreOptions options = {});
    /// Only when the key is not there; else Stored::no.
    [[nodiscard]] Stored add(std::string_view key, std::string_view value,
                             StoreOptions options = {});
    /// Only when it is there; else Stored::no.
    [[nodiscard]] Stored replace(std::string_view key, std::string_view value,
                                 StoreOptions options = {});
    /// Behind the present value; Stored::no when there is none. Flags and expiry stay as they are.
    [[nodiscard]] Stored append(std::string_view key, std::string_view value);
    /// Before the present value.
    [[nodiscard]] Stored prepend(std::string_view key, std::string_view value);
    /// Only when nobody has changed the item since gets() returned `cas`: else Stored::exists, or
    /// Stored::not_found when it is gone.
    [[nodiscard]] Stored cas(std::string_view key, std::string_view value, std::uint64_t cas,
                             StoreOptions options = {});

    /// delete, which C++ keeps for itself. false: there was none.
    bool remove(std::string_view key);

    /// The new number; nullopt when the key is not there. Wraps at 2^64. A value that is no decimal
    /// number is a ServerError.
    [[nodiscard]] std::optional<std::uint64_t> incr(std::string_view key, std::uint64_t delta = 1);
    /// As incr, but stops at 0.
    [[nodiscard]] std::optional<std::uint64_t> decr(std::string_view key, std::uint64_t delta = 1);

    /// Sets the expiry anew. false: there is no such item.
    bool touch(std::string_view key, std::chrono::seconds expiry);

    // ---- The server ----

    /// Every item of the server is gone, now or after `delay` (0 or more).
    void flush_all(std::chrono::seconds delay = std::chrono::seconds(0));
    [[nodiscard]] std::string version();
    /// Puts the clock of a kvserver with a virtual clock (--virtual-clock) forward, so that a test
    /// of expiry need not wait. Any other server answers a ServerError.
    void advance_clock(std::chrono::seconds by);
    /// `stats`, or `stats GROUP`: names and values as the server spells them.
    [[nodiscard]] std::map<std::string, std::string> stats(std::string_view group = {});

private:
    friend class Pipeline;
    [[nodiscard]] client::Connection& connection() const { return *connection_; }

    std::optional<Uri> uri_;  ///< unset over a given link
    ClientOptions options_;
    std::unique_ptr<client::Connection> connection_;  ///< never null but in a moved-from client
};

}  // namespace kv
