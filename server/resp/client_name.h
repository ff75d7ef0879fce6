// client_name.h: what a client may call itself.
#pragma once

#include <algorithm>
#include <string_view>

namespace kv::resp {

/// It stands in lines that are split at blanks.
[[nodiscard]] inline bool is_client_name(std::string_view name)
{
    return std::all_of(name.begin(), name.end(),
                       [](char byte) { return byte >= '!' && byte <= '~'; });
}

}  // namespace kv::resp
