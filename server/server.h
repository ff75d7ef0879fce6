// server.h: the whole server as an object, for main and for programs that embed one.
//
//   kv::Options options;
//   options.listen = {kv::parse_uri("memcache://127.0.0.1:0")};
//   kv::Server server(options);                      // serves from here on
//   const kv::Uri uri = server.uris().front();       // with the port the kernel chose
//                                                    // stops at the end of the scope
//
// Installed, it is the library kv::server with <kvserver/server/server.h>;
// test/examples/cache_test.cpp is a test suite that uses it. It handles no signals, reads no
// environment variables and prints only its log, on stderr. Each client has its own thread, and
// stop() joins them all.
#pragma once

#include "common/log.h"
#include "server/options.h"

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace kv {

/// Several may exist in one process. Any thread may call stop(); the owner calls the rest.
class Server {
public:
    /// Binds every listener, then serves. Throws CannotListen (a std::runtime_error whose text
    /// names the address and the reason), and then leaves nothing behind.
    explicit Server(const Options& options);

    /// Calls stop().
    ~Server();

    /// Where it listens, in the order of the options; a port 0 is replaced by the one the kernel
    /// chose.
    [[nodiscard]] std::vector<Uri> uris() const;

    /// When the last client left, or the server started; nullopt while a client is connected.
    /// ZeroMQ peers do not count.
    [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> idle_since() const;

    /// Stops accepting, answers the requests received so far, closes. Blocks for at most the drain
    /// timeout and a moment, and for a client's thread that is still in a long computation.
    /// Idempotent.
    void stop();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace kv
