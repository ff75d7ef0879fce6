// options.h: what the command line, the environment and a file say.
#pragma once

#include "common/log.h"
#include "common/uri.h"
#include "server/launch/options.h"
#include "server/net/impairment.h"
#include "server/store/when_full.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <stdexcept>
#include <vector>

namespace kv {

/// Every option with its default; README's table and --help say what each means.
struct Options {
    std::vector<Uri> listen;
    bool allow_remote = false;
    bool allow_shutdown = false;
    bool virtual_clock = false;
    std::size_t max_clients = 1024;
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
    LaunchOptions launch;

    /// Called, by a session's thread, when a client's shutdown command is allowed: is to make
    /// whoever owns the server stop it, and to return at once. Not an option of the command line.
    std::function<void()> on_shutdown;
};

/// The command line, the environment or the file is wrong; the text says where and how.
struct UsageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Where it listens when nothing says.
struct DefaultPorts {
    std::uint16_t memcache = 11211;
    std::uint16_t redis = 31337;
};

/// Reads the command line, then KVSERVER_... variables, then the --config file: what comes first
/// wins. nullopt: --help or --version was asked for and has been printed to stdout.
/// Throws UsageError.
[[nodiscard]] std::optional<Options> parse_options(int argc, const char* const* argv,
                                                   DefaultPorts ports = {});

}  // namespace kv
