#include "client/redis_client.h"

#include "client/connection.h"
#include "client/errors.h"
#include "client/link.h"
#include "client/resp_request.h"
#include "common/log.h"
#include "common/words.h"

#include <fmt/format.h>

namespace kv {

using namespace client;
using resp::Type;
using resp::Value;

namespace {

constexpr std::uint16_t usual_redis_port = 6379;

Value read_reply(Connection& connection)
{
    connection.begin_reply();
    Value reply = connection.read_value();
    connection.end_reply();
    return reply;
}

Value ask(Connection& connection, std::string_view request)
{
    Exchange whole(connection);
    connection.write(request);
    Value reply = read_reply(connection);
    whole.complete();
    if (reply.type == Type::error || reply.type == Type::bulk_error) {
        throw ServerError(escaped(reply.text, Connection::max_line_bytes));
    }
    return reply;
}

/// A value of a type that a Redis server would not answer to this command.
[[noreturn]] void unexpected(Connection& connection, const Value& reply, std::string_view expected)
{
    connection.close();
    throw NonsenseReply(fmt::format("nonsense from the server: read \"{}{}\", expected {}",
                                    static_cast<char>(reply.type), escaped(reply.text, 64),
                                    expected));
}

std::int64_t number_of(Connection& connection, const Value& reply)
{
    const auto number = parse_number<std::int64_t>(reply.text);
    if (reply.type != Type::integer || !number) unexpected(connection, reply, "a number");
    return *number;
}

}  // namespace

RedisClient::RedisClient(std::string_view uri, ClientOptions options)
    : RedisClient(parse_uri(uri, usual_redis_port), options)
{
}

RedisClient::RedisClient(const Uri& uri, ClientOptions options) : uri_(uri), options_(options)
{
    if (uri.scheme != "redis" && uri.scheme != "miniredis") {
        throw BadArgument(fmt::format("'{}' is not a redis:// address", to_string(uri)));
    }
    reconnect();
}

RedisClient::RedisClient(std::unique_ptr<Transport> link, ClientOptions options)
    : options_(options), connection_(std::make_unique<Connection>(std::move(link), options))
{
}

RedisClient::~RedisClient() = default;
RedisClient::RedisClient(RedisClient&&) noexcept = default;
RedisClient& RedisClient::operator=(RedisClient&&) noexcept = default;

void RedisClient::reconnect()
{
    if (!uri_) throw BadArgument("this client was made from a connection and cannot reconnect");
    if (connection_) connection_->close();
    connection_ = std::make_unique<Connection>(connect(*uri_, options_.connect_timeout), options_);
}

bool RedisClient::is_open() const
{
    return connection_->is_open();
}

Value RedisClient::command(std::initializer_list<std::string_view> words)
{
    return ask(*connection_, resp_request(words));
}

Value RedisClient::command(std::span<const std::string> words)
{
    return ask(*connection_, resp_request(words));
}

std::vector<Value> RedisClient::pipeline(std::span<const std::vector<std::string>> commands)
{
    constexpr std::size_t most_bytes_ahead = std::size_t{16} << 10;  // see pipeline.cpp
    std::vector<Value> replies;
    while (replies.size() < commands.size()) {
        Exchange whole(*connection_);
        std::size_t bytes = 0;
        std::size_t sent = replies.size();
        do {
            const std::string request = resp_request(commands[sent]);
            if (bytes > 0 && bytes + request.size() > most_bytes_ahead) break;
            connection_->write(request);
            bytes += request.size();
        } while (++sent < commands.size());
        while (replies.size() < sent) replies.push_back(read_reply(*connection_));
        whole.complete();
    }
    return replies;
}

std::optional<std::string> RedisClient::get(std::string_view key)
{
    Value reply = command({"GET", key});
    if (reply.type == Type::null) return std::nullopt;
    if (reply.type != Type::bulk) unexpected(*connection_, reply, "a value");
    return std::move(reply.text);
}

void RedisClient::set(std::string_view key, std::string_view value,
                      std::chrono::milliseconds expiry)
{
    if (expiry.count() == 0) {
        command({"SET", key, value});
    } else {
        command({"SET", key, value, "PX", std::to_string(expiry.count())});
    }
}

bool RedisClient::add(std::string_view key, std::string_view value,
                      std::chrono::milliseconds expiry)
{
    const Value reply =
        expiry.count() == 0
            ? command({"SET", key, value, "NX"})
            : command({"SET", key, value, "PX", std::to_string(expiry.count()), "NX"});
    return reply.type != Type::null;
}

bool RedisClient::remove(std::string_view key)
{
    return number_of(*connection_, command({"DEL", key})) > 0;
}

std::int64_t RedisClient::incr(std::string_view key, std::int64_t delta)
{
    return number_of(*connection_, command({"INCRBY", key, std::to_string(delta)}));
}

bool RedisClient::expire(std::string_view key, std::chrono::milliseconds from_now)
{
    return number_of(*connection_, command({"PEXPIRE", key, std::to_string(from_now.count())})) > 0;
}

void RedisClient::ping()
{
    command({"PING"});
}

}  // namespace kv
