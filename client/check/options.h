// options.h: kvcheck's command line.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "client/check/deadline_socket.h"
#include "client/check/wire.h"

namespace kv::check {

struct Options {
    Mode mode = Mode::memcache;
    Milliseconds timeout{2000};
    std::vector<std::string> only;  ///< empty: all cases of the mode
    bool list = false;
    bool json = false;
    bool help = false;
    bool version = false;
    Address address;  ///< unset with list, help and version
};

struct UsageError : std::runtime_error {
    using runtime_error::runtime_error;
};

/// Throws UsageError with one line that names the wrong word.
[[nodiscard]] Options parse_options(int argc, const char* const* argv);
[[nodiscard]] std::string help_text();

}  // namespace kv::check
