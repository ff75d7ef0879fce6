// settings.h: the options a server runs with, for its clients to look at.
#pragma once

#include "server/options.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kv {

/// The options as name and value, for clients that ask what the server runs with.
[[nodiscard]] std::vector<std::pair<std::string_view, std::string>> settings_of(
    const Options& options);

}  // namespace kv
