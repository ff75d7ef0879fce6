// raw_client.h: a socket with a deadline, for a client without a protocol.
#pragma once

#include "common/uri.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace kv::test {

/// Long enough that only a hanging server exceeds it, even under a sanitizer on a busy machine.
constexpr std::chrono::seconds patience{30};

/// Used by one thread. All functions throw std::runtime_error on failure or past the deadline.
class RawClient {
public:
    explicit RawClient(const Uri& uri);
    ~RawClient();
    RawClient(RawClient&& other) noexcept;
    RawClient& operator=(RawClient&&) = delete;

    /// Sends all of `bytes`; waits if the peer does not read.
    void send(std::string_view bytes);

    /// Sends what the socket takes without blocking, which may be nothing.
    [[nodiscard]] std::size_t send_some(std::string_view bytes);

    /// Reads exactly `count` bytes; fewer if the server closes before.
    [[nodiscard]] std::string read(std::size_t count);

    /// Reads up to and including `end`; less if the server closes before.
    [[nodiscard]] std::string read_until(std::string_view end);

    /// Reads until the server closes. A reset counts as a close.
    [[nodiscard]] std::string read_all();

    /// Sends a request and reads as many bytes as `expected` has; whether they are equal.
    [[nodiscard]] bool answers(std::string_view request, std::string_view expected);

    /// Ends the sending side.
    void end_sending();

    /// Makes the close a reset: the peer's next read or write fails.
    void vanish();

private:
    [[nodiscard]] std::string read_some(std::size_t most);
    void wait(short event) const;

    int socket_ = -1;
};

/// Sends a request line; returns the first line of the answer without its line end.
inline std::string ask(RawClient& client, const std::string& request)
{
    client.send(request + "\r\n");
    std::string line = client.read_until("\r\n");
    line.resize(line.size() - std::min<std::size_t>(line.size(), 2));
    return line;
}

/// The line and the block of a storage command, without the last line end.
inline std::string set(std::string_view command, std::string_view key, std::string_view value)
{
    return std::string(command) + " " + std::string(key) + " 0 0 " + std::to_string(value.size()) +
           "\r\n" + std::string(value);
}

/// The value of a key, and its cas number; both empty on a miss.
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
