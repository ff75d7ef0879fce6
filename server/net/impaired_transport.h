// impaired_transport.h: a transport with short, slow or breaking reads and writes, for lessons.
#pragma once

#include "common/asio.h"
#include "common/transport.h"
#include "server/net/impairment.h"

namespace kv {

/// The connection has been reset, as --reset-after says.
struct ResetOnPurpose : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Wraps the transport of a socket; both outlive it. Used by one thread.
/// A delay ends early when the socket is shut down.
class ImpairedTransport final : public Transport {
public:
    ImpairedTransport(Transport& transport, Socket& socket, const Impairment& impairment)
        : transport_(transport), socket_(socket), impairment_(impairment)
    {
    }

    std::optional<std::size_t> try_read(std::span<char> into) override;
    Wakeup wait(Event event, const Mailbox* mailbox, Deadline deadline) override;

    /// Also throws ResetOnPurpose.
    std::size_t try_write(std::string_view head, std::string_view tail) override;

private:
    void delay();
    [[noreturn]] void reset();

    Transport& transport_;
    Socket& socket_;
    const Impairment impairment_;
    std::uint64_t sent_ = 0;
};

}  // namespace kv
