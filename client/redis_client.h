// redis_client.h: talks to a server that speaks the Redis protocol.
//
//     kv::RedisClient client("redis://127.0.0.1:6379");
//     client.set("greeting", "hello");
//     if (auto value = client.get("greeting")) std::cout << *value;
//     kv::resp::Value all = client.command({"HGETALL", "user:7"});
//
// Every call sends one command, waits for its reply and returns it: it blocks for at most
// ClientOptions::reply_timeout, also for BLPOP and the like. errors.h lists the exceptions;
// ConnectionLost, NoReplyInTime and NonsenseReply close the client, and then every call throws
// ConnectionLost until reconnect(). Keys and values are any bytes.
//
// Used by one thread at a time: give each thread its own. Not for SUBSCRIBE and MONITOR, which have
// more than one reply.
#pragma once

#include "client/client_options.h"
#include "common/resp_value.h"
#include "common/uri.h"

#include <chrono>
#include <cstdint>
#include <initializer_list>
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

class RedisClient {
public:
    /// Connects. Throws BadUri for a malformed address, BadArgument for a scheme other than redis
    /// and miniredis, CannotConnect when no server answers.
    explicit RedisClient(std::string_view uri, ClientOptions options = {});
    explicit RedisClient(const Uri& uri, ClientOptions options = {});

    /// Uses an existing connection; reconnect() then throws BadArgument.
    explicit RedisClient(std::unique_ptr<Transport> link, ClientOptions options = {});

    ~RedisClient();
    RedisClient(RedisClient&&) noexcept;
    RedisClient& operator=(RedisClient&&) noexcept;

    /// Closes the connection and makes a new one, which speaks RESP2 to database 0. Throws as the
    /// constructor.
    void reconnect();
    [[nodiscard]] bool is_open() const;

    /// Any command; an error answered by the server is thrown as ServerError.
    resp::Value command(std::initializer_list<std::string_view> words);
    resp::Value command(std::span<const std::string> words);

    /// Many commands in one round trip, answered in order; an error is a Value of type error. They
    /// are still separate commands: use MULTI and EXEC to make them atomic.
    [[nodiscard]] std::vector<resp::Value> pipeline(
        std::span<const std::vector<std::string>> commands);

    // ---- Shorthands for common commands; nullopt is a miss ----

    [[nodiscard]] std::optional<std::string> get(std::string_view key);
    /// `expiry` of zero: never.
    void set(std::string_view key, std::string_view value,
             std::chrono::milliseconds expiry = std::chrono::milliseconds(0));
    /// SET NX. false: the key exists already.
    [[nodiscard]] bool add(std::string_view key, std::string_view value,
                           std::chrono::milliseconds expiry = std::chrono::milliseconds(0));
    /// DEL. false: there was none.
    bool remove(std::string_view key);
    /// INCRBY: the new number.
    std::int64_t incr(std::string_view key, std::int64_t delta = 1);
    /// PEXPIRE. false: there is no such key.
    bool expire(std::string_view key, std::chrono::milliseconds from_now);
    void ping();

private:
    std::optional<Uri> uri_;  ///< unset for an existing connection
    ClientOptions options_;
    std::unique_ptr<client::Connection> connection_;  ///< null only in a moved-from client
};

}  // namespace kv
