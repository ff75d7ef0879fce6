// front_end.h: zmq://, the tutorial's cache: ZeroMQ's REQ/REP with pickles for messages.
//
// libzmq has its own threads for connections and messages, so this is one thread with one socket:
// a message comes, it is answered, the next one comes. Pickles are read by our own reader, which
// runs nothing (pickle_reader.h), so that anybody may be let in here whom one would let in
// elsewhere.
#pragma once

#include "common/log.h"
#include "common/observer.h"
#include "common/uri.h"
#include "server/command/context.h"

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <thread>

namespace kv::zeromq {

/// Whether this server has a front end for `uri`: it was built with ZeroMQ, and the URI's scheme is
/// zmq, over TCP.
[[nodiscard]] bool speaks(const Uri& uri);

/// The front end cannot listen there; the text names the address and the reason.
struct CannotBind : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What a front end is given. The references outlive it.
struct Settings {
    Store& store;
    ServerControl& server;
    Log& log;
    std::size_t max_item_bytes = 0;
    bool allow_remote = false;            ///< permits an address that other machines reach
    std::chrono::milliseconds linger{0};  ///< how long a stop waits for answers to leave
    /// Makes what observes our clients; empty: nothing does.
    std::function<std::unique_ptr<Observer>(const ClientRecord&)> make_observer;
    /// For a message to arrive once begun, or to leave; 0: for ever.
    std::chrono::milliseconds message{0};
    std::size_t max_clients = 0;  ///< of this listener, and never more than 256
};

class Peers;

class FrontEnd {
public:
    /// Binds: from here on clients connect and their messages wait. Throws CannotBind.
    FrontEnd(const Uri& uri, const Settings& settings);
    ~FrontEnd();
    FrontEnd(const FrontEnd&) = delete;
    FrontEnd& operator=(const FrontEnd&) = delete;

    /// Starts answering, in a thread of its own.
    void start();

    /// Begins to stop: no message is taken any more, and what has been answered is sent, for at
    /// most the linger time. Does not block. Idempotent.
    void finish();

    /// Finishes, joins the thread, and waits for what is being sent. Blocks for as long as the
    /// message takes that is being answered, and until the linger time is over. Idempotent.
    void stop();

    /// Where it really listens: with the port the kernel chose, if 0 was asked for.
    [[nodiscard]] const Uri& uri() const { return uri_; }

private:
    void open(const Uri& uri);
    void run();
    void answer_next();
    [[nodiscard]] std::string reply_to(std::string_view request);

    struct Socket;  // keeps libzmq's headers out of ours
    Uri uri_;
    const Settings settings_;
    ClientRecord client_;  ///< all our clients as one: libzmq does not tell them apart
    std::unique_ptr<Observer> observer_;  ///< null: no trace
    std::unique_ptr<Socket> socket_;
    std::unique_ptr<Peers> peers_;
    std::thread thread_;
};

}  // namespace kv::zeromq
