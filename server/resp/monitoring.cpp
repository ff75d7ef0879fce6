#include "server/resp/monitoring.h"

#include "common/quoting.h"
#include "server/resp/command.h"

#include <fmt/format.h>

namespace kv::resp {

namespace {

// +1339518083.107412 [0 127.0.0.1:60866] "set" "key" "value"
std::string monitor_line(const Arguments& words, const ClientRecord& client)
{
    using std::chrono::microseconds;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto time = std::chrono::duration_cast<microseconds>(now).count();
    std::string line =
        fmt::format("+{}.{:06} [0 {}]", time / 1'000'000, time % 1'000'000, client.address());
    for (std::size_t i = 0; i < words.size(); ++i) line += " " + in_quotes(words[i]);
    return line + "\r\n";
}

}  // namespace

void show_to_monitors(const Command& command, const Arguments& words, const Context& context)
{
    if (!context.server.monitors().any() || (command.flags & (admin | unseen)) != 0) return;
    context.server.monitors().tell(monitor_line(words, context.client));
}

namespace {

Reply handle_monitor(Call& call)
{
    call.state.monitoring.begin(call.context);
    return ok;
}

}  // namespace

std::span<const Handler> monitor_handlers()
{
    static constexpr Handler table[] = {
        {"monitor", handle_monitor},
    };
    return table;
}

}  // namespace kv::resp
