// uri.h: addresses of listeners and servers, with the protocol spoken there.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace kv {

/// The address of a listener or server: `scheme://HOST:PORT`, for a listener perhaps with `/SPACE`,
/// or `scheme+unix:///PATH`; for a listener also `scheme+fd://N`, or `fd://N` for memcache+fd. The
/// scheme names the dialect: memcache, redis, simple ...
struct Uri {
    std::string scheme;      ///< without "+unix" or "+fd"
    std::string host;        ///< without the brackets of an IPv6 address; empty for a unix socket
    std::uint16_t port = 0;  ///< 0 asks a listener for any free port
    std::string path;        ///< of a unix socket; empty for TCP
    int descriptor = -1;     ///< a listening socket inherited from the launcher; -1: none
    std::string space{};     ///< named after the port: a database's number, or a private space

    [[nodiscard]] bool is_unix() const { return !path.empty(); }
    [[nodiscard]] bool is_inherited() const { return descriptor != -1; }
    friend bool operator==(const Uri&, const Uri&) = default;
};

struct BadUri : std::invalid_argument {
    using std::invalid_argument::invalid_argument;
};

/// Reads a URI. `default_port` is used when the text has no port (0: a port is required). Throws
/// BadUri, whose text names the URI and what is wrong with it. The scheme is not checked.
[[nodiscard]] Uri parse_uri(std::string_view text, std::uint16_t default_port = 0);

/// The text form; parse_uri(to_string(u)) == u.
[[nodiscard]] std::string to_string(const Uri& uri);

}  // namespace kv
