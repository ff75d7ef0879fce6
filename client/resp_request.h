// resp_request.h: encodes a command of the Redis protocol: an array of bulk strings.
#pragma once

#include <span>
#include <string>

namespace kv::client {

/// Every word is preceded by its length, so words may hold any bytes.
template <class Words>
[[nodiscard]] std::string resp_request(const Words& words)
{
    std::string bytes = "*" + std::to_string(words.size()) + "\r\n";
    for (const auto& word : words) {
        bytes += "$" + std::to_string(word.size()) + "\r\n";
        bytes += word;
        bytes += "\r\n";
    }
    return bytes;
}

}  // namespace kv::client
