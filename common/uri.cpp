#include "common/uri.h"

#include "common/words.h"

#include <fmt/format.h>

#include <sys/un.h>

#include <algorithm>

namespace kv {

namespace {

constexpr std::string_view unix_mark = "+unix";
constexpr std::string_view descriptor_mark = "+fd";

// sun_path ends in a zero byte (unix(7)).
constexpr std::size_t max_path_bytes = sizeof(sockaddr_un::sun_path) - 1;

[[noreturn]] void fail(std::string_view text, std::string_view why)
{
    throw BadUri(fmt::format("'{}' is not an address: {}", text, why));
}

std::string read_path(std::string_view text, std::string_view rest)
{
    if (rest.size() < 2 || rest.front() != '/')
        fail(text, "a unix socket is written SCHEME+unix:///PATH");
    if (rest.size() > max_path_bytes) {
        fail(text, fmt::format("the path is longer than {} bytes", max_path_bytes));
    }
    return std::string(rest);
}

int read_descriptor(std::string_view text, std::string_view rest)
{
    const auto number = parse_number<std::uint16_t>(rest);
    if (!number) fail(text, "an inherited socket is written SCHEME+fd://NUMBER");
    return *number;
}

/// Splits "host", "host:port", "[v6]" or "[v6]:port" at the colon.
std::pair<std::string_view, std::string_view> cut_host(std::string_view text, std::string_view rest)
{
    if (rest.starts_with('[')) {
        const std::size_t close = rest.find(']');
        if (close == std::string_view::npos) fail(text, "the bracket is not closed");
        const std::string_view after = rest.substr(close + 1);
        if (!after.empty() && after.front() != ':')
            fail(text, "expected ':PORT' after the bracket");
        return {rest.substr(1, close - 1), after.substr(after.empty() ? 0 : 1)};
    }
    const std::size_t colon = rest.find(':');
    if (colon == std::string_view::npos) return {rest, {}};
    if (rest.find(':', colon + 1) != std::string_view::npos) {
        const bool is_v6 =
            rest.find_first_not_of("0123456789abcdefABCDEF:%.") == std::string_view::npos;
        fail(text, is_v6 ? "an IPv6 address goes in brackets, as in [::1]:11211"
                   : rest.find("://") != std::string_view::npos ? "expected a single address"
                                                                : "expected SCHEME://HOST:PORT");
    }
    return {rest.substr(0, colon), rest.substr(colon + 1)};
}

}  // namespace

Uri parse_uri(std::string_view text, std::uint16_t default_port)
{
    const std::size_t colon = text.find("://");
    if (colon == std::string_view::npos || colon == 0) fail(text, "expected SCHEME://HOST:PORT");
    std::string_view scheme = text.substr(0, colon);
    std::string_view rest = text.substr(colon + 3);

    Uri uri;
    if (scheme == "fd") scheme = "memcache+fd";
    if (scheme.ends_with(descriptor_mark)) {
        scheme.remove_suffix(descriptor_mark.size());
        uri.descriptor = read_descriptor(text, rest);
    } else if (scheme.ends_with(unix_mark)) {
        scheme.remove_suffix(unix_mark.size());
        uri.path = read_path(text, rest);
    } else {
        while (rest.ends_with('/')) rest.remove_suffix(1);
        if (rest.find('@') != std::string_view::npos) {
            throw BadUri(fmt::format(
                "{}://... is not an address: user and password are not allowed here", scheme));
        }
        if (rest.find("://") == std::string_view::npos) {
            const std::size_t slash = std::min(rest.find('/'), rest.size());
            uri.space = rest.substr(std::min(slash + 1, rest.size()));
            rest = rest.substr(0, slash);
        }
        if (uri.space.find('/') != std::string::npos) {
            fail(text, "only a database or the name of a space may follow the port");
        }
        const auto [host, port] = cut_host(text, rest);
        if (host.empty()) fail(text, "the host is missing");
        if (port.empty() && default_port == 0) fail(text, "the port is missing");
        const auto number =
            port.empty() ? std::optional(default_port) : parse_number<std::uint16_t>(port);
        if (!number) fail(text, "the port is not a number from 0 to 65535");
        uri.host = host;
        uri.port = *number;
    }
    uri.scheme = scheme;
    return uri;
}

std::string to_string(const Uri& uri)
{
    if (uri.is_unix()) return fmt::format("{}{}://{}", uri.scheme, unix_mark, uri.path);
    if (uri.is_inherited()) {
        return fmt::format("{}{}://{}", uri.scheme, descriptor_mark, uri.descriptor);
    }
    const bool is_v6 = uri.host.find(':') != std::string::npos;
    const std::string address = is_v6 ? fmt::format("{}://[{}]:{}", uri.scheme, uri.host, uri.port)
                                      : fmt::format("{}://{}:{}", uri.scheme, uri.host, uri.port);
    return uri.space.empty() ? address : address + "/" + uri.space;
}

}  // namespace kv
