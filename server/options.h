// options.h: the options of a server.
#pragma once

#include "common/log.h"
#include "common/uri.h"
#include "server/net/impairment.h"
#include "server/store/when_full.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kv {

/// Every option with its default, which is kvserver's except for `listen`; OPTIONS.md and --help
/// say what each means.
struct Options {
    std::vector<Uri> listen{{"memcache", "127.0.0.1", 0, {}, -1}};  ///< any free port
    bool allow_remote = false;
    bool allow_shutdown = false;
    bool virtual_clock = false;
    std::size_t max_clients = 1024;
    std::uint32_t databases = 16;
    std::size_t memory_limit = std::size_t{1} << 30;  ///< bytes; 0: none
    WhenFull when_full = WhenFull::refuse;
    std::size_t max_item_size = std::size_t{1} << 20;  ///< bytes
    std::chrono::milliseconds idle_timeout{0};         ///< 0: never
    std::chrono::milliseconds request_timeout{30'000};
    std::chrono::milliseconds drain_timeout{5'000};
    std::chrono::microseconds busy_poll{50};
    LogLevel log_level = LogLevel::info;
    bool trace = false;
    Impairment impairment;

    /// The process only runs this server, so its heap is kept close to the memory limit. Not a
    /// command-line option.
    bool owns_process = false;

    /// A session's thread calls this when a client's shutdown command is allowed. It must return
    /// immediately, and make the owner of the server stop it. Not a command-line option.
    std::function<void()> on_shutdown;
};

/// The options as names and values, for clients that query them.
[[nodiscard]] std::vector<std::pair<std::string_view, std::string>> settings_of(
    const Options& options);

}  // namespace kv
