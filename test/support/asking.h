// asking.h: a client of memcache:// that asks one thing at a time.
#pragma once

#include "test/support/raw_client.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace kv::test {

/// One request line, and the answer's first line without its end.
inline std::string ask(RawClient& client, const std::string& request)
{
    client.send(request + "\r\n");
    std::string line = client.read_until("\r\n");
    line.resize(line.size() - std::min<std::size_t>(line.size(), 2));
    return line;
}

/// The line and the block of a storage command, but for the last line end.
inline std::string set(std::string_view command, std::string_view key, std::string_view value)
{
    return std::string(command) + " " + std::string(key) + " 0 0 " + std::to_string(value.size()) +
           "\r\n" + std::string(value);
}

/// The value of a key, and its cas number; both empty when there is none.
inline std::pair<std::string, std::string> gets(RawClient& client, const std::string& key)
{
    const std::string line = ask(client, "gets " + key);
    if (line == "END") return {};
    const std::string cas = line.substr(line.rfind(' ') + 1);
    std::string value = client.read_until("\r\nEND\r\n");
    value.resize(value.size() - std::min<std::size_t>(value.size(), 7));
    return {value, cas};
}

}  // namespace kv::test
