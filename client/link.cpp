#include "client/link.h"

#include "client/errors.h"
#include "common/address.h"
#include "common/asio.h"
#include "common/socket_transport.h"

#include <fmt/format.h>

#include <sys/socket.h>

namespace kv::client {

namespace {

class SocketLink final : public Transport {
public:
    explicit SocketLink(int interrupt_descriptor) : interrupt_descriptor_(interrupt_descriptor) {}

    /// Throws boost::system::system_error when the address does not answer in time.
    void connect(const Endpoint& endpoint, std::chrono::milliseconds timeout);

    std::optional<std::size_t> try_read(std::span<char> into) override
    {
        return transport_->try_read(into);
    }
    std::size_t try_write(std::string_view head, std::string_view tail) override
    {
        return transport_->try_write(head, tail);
    }
    Wakeup wait(Event event, const Mailbox* mailbox, Deadline deadline) override;

private:
    asio::io_context context_;
    Socket socket_{context_};
    std::optional<SocketTransport> transport_;
    int interrupt_descriptor_;
};

/// Asio's synchronous connect waits as long as the kernel tries (two minutes for an address that
/// drops packets), whatever mode the socket is in; so connect(2) is called directly.
void SocketLink::connect(const Endpoint& endpoint, std::chrono::milliseconds timeout)
{
    socket_.open(endpoint.protocol());
    transport_.emplace(socket_);
    boost::system::error_code error;
    if (::connect(socket_.native_handle(), endpoint.data(),
                  static_cast<socklen_t>(endpoint.size())) != 0) {
        error.assign(errno, boost::system::system_category());
    }
    if (error == asio::error::in_progress) {
        error.clear();
        if (wait(Event::writable, nullptr, deadline_after(timeout)) == Wakeup::timed_out) {
            error = asio::error::timed_out;
        } else {
            int outcome = 0;
            socklen_t size = sizeof outcome;
            ::getsockopt(socket_.native_handle(), SOL_SOCKET, SO_ERROR, &outcome, &size);
            error.assign(outcome, boost::system::system_category());
        }
    }
    if (error) throw boost::system::system_error(error);
    if (endpoint.protocol().family() != AF_UNIX) {
        // A request is a single write; holding it back (Nagle) would only add 40 ms.
        socket_.set_option(asio::ip::tcp::no_delay(true));
    }
}

Wakeup SocketLink::wait(Event event, const Mailbox*, Deadline deadline)
{
    const Wakeup wakeup = wait_for(socket_.native_handle(), event, interrupt_descriptor_, deadline);
    if (wakeup == Wakeup::mail) throw Interrupted("interrupted");
    return wakeup;
}

std::vector<Endpoint> addresses_of(const Uri& uri)
{
    try {
        return resolve(uri);
    } catch (const boost::system::system_error& error) {
        throw CannotConnect(
            fmt::format("cannot connect to {}: {}", to_string(uri), error.code().message()));
    }
}

}  // namespace

std::unique_ptr<Transport> connect(const Uri& uri, std::chrono::milliseconds timeout,
                                   int interrupt_descriptor)
{
    std::string reason = "the name has no address";
    for (const Endpoint& endpoint : addresses_of(uri)) {
        try {
            auto link = std::make_unique<SocketLink>(interrupt_descriptor);
            link->connect(endpoint, timeout);
            return link;
        } catch (const boost::system::system_error& error) {
            reason = error.code().message();
        }
    }
    throw CannotConnect(fmt::format("cannot connect to {}: {}", to_string(uri), reason));
}

}  // namespace kv::client
