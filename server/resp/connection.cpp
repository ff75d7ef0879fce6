// The connection and its client (redis.io/commands, "connection").
#include "common/words.h"
#include "server/resp/command.h"
#include "server/resp/number.h"
#include "server/resp/protocol.h"

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

/// Why a client may not call itself so.
std::optional<Error> name_fault(std::string_view name)
{
    if (name.size() > max_client_name_bytes) return error(long_client_name);
    if (!is_client_name(name)) return error(bad_client_name);
    return std::nullopt;
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
            if (auto refused = name_fault(*hello.name)) return *refused;
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

Reply handle_quit(Call& call)
{
    call.closes = true;
    return ok;
}

Reply handle_reset(Call& call)
{
    call.state.reset();
    call.context.client.go_home();
    call.context.client.set_name({});
    call.context.client.activity().protocol = call.state.version;
    return Simple{"RESET"};
}

std::int64_t seconds_since(std::chrono::steady_clock::time_point when)
{
    const auto span = std::chrono::steady_clock::now() - when;
    return std::chrono::duration_cast<std::chrono::seconds>(span).count();
}

/// N: nothing special; O: a monitor, b: waits for a key, x: in a transaction, U: on a unix socket.
std::string flags_of(const ClientRecord& client)
{
    std::string flags;
    if (client.activity().monitors) flags += 'O';
    if (client.activity().waits) flags += 'b';
    if (client.activity().queued >= 0) flags += 'x';
    if (client.address().find(':') == std::string::npos) flags += 'U';
    return flags.empty() ? "N" : flags;
}

/// One line of CLIENT LIST. Clients that read the line field by field miss any that is not there,
/// and refuse any that Redis has not: what a session here has not (an event loop's buffers and
/// descriptor) is told as 0 or -1.
std::string describe(const ClientRecord& client)
{
    const Activity& activity = client.activity();
    const std::string_view* command = activity.last_command;
    const auto [library, library_version] = client.library();
    return fmt::format(
        "id={} addr={} laddr={} fd=-1 name={} age={} idle={} flags={} db={} sub=0 psub=0 ssub=0 "
        "multi={} watch={} qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=0 oll=0 "
        "omem=0 "
        "tot-mem=0 events=r cmd={} user=default redir=-1 resp={} lib-name={} lib-ver={}",
        client.id(), client.address(), client.local_address(), client.name(),
        seconds_since(client.since()), seconds_since(client.traffic().last_read), flags_of(client),
        client.database(), activity.queued.load(), activity.watched.load(),
        command != nullptr ? *command : "NULL", activity.protocol.load(), library, library_version);
}

/// The clients that a CLIENT KILL or CLIENT LIST means.
struct Filter {
    std::vector<std::int64_t> ids;  ///< empty: any
    std::string_view type = "normal";
    std::string_view address;
    std::string_view local_address;
    bool skip_me = true;

    [[nodiscard]] bool admits(const ClientRecord& client, const ClientRecord& me) const
    {
        if (skip_me && client.id() == me.id()) return false;
        const auto id = static_cast<std::int64_t>(client.id());
        if (!ids.empty() && std::find(ids.begin(), ids.end(), id) == ids.end()) return false;
        if (!address.empty() && client.address() != address) return false;
        if (!local_address.empty() && client.local_address() != local_address) return false;
        return type == "normal";  // there are no replicas, and no subscribers yet
    }
};

constexpr std::array<std::string_view, 5> types{"normal", "master", "replica", "slave", "pubsub"};

/// Reads a client's type; nullopt: there is none of that name.
std::optional<std::string_view> type_named(std::string_view word)
{
    const auto* found = std::find_if(types.begin(), types.end(), [&](std::string_view type) {
        return equal_ignoring_case(type, word);
    });
    if (found == types.end()) return std::nullopt;
    return *found;
}

/// Reads one option of CLIENT KILL with its value into `filter`.
std::optional<Error> read_kill_option(Filter& filter, std::string_view name, std::string_view value)
{
    if (equal_ignoring_case(name, "id")) {
        const auto id = parse_integer(value);
        if (!id || *id < 1) return error("ERR client-id should be greater than 0");
        filter.ids = {*id};
    } else if (equal_ignoring_case(name, "type")) {
        const auto type = type_named(value);
        if (!type) return Error{fmt::format("ERR Unknown client type '{}'", value)};
        filter.type = *type;
    } else if (equal_ignoring_case(name, "addr")) {
        filter.address = value;
    } else if (equal_ignoring_case(name, "laddr")) {
        filter.local_address = value;
    } else if (equal_ignoring_case(name, "user")) {
        if (value != "default") return Error{fmt::format("ERR No such user '{}'", value)};
    } else if (equal_ignoring_case(name, "skipme") &&
               (equal_ignoring_case(value, "yes") || equal_ignoring_case(value, "no"))) {
        filter.skip_me = equal_ignoring_case(value, "yes");
    } else {
        return error(syntax_error);
    }
    return std::nullopt;
}

/// Breaks the connections; our own only after the answer.
std::size_t kill(Call& call, const Filter& filter)
{
    std::vector<std::uint64_t> ids;
    call.context.server.visit_clients([&](const ClientRecord& client) {
        if (filter.admits(client, call.context.client)) ids.push_back(client.id());
    });
    for (const std::uint64_t id : ids) {
        if (id == call.context.client.id()) {
            call.closes = true;
        } else {
            (void)call.context.server.cut(id);
        }
    }
    return ids.size();
}

Verbatim list(Call& call, const Filter& filter)
{
    Verbatim lines;
    call.context.server.visit_clients([&](const ClientRecord& client) {
        if (filter.admits(client, call.context.client)) lines.text += describe(client) + "\n";
    });
    return lines;
}

Reply handle_client_id(Call& call)
{
    return Integer{static_cast<std::int64_t>(call.context.client.id())};
}

Reply handle_client_info(Call& call)
{
    return Verbatim{describe(call.context.client) + "\n"};
}

Reply handle_client_list(Call& call)
{
    Filter filter;
    filter.skip_me = false;
    if (call.size() == 4 && equal_ignoring_case(call[2], "type")) {
        const auto type = type_named(call[3]);
        if (!type) return Error{fmt::format("ERR Unknown client type '{}'", call[3])};
        filter.type = *type;
    } else if (call.size() >= 4 && equal_ignoring_case(call[2], "id")) {
        for (std::size_t i = 3; i < call.size(); ++i) {
            const auto id = parse_integer(call[i]);
            if (!id) return error("ERR Invalid client ID");
            filter.ids.push_back(*id);
        }
    } else if (call.size() != 2) {
        return error(syntax_error);
    }
    return list(call, filter);
}

Reply handle_client_kill(Call& call)
{
    Filter filter;
    if (call.size() == 3) {
        filter.address = call[2];
        filter.skip_me = false;
        return kill(call, filter) > 0 ? Reply(ok) : Reply(error("ERR No such client"));
    }
    if (call.size() % 2 != 0) return error(syntax_error);
    for (std::size_t i = 2; i < call.size(); i += 2) {
        if (auto refused = read_kill_option(filter, call[i], call[i + 1])) return *refused;
    }
    return integer(kill(call, filter));
}

Reply handle_client_getname(Call& call)
{
    std::string name = call.context.client.name();
    if (name.empty()) return Null{};
    return Bulk{std::move(name)};
}

Reply handle_client_setname(Call& call)
{
    if (auto refused = name_fault(call[2])) return *refused;
    call.context.client.set_name(std::string(call[2]));
    return ok;
}

/// Redis has it since 7.2; newer clients send it to every server.
Reply handle_client_setinfo(Call& call)
{
    auto [name, version] = call.context.client.library();
    const bool is_name = equal_ignoring_case(call[2], "lib-name");
    if (!is_name && !equal_ignoring_case(call[2], "lib-ver")) {
        return Error{fmt::format("ERR Unrecognized option '{}'", call[2])};
    }
    if (call[3].size() > max_client_name_bytes) return error(long_client_name);
    if (!is_client_name(call[3])) {
        return Error{fmt::format("ERR {} cannot contain spaces, newlines or special characters.",
                                 is_name ? "lib-name" : "lib-ver")};
    }
    (is_name ? name : version) = std::string(call[3]);
    call.context.client.set_library(std::move(name), std::move(version));
    return ok;
}

Reply handle_client_reply(Call& call)
{
    if (equal_ignoring_case(call[2], "on")) {
        call.state.muted = State::Muted::no;
        return ok;
    }
    if (equal_ignoring_case(call[2], "off")) {
        call.state.muted = State::Muted::yes;
    } else if (equal_ignoring_case(call[2], "skip")) {
        if (call.state.muted == State::Muted::no) call.state.muted = State::Muted::for_two;
    } else {
        return error(syntax_error);
    }
    return NoReply{};
}

/// Nothing here is evicted for a client's buffers, and reading marks only what it reads: both are
/// as the client wants them already.
Reply handle_client_switch(Call& call)
{
    if (!equal_ignoring_case(call[2], "on") && !equal_ignoring_case(call[2], "off")) {
        return error(syntax_error);
    }
    return ok;
}

/// Without a mode it pauses everything, as with Redis.
Reply handle_client_pause(Call& call)
{
    if (call.size() > 4) return error(syntax_error);
    auto what = Pause::Of::everything;
    if (call.size() == 4) {
        const bool writes_only = equal_ignoring_case(call[3], "write");
        if (!writes_only && !equal_ignoring_case(call[3], "all")) {
            return error("ERR CLIENT PAUSE mode must be WRITE or ALL");
        }
        if (writes_only) what = Pause::Of::writes;
    }
    const auto timeout = parse_integer(call[2]);
    if (!timeout) return error("ERR timeout is not an integer or out of range");
    if (*timeout < 0) return error("ERR timeout is negative");
    constexpr std::int64_t longest = std::int64_t{1000} * 60 * 60 * 24 * 365 * 100;
    const std::chrono::milliseconds span(std::min(*timeout, longest));
    call.context.server.pause().begin(what, std::chrono::steady_clock::now() + span);
    return ok;
}

Reply handle_client_unpause(Call& call)
{
    call.context.server.pause().end();
    return ok;
}

Reply handle_client_getredir(Call&)
{
    return Integer{-1};
}

}  // namespace

std::span<const Handler> connection_handlers()
{
    static constexpr Handler table[] = {
        {"ping", handle_ping},
        {"echo", handle_echo},
        {"hello", handle_hello},
        {"auth", handle_auth},
        {"quit", handle_quit},
        {"reset", handle_reset},
        {"client|getname", handle_client_getname},
        {"client|getredir", handle_client_getredir},
        {"client|id", handle_client_id},
        {"client|info", handle_client_info},
        {"client|kill", handle_client_kill},
        {"client|list", handle_client_list},
        {"client|no-evict", handle_client_switch},
        {"client|no-touch", handle_client_switch},
        {"client|pause", handle_client_pause},
        {"client|reply", handle_client_reply},
        {"client|setinfo", handle_client_setinfo},
        {"client|setname", handle_client_setname},
        {"client|unpause", handle_client_unpause},
    };
    return table;
}

}  // namespace kv::resp
