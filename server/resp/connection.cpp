// Connection commands: redis.io/commands, group "connection".
#include "common/letter_case.h"
#include "common/parse_number.h"
#include "server/resp/client_name.h"
#include "server/resp/command.h"
#include "server/resp/errors.h"
#include "server/resp/number.h"
#include "server/resp/redis_version.h"

#include <fmt/format.h>

#include <algorithm>
#include <climits>

namespace kv::resp {

namespace {

/// There are no passwords: whoever logs in as "default" may, as with a Redis that has none.
std::optional<Error> log_in(std::string_view user)
{
    if (user == "default") return std::nullopt;
    return error("WRONGPASS invalid username-password pair or user is disabled.");
}

struct Hello {
    int version;
    std::optional<std::string_view> name;
};

std::variant<Hello, Error> parse_hello(Call& call)
{
    Hello hello{call.state.version, std::nullopt};
    if (call.size() < 2) return hello;
    const auto version = parse_integer(call[1]);
    if (!version) return error("ERR Protocol version is not an integer or out of range");
    if (*version < 2 || *version > 3) return error("NOPROTO unsupported protocol version");
    hello.version = static_cast<int>(*version);
    for (std::size_t i = 2; i < call.size(); ++i) {
        const std::size_t more = call.size() - 1 - i;
        if (equal_ignoring_case(call[i], "auth") && more >= 2) {
            if (auto refused = log_in(call[i + 1])) return *refused;
            i += 2;
        } else if (equal_ignoring_case(call[i], "setname") && more >= 1) {
            hello.name = call[++i];
            if (!is_client_name(*hello.name)) return error(bad_client_name);
        } else {
            return Error{fmt::format("ERR Syntax error in HELLO option '{}'", call[i])};
        }
    }
    return hello;
}

Reply handle_ping(Call& call)
{
    if (call.size() > 2) return wrong_arity(call.command);
    if (call.size() == 2) return bulk(call[1]);
    return Simple{"PONG"};
}

Reply handle_echo(Call& call)
{
    return bulk(call[1]);
}

Reply handle_hello(Call& call)
{
    const auto parsed = parse_hello(call);
    if (const auto* refused = std::get_if<Error>(&parsed)) return *refused;
    const auto& hello = std::get<Hello>(parsed);
    if (hello.name) call.context.client.set_name(std::string(*hello.name));
    call.state.version = hello.version;
    call.context.client.activity().protocol = hello.version;
    const auto id = static_cast<std::int64_t>(call.context.client.id());
    return Array{Array::Kind::map,
                 {bulk("server"), bulk("redis"), bulk("version"), bulk(redis_version),
                  bulk("proto"), Integer{hello.version}, bulk("id"), Integer{id}, bulk("mode"),
                  bulk("standalone"), bulk("role"), bulk("master"), bulk("modules"), Array{}}};
}

Reply handle_auth(Call& call)
{
    if (call.size() > 3) return error(syntax_error);
    if (call.size() == 2) {
        return error(
            "ERR AUTH <password> called without any password configured for the default user. Are "
            "you sure your configuration is correct?");
    }
    if (auto refused = log_in(call[1])) return *refused;
    return ok;
}

/// There is one database.
Reply handle_select(Call& call)
{
    const auto number = parse_integer(call[1]);
    if (!number) return error(not_an_integer);
    if (*number < INT_MIN || *number > INT_MAX) {
        return Error{fmt::format("ERR value is out of range, value must between {} and {}", INT_MIN,
                                 INT_MAX)};
    }
    if (*number != 0) return error(db_out_of_range);
    return ok;
}

Reply handle_quit(Call& call)
{
    call.closes = true;
    return ok;
}

Reply handle_reset(Call& call)
{
    call.state.reset();
    call.context.client.set_name({});
    call.context.client.activity().protocol = call.state.version;
    return Simple{"RESET"};
}

}  // namespace

std::span<const Handler> connection_handlers()
{
    static constexpr Handler table[] = {
        {"ping", handle_ping},   {"echo", handle_echo},     {"hello", handle_hello},
        {"auth", handle_auth},   {"select", handle_select}, {"quit", handle_quit},
        {"reset", handle_reset},
    };
    return table;
}

}  // namespace kv::resp
