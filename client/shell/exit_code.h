// exit_code.h: what kvcli's exit status says; scripts rely on it.
#pragma once

#include <stdexcept>

namespace kv::shell {

enum class ExitCode {
    done = 0,
    miss = 1,            ///< a key that is not there, a condition that did not hold: "no"
    server_error = 2,    ///< the server answered an error, or nonsense, or broke off
    cannot_connect = 3,  ///< nobody answers there
    timeout = 4,         ///< no reply in time
    usage = 5,           ///< wrong options or arguments, or a local file that cannot be used
};

/// Of several commands the worst counts.
[[nodiscard]] constexpr ExitCode worse(ExitCode a, ExitCode b)
{
    return a > b ? a : b;
}

/// The command line or a command makes no sense, or a local file cannot be used: exit status 5.
struct UsageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace kv::shell
