// running_server.h: a real server in this process, on free ports.
//
//   RunningServer server;                              // memcache://127.0.0.1:0
//   RunningServer server("simple://[::1]:0");
//   RunningServer server({.max_clients = 2});
#pragma once

#include "server/server.h"
#include "test/support/raw_client.h"

#include <initializer_list>
#include <string_view>

namespace kv::test {

class RunningServer {
public:
    explicit RunningServer(
        Options options = {},
        std::initializer_list<std::string_view> uris = {"memcache://127.0.0.1:0"})
        : server_(with(std::move(options), uris))
    {
    }
    explicit RunningServer(std::string_view uri) : RunningServer(Options{}, {uri}) {}

    [[nodiscard]] Uri uri(std::size_t listener = 0) const { return server_.uris().at(listener); }
    [[nodiscard]] RawClient connect(std::size_t listener = 0) const
    {
        return RawClient(uri(listener));
    }
    void stop() { server_.stop(); }

private:
    static Options with(Options options, std::initializer_list<std::string_view> uris)
    {
        options.log_level = LogLevel::off;
        if (uris.size() > 0) options.listen.clear();
        for (const std::string_view uri : uris) options.listen.push_back(parse_uri(uri));
        return options;
    }

    Server server_;
};

}  // namespace kv::test
