// resp_request.h: a command as the Redis protocol sends it: an array of bulk strings.
#pragma once

#include <span>
#include <string>

namespace kv::client {

/// Lengths go before every word, so no byte of a word can be taken for anything else.
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
