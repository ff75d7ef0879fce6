// scripted_link.h: a client's link to a scripted server: chunks in, bytes out, no sockets.
#pragma once

#include "common/transport.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kv::test {

/// The state of the server's end, shared by the test and the client's link.
struct Script {
    std::deque<std::string> chunks;  ///< what each read gives
    bool ends = true;                ///< after the chunks the server closes, or else stays silent
    std::string sent;                ///< everything the client has written
};

class ScriptedLink final : public Transport {
public:
    explicit ScriptedLink(std::shared_ptr<Script> script) : script_(std::move(script)) {}

    std::optional<std::size_t> try_read(std::span<char> into) override
    {
        if (script_->chunks.empty())
            return script_->ends ? std::optional<std::size_t>(0) : std::nullopt;
        std::string& chunk = script_->chunks.front();
        const std::size_t count = std::min(into.size(), chunk.size());
        std::memcpy(into.data(), chunk.data(), count);
        chunk.erase(0, count);
        if (chunk.empty()) script_->chunks.pop_front();
        return count;
    }

    /// The server stays silent: any deadline passes immediately.
    Wakeup wait(Event, const Mailbox*, Deadline) override { return Wakeup::timed_out; }

    std::size_t try_write(std::string_view head, std::string_view tail) override
    {
        script_->sent.append(head).append(tail);
        return head.size() + tail.size();
    }

private:
    std::shared_ptr<Script> script_;
};

/// The ways of arrival to test: `bytes` whole, byte by byte, and split in two at each position.
inline std::vector<std::deque<std::string>> arrivals(std::string_view bytes)
{
    std::vector<std::deque<std::string>> ways{{std::string(bytes)}, {}};
    for (const char byte : bytes) ways[1].emplace_back(1, byte);
    for (std::size_t at = 1; at < bytes.size(); ++at) {
        ways.push_back({std::string(bytes.substr(0, at)), std::string(bytes.substr(at))});
    }
    if (bytes.empty()) ways = {{}};
    return ways;
}

}  // namespace kv::test
