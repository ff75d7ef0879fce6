// raw_client.h: a plain socket with a deadline: a client that knows no protocol.
#pragma once

#include "common/uri.h"

#include <chrono>
#include <string>
#include <string_view>

namespace kv::test {

/// Long enough that only a server that hangs passes it, also under a sanitizer on a busy machine.
constexpr std::chrono::seconds patience{30};

/// Used by one thread. Everything throws std::runtime_error on failure or past the deadline.
class RawClient {
public:
    explicit RawClient(const Uri& uri);
    ~RawClient();
    RawClient(RawClient&& other) noexcept;
    RawClient& operator=(RawClient&&) = delete;

    /// Sends all of `bytes`; a peer that does not read is waited for.
    void send(std::string_view bytes);

    /// Sends what the peer takes at once, which may be nothing.
    [[nodiscard]] std::size_t send_some(std::string_view bytes);

    /// Exactly `count` bytes; fewer when the server closes before.
    [[nodiscard]] std::string read(std::size_t count);

    /// Everything up to and including `end`; less when the server closes before.
    [[nodiscard]] std::string read_until(std::string_view end);

    /// Everything until the server closes. A reset counts as a close.
    [[nodiscard]] std::string read_all();

    /// One request, one answer of as many bytes as `expected` has; whether it is that.
    [[nodiscard]] bool answers(std::string_view request, std::string_view expected);

    /// Says that nothing more will be sent.
    void end_sending();

    /// Makes the close a reset: the peer's next read or write fails.
    void vanish();

private:
    [[nodiscard]] std::string read_some(std::size_t most);
    void wait(short event) const;

    int socket_ = -1;
};

}  // namespace kv::test
