#include "server/net/listener.h"

#include "common/address.h"
#include "common/transport.h"
#include "server/net/sockets.h"

#include <fmt/format.h>

#include <sys/socket.h>
#include <unistd.h>

namespace kv {

Listener::Listener(asio::io_context& context, const Uri& uri, bool allow_remote, Registry& registry,
                   Log& log)
    : scheme_(scheme_of(uri)),
      acceptor_(listen_on(context, uri, allow_remote)),
      registry_(registry),
      log_(log)
{
    uri_ = bound_uri(uri, acceptor_.local_endpoint());
    uri_.space = uri.space;
    name_ = to_string(uri_);
    if (uri.is_inherited()) wake_.open(nullptr);
}

Listener::~Listener()
{
    stop();
}

void Listener::start()
{
    thread_ = std::thread([this] { run(); });
}

/// Closing an acceptor does not wake a thread blocked in accept; shutting its socket down does.
/// That would shut an inherited socket down for every process that has it, so there the thread
/// waits for mail too.
void Listener::stop()
{
    stop_.request_stop();
    if (!is_inherited()) {
        ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
    } else {
        (void)wake_.post({});
    }
    if (thread_.joinable()) thread_.join();
    if (!acceptor_.is_open()) return;
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    if (uri_.is_unix() && !is_inherited()) ::unlink(uri_.path.c_str());
}

void Listener::run()
{
    while (!stop_.stop_requested()) {
        Socket socket(acceptor_.get_executor());
        try {
            accept(socket);
        } catch (const std::exception& error) {  // out of memory
            if (socket.is_open()) reject(socket, scheme_.busy_line);
            back_off(error.what());
        }
    }
}

/// Accepts a client and has it served.
void Listener::accept(Socket& socket)
{
    const int listening = acceptor_.native_handle();
    if (is_inherited()) {
        (void)wait_for(listening, Event::readable, wake_.descriptor(), no_deadline);
    }
    boost::system::error_code error;
    acceptor_.accept(socket, error);
    if (stop_.stop_requested()) return;
    if (error == asio::error::would_block) return;  // another process took the client
    if (error) return back_off("cannot accept: " + error.message());
    prepare_session_socket(socket);
    switch (registry_.admit(std::move(socket), scheme_, uri_.space)) {
        case Registry::Admission::served: return;
        case Registry::Admission::refused: return complain("too many clients: one more rejected");
        case Registry::Admission::no_thread: return back_off("cannot start a thread for a client");
    }
}

}  // namespace kv
