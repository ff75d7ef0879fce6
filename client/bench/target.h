// target.h: the server under load, and connections to it.
#pragma once

#include "client/bench/descriptor.h"
#include "common/uri.h"

#include <sys/socket.h>

#include <cstdint>

namespace kv::bench {

enum class Protocol { memcached_text, resp };

/// The protocol that a scheme stands for. Throws kv::BadUri for one kvbench does not speak.
[[nodiscard]] Protocol protocol_of(const Uri& uri);

/// Immutable after construction; any thread may connect.
class Target {
public:
    /// Looks the host up, which may block on the resolver. Throws boost::system::system_error when
    /// it has no address.
    explicit Target(const Uri& uri);

    /// A connected, non-blocking socket that sends at once (TCP_NODELAY). Blocks until the server's
    /// kernel took the connection. Throws std::system_error.
    [[nodiscard]] Descriptor connect() const;

    /// As connect(), but returns before the connection stands: the first send waits for it.
    /// `turn` counts these calls: a loopback server sees the next local address after every 20,000,
    /// because one address has 28,000 ports and each stays taken for a while after its connection.
    [[nodiscard]] Descriptor start_connect(std::uint32_t turn) const;

private:
    [[nodiscard]] Descriptor make_socket() const;
    [[nodiscard]] const sockaddr* address() const;
    void bind_loopback(const Descriptor& socket, std::uint32_t turn) const;

    Uri uri_;
    sockaddr_storage address_{};
    socklen_t address_bytes_ = 0;
    bool is_ipv4_loopback_ = false;
};

}  // namespace kv::bench
