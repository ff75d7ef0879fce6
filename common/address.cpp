#include "common/address.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace kv {

namespace {

/// A generic endpoint that holds an IP address, as Asio's own type. Copied byte for byte, as is
/// usual with sockaddr.
asio::ip::tcp::endpoint as_tcp(const Endpoint& endpoint)
{
    asio::ip::tcp::endpoint tcp;
    tcp.resize(endpoint.size());
    std::memcpy(tcp.data(), endpoint.data(), endpoint.size());
    return tcp;
}

bool is_unix(const Endpoint& endpoint)
{
    return endpoint.protocol().family() == AF_UNIX;
}

}  // namespace

std::string path_of(const Endpoint& endpoint)
{
    asio::local::stream_protocol::endpoint local;
    std::memcpy(local.data(), endpoint.data(), std::min(endpoint.size(), local.capacity()));
    local.resize(endpoint.size());  // from the bytes: the path may or may not end in a zero
    return local.path();
}

std::vector<Endpoint> resolve(const Uri& uri)
{
    if (uri.is_unix()) return {asio::local::stream_protocol::endpoint(uri.path)};
    asio::io_context context;
    asio::ip::tcp::resolver resolver(context);
    std::vector<Endpoint> endpoints;
    for (const auto& entry : resolver.resolve(uri.host, std::to_string(uri.port))) {
        endpoints.emplace_back(entry.endpoint());
    }
    std::stable_partition(endpoints.begin(), endpoints.end(), [](const Endpoint& endpoint) {
        return endpoint.protocol().family() == AF_INET;
    });
    return endpoints;
}

bool is_local(const Endpoint& endpoint)
{
    return is_unix(endpoint) || as_tcp(endpoint).address().is_loopback();
}

Uri bound_uri(const Uri& uri, const Endpoint& bound)
{
    Uri result = uri;
    result.descriptor = -1;
    if (is_unix(bound)) {
        result.path = path_of(bound);
        return result;
    }
    result.host = as_tcp(bound).address().to_string();
    result.port = as_tcp(bound).port();
    return result;
}

std::string to_string(const Endpoint& endpoint)
{
    if (is_unix(endpoint)) return "unix";
    const auto tcp = as_tcp(endpoint);
    const std::string host = tcp.address().to_string();
    return tcp.address().is_v6() ? fmt::format("[{}]:{}", host, tcp.port())
                                 : fmt::format("{}:{}", host, tcp.port());
}

}  // namespace kv
