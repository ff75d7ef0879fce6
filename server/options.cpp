#include "server/options.h"

namespace kv {

namespace {

std::string in_seconds(std::chrono::milliseconds time)
{
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time).count());
}

}  // namespace

std::vector<std::pair<std::string_view, std::string>> settings_of(const Options& options)
{
    const auto yes_or_no = [](bool value) { return std::string(value ? "yes" : "no"); };
    return {{"max-clients", std::to_string(options.max_clients)},
            {"databases", std::to_string(options.databases)},
            {"memory-limit", std::to_string(options.memory_limit)},
            {"max-item-size", std::to_string(options.max_item_size)},
            {"when-full", options.when_full == WhenFull::evict ? "evict" : "refuse"},
            {"idle-timeout", in_seconds(options.idle_timeout)},
            {"request-timeout", in_seconds(options.request_timeout)},
            {"drain-timeout", in_seconds(options.drain_timeout)},
            {"busy-poll", std::to_string(options.busy_poll.count())},
            {"allow-remote", yes_or_no(options.allow_remote)},
            {"allow-shutdown", yes_or_no(options.allow_shutdown)}};
}

}  // namespace kv
