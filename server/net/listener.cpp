#include "server/net/listener.h"

#include "common/address.h"
#include "common/wait.h"
#include "server/net/sockets.h"

#include <fmt/format.h>

#include <sys/socket.h>
#include <unistd.h>

namespace kv {

namespace {

using boost::system::error_code;

const Scheme& scheme_of(const Uri& uri)
{
    const Scheme* scheme = find_scheme(uri.scheme);
    if (scheme == nullptr) {
        throw CannotListen(fmt::format("cannot listen on {}: this server does not speak {}",
                                       to_string(uri), uri.scheme));
    }
    return *scheme;
}

Acceptor open(asio::io_context& context, const Uri& uri, bool allow_remote)
{
    try {
        const Endpoint endpoint =
            uri.is_inherited() ? listening_endpoint(uri.descriptor) : resolve(uri).front();
        if (!allow_remote && !is_local(endpoint)) {
            throw CannotListen(fmt::format(
                "will not listen on {}: other machines could reach it, and there is no password; "
                "--allow-remote permits it",
                to_string(uri)));
        }
        return uri.is_inherited() ? adopt_listening(context, uri.descriptor)
                                  : listen_at(context, endpoint);
    } catch (const boost::system::system_error& error) {
        throw CannotListen(
            fmt::format("cannot listen on {}: {}", to_string(uri), error.code().message()));
    }
}

}  // namespace

Listener::Listener(asio::io_context& context, const Uri& uri, bool allow_remote, Registry& registry,
                   Log& log)
    : scheme_(scheme_of(uri)),
      acceptor_(open(context, uri, allow_remote)),
      registry_(registry),
      log_(log)
{
    uri_ = bound_uri(uri, acceptor_.local_endpoint());
    if (uri.is_inherited()) wake_.open();
}

Listener::~Listener()
{
    stop();
}

void Listener::start()
{
    thread_ = std::thread([this] { run(); });
}

/// Closing an acceptor does not wake a thread blocked in accept; shutting its socket down does. An
/// inherited socket would be shut for everybody who has it, so there the thread waits for mail too.
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
    error_code ignored;
    acceptor_.close(ignored);
    if (uri_.is_unix() && !is_inherited()) ::unlink(uri_.path.c_str());
}

void Listener::run()
{
    while (!stop_.stop_requested()) {
        Socket socket(acceptor_.get_executor());
        error_code error;
        if (is_inherited()) {
            (void)wait_for(acceptor_.native_handle(), Event::readable, wake_.descriptor(),
                           no_deadline);
        }
        acceptor_.accept(socket, error);
        if (stop_.stop_requested()) return;
        if (error == asio::error::would_block) continue;  // another process took the client
        if (error) {
            back_off(fmt::format("cannot accept: {}", error.message()));
        } else {
            admit(std::move(socket));
        }
    }
}

void Listener::admit(Socket socket)
{
    prepare_session_socket(socket);
    switch (registry_.admit(std::move(socket), scheme_)) {
        case Registry::Admission::served: return;
        case Registry::Admission::refused:
            return complain("too many clients: one more turned away");
        case Registry::Admission::no_thread: return back_off("cannot start a thread for a client");
    }
}

/// Nothing is wrong with the listener: descriptors, memory or threads have run out. Trying again at
/// once would burn a core, so wait until a session ends, or a moment. Clients wait in the backlog.
void Listener::back_off(const std::string& why)
{
    complain(why);
    registry_.wait_for_end(stop_.get_token(), std::chrono::milliseconds(50));
}

/// One line a second at most: a flood of clients must not become a flood of lines.
void Listener::complain(const std::string& what)
{
    const auto now = std::chrono::steady_clock::now();
    if (now - last_complaint_ < std::chrono::seconds(1)) return;
    last_complaint_ = now;
    log_.warning(fmt::format("{}: {}", to_string(uri_), what));
}

}  // namespace kv
