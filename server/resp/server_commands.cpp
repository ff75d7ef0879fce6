// INFO, TIME, SHUTDOWN, and the HELP of every command that has subcommands.
#include "common/letter_case.h"
#include "common/parse_number.h"
#include "server/resp/command.h"
#include "server/resp/errors.h"
#include "server/resp/info.h"

#include <fmt/format.h>

#include <algorithm>

namespace kv::resp {

namespace {

Reply handle_info(Call& call)
{
    return Verbatim{describe_server(call)};
}

Reply handle_time(Call&)
{
    using std::chrono::microseconds;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto time = std::chrono::duration_cast<microseconds>(now).count();
    return Array{Array::Kind::array,
                 {Bulk{std::to_string(time / 1'000'000)}, Bulk{std::to_string(time % 1'000'000)}}};
}

/// DEBUGTIME p | r | SECONDS: kvserver's own, as debugtime on memcache://.
Reply handle_debugtime(Call& call)
{
    VirtualClock* clock = call.context.server.clock_to_turn();
    if (clock == nullptr) {
        return error("ERR DEBUGTIME is not allowed: kvserver was started without --virtual-clock");
    }
    if (equal_ignoring_case("p", call[1])) {
        clock->pause();
    } else if (equal_ignoring_case("r", call[1])) {
        clock->resume();
    } else if (const auto seconds = parse_number<std::int64_t>(call[1])) {
        clock->move(std::chrono::seconds(*seconds));
    } else {
        return error(syntax_error);
    }
    return Simple{"OK"};
}

/// There is nothing to save, so it does not matter which way is asked for.
Reply handle_shutdown(Call& call)
{
    constexpr std::array<std::string_view, 4> ways{"nosave", "save", "now", "force"};
    for (std::size_t i = 1; i < call.size(); ++i) {
        const bool known = std::any_of(ways.begin(), ways.end(), [&](std::string_view way) {
            return equal_ignoring_case(way, call[i]);
        });
        if (!known) return error(syntax_error);
    }
    if (!call.context.server.shut_down()) {
        return error("ERR SHUTDOWN is not allowed: kvserver was started without --allow-shutdown");
    }
    call.closes = true;
    return NoReply{};
}

Reply handle_help(Call& call)
{
    const Command* container =
        find_command(call.command.name.substr(0, call.command.name.find('|')));
    Array lines;
    lines.elements.emplace_back(Simple{"<subcommand> [<arg> [value] [opt] ...]. Subcommands are:"});
    for (const Command& command : all_commands()) {
        if (!is_subcommand_of(command, *container)) continue;
        const std::string_view rest = command.name.substr(container->name.size() + 1);
        lines.elements.emplace_back(Bulk{in_capitals(rest)});
    }
    return lines;
}

}  // namespace

std::span<const Handler> server_handlers()
{
    static constexpr Handler table[] = {
        {"object|help", handle_help},  {"client|help", handle_help},
        {"memory|help", handle_help},  {"info", handle_info},
        {"time", handle_time},         {"debugtime", handle_debugtime},
        {"shutdown", handle_shutdown}, {"config|help", handle_help},
        {"command|help", handle_help},
    };
    return table;
}

}  // namespace kv::resp
