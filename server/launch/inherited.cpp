#include "server/launch/inherited.h"

#include "common/parse_number.h"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace kv {

namespace {

std::string_view variable(const char* name)
{
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

/// Takes the text up to the next colon off `names`.
std::string next_name(std::string_view& names)
{
    const std::string_view name = names.substr(0, names.find(':'));
    names.remove_prefix(std::min(names.size(), name.size() + 1));
    return std::string(name);
}

}  // namespace

std::vector<InheritedSocket> inherited_sockets()
{
    constexpr int first = 3;  // SD_LISTEN_FDS_START
    if (parse_number<std::uint32_t>(variable("LISTEN_PID")) !=
        static_cast<std::uint32_t>(::getpid())) {
        return {};
    }
    const int count = parse_number<std::uint8_t>(variable("LISTEN_FDS")).value_or(0);
    std::string_view names = variable("LISTEN_FDNAMES");
    std::vector<InheritedSocket> sockets;
    sockets.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) sockets.push_back({first + i, next_name(names)});
    return sockets;
}

}  // namespace kv
