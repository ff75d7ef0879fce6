// front_end.h: zmq://, the tutorial's cache: ZeroMQ's REQ/REP with pickles for messages.
//
// libzmq has its own threads for connections and messages, so one thread with one socket answers
// the messages one by one. Pickles are read by our own reader, which runs nothing
// (pickle_reader.h), so this listener is no more dangerous than the others.
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

/// Arguments of a front end. The references outlive it.
struct Settings {
    Store& store;
    ServerControl& server;
    Log& log;
    std::size_t max_item_bytes = 0;
    bool allow_remote = false;            ///< permits an address that other machines reach
    std::chrono::milliseconds linger{0};  ///< how long a stop waits for answers to be sent
    /// Makes the observer of our clients; empty: none.
    std::function<std::unique_ptr<Observer>(const ClientRecord&)> make_observer;
    /// Time for a message to arrive once begun, or to be sent; 0: no limit.
    std::chrono::milliseconds message{0};
    std::size_t max_clients = 0;  ///< of this listener, and never more than 256
};

class Peers;

class FrontEnd {
public:
    /// Binds: from here on clients can connect, and their messages wait. Throws CannotBind.
    FrontEnd(const Uri& uri, const Settings& settings);
    ~FrontEnd();
    FrontEnd(const FrontEnd&) = delete;
    FrontEnd& operator=(const FrontEnd&) = delete;

    /// Starts answering, in a thread of its own.
    void start();

    /// Begins to stop: takes no more messages, and sends finished answers for at most the linger
    /// time. Does not block. Idempotent.
    void finish();

    /// Finishes, joins the thread, and waits for answers to be sent. Blocks until the present
    /// message has been answered and for at most the linger time after that. Idempotent.
    void stop();

    /// Where it listens; a port 0 is replaced by the one the kernel chose.
    [[nodiscard]] const Uri& uri() const { return uri_; }

private:
    void open(const Uri& uri);
    void run();
    void answer_next();
    [[nodiscard]] std::string reply_to(std::string_view request);

    struct Socket;  // keeps libzmq's headers out of ours
    Uri uri_;
    const Settings settings_;
    ClientRecord client_;  ///< one record for all clients: libzmq does not tell them apart
    std::unique_ptr<Observer> observer_;  ///< null: no trace
    std::unique_ptr<Socket> socket_;
    std::unique_ptr<Peers> peers_;
    std::thread thread_;
};

}  // namespace kv::zeromq
