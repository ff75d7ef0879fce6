// server.h: the whole server as an object, for main and for programs that carry one inside them.
//
//   kv::Options options;
//   options.listen = {kv::parse_uri("memcache://127.0.0.1:0")};
//   kv::Server server(options);                      // serves from here on
//   const kv::Uri uri = server.uris().front();       // with the port the kernel chose
//                                                    // stops at the end of the scope
//
// Another project has it as kv::server once this one is installed, as <kvserver/server/server.h>;
// test/examples/cache_test.cpp is a test suite that does. It handles no signal, reads no variable
// and prints nothing but its log, on stderr. A thread of its own serves each client, and stop() has
// joined them all.
#pragma once

#include "common/log.h"
#include "server/options.h"

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace kv {

/// Several may live in one process. Any thread may call stop(); the rest is for the owner's.
class Server {
public:
    /// Binds every listener, then serves. Throws CannotListen (a std::runtime_error whose text
    /// names the address and the reason); then nothing is left behind.
    explicit Server(const Options& options);

    /// Stops, as stop() does.
    ~Server();

    /// Where it listens, in the order of the options; a port 0 is replaced by the real one.
    [[nodiscard]] std::vector<Uri> uris() const;

    /// When its last client left, or the server started; nullopt while it has a client. ZeroMQ
    /// peers do not count.
    [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> idle_since() const;

    /// Stops accepting, answers the requests received so far, closes. Blocks for at most the drain
    /// timeout and a moment, unless a client's thread is then amid one long computation: it waits
    /// for that. Idempotent.
    void stop();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace kv
