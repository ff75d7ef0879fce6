#include "server/zmq/front_end.h"

#include "common/address.h"
#include "server/zmq/cache.h"
#include "server/zmq/peers.h"

#include <fmt/format.h>
#include <zmq.hpp>

#include <algorithm>
#include <new>

namespace kv::zeromq {

namespace {

// A pickle may be several times as long as its stored value (protocol 0 writes a byte as \u00ff). A
// message somewhat above the limit is still received, to be answered with an error instead of a
// disconnect.
constexpr std::size_t longest_spelling = 8;
constexpr std::size_t least_message_limit = std::size_t{16} << 20;

// Messages per client that may wait in libzmq's memory; a REQ socket has one under way.
constexpr int max_waiting_requests = 1;
constexpr int max_waiting_replies = 64;

constexpr std::size_t most_clients = 256;

std::size_t message_limit(std::size_t max_item_bytes)
{
    return std::max(least_message_limit, max_item_bytes * longest_spelling);
}

/// In ZeroMQ's spelling, in which any free port is a star.
std::string endpoint_of(const Uri& uri)
{
    std::string text = to_string(uri);
    text.replace(0, uri.scheme.size(), "tcp");
    if (uri.port == 0) text.replace(text.rfind(':') + 1, std::string::npos, "*");
    return text;
}

/// The address of the name. Throws CannotBind for one that other machines reach, unless that is
/// allowed.
Uri local_uri(const Uri& uri, bool allow_remote)
{
    const Endpoint endpoint = resolve(uri).front();
    if (!allow_remote && !is_local(endpoint)) {
        throw CannotBind(fmt::format(
            "will not listen on {}: other machines could reach it, and there is no password; "
            "--allow-remote permits it",
            to_string(uri)));
    }
    return bound_uri(uri, endpoint);
}

std::string_view bytes_of(const ::zmq::message_t& message)
{
    return {static_cast<const char*>(message.data()), message.size()};
}

}  // namespace

struct FrontEnd::Socket {
    ::zmq::context_t context;
    ::zmq::socket_t rep{context, ::zmq::socket_type::rep};
};

bool speaks(const Uri& uri)
{
    return uri.scheme == "zmq" && !uri.is_unix();
}

FrontEnd::FrontEnd(const Uri& uri, const Settings& settings)
    : settings_(settings), client_(0, "zmq", "any", to_string(uri))
{
    try {
        open(uri);
    } catch (const ::zmq::error_t& error) {
        stop();
        throw CannotBind(fmt::format("cannot listen on {}: {}", to_string(uri), error.what()));
    } catch (const boost::system::system_error& error) {
        throw CannotBind(
            fmt::format("cannot listen on {}: {}", to_string(uri), error.code().message()));
    } catch (...) {
        stop();
        throw;
    }
}

void FrontEnd::open(const Uri& uri)
{
    uri_ = local_uri(uri, settings_.allow_remote);
    uri_.space = uri.space;
    if (!uri.space.empty()) client_.set_home(settings_.store.space(uri.space));
    if (settings_.make_observer) observer_ = settings_.make_observer(client_);
    socket_ = std::make_unique<Socket>();
    ::zmq::socket_t& rep = socket_->rep;
    rep.set(::zmq::sockopt::maxmsgsize,
            static_cast<std::int64_t>(message_limit(settings_.max_item_bytes)));
    rep.set(::zmq::sockopt::rcvhwm, max_waiting_requests);
    rep.set(::zmq::sockopt::sndhwm, max_waiting_replies);
    rep.set(::zmq::sockopt::linger, static_cast<int>(settings_.linger.count()));
    rep.set(::zmq::sockopt::ipv6, uri_.host.find(':') != std::string::npos);
    const Peers::Bounds bounds{std::min(settings_.max_clients, most_clients), settings_.message};
    peers_ = std::make_unique<Peers>(socket_->context, rep, to_string(uri), bounds,
                                     settings_.store.unstored().held, settings_.log);
    rep.bind(endpoint_of(uri_));
    uri_.port = parse_uri(rep.get(::zmq::sockopt::last_endpoint)).port;
}

FrontEnd::~FrontEnd()
{
    stop();
}

void FrontEnd::start()
{
    thread_ = std::thread([this] { run(); });
}

/// Shutting the context down wakes the thread.
void FrontEnd::finish()
{
    if (socket_) socket_->context.shutdown();
}

void FrontEnd::stop()
{
    if (!socket_) return;
    finish();
    if (thread_.joinable()) thread_.join();
    peers_.reset();
    socket_.reset();
}

/// Both the client and the REP socket need an answer to every request: without memory even for an
/// error, the answer is empty.
std::string FrontEnd::reply_to(std::string_view request)
{
    try {
        return answer(request, {settings_.store, settings_.server, client_},
                      settings_.max_item_bytes);
    } catch (const std::bad_alloc&) {
        return {};
    }
}

void FrontEnd::run()
{
    if (observer_ != nullptr) observer_->thread_started();
    for (;;) {
        try {
            answer_next();
        } catch (const ::zmq::error_t& error) {
            if (error.num() == ETERM) break;
            settings_.log.tell(LogLevel::warning, client_.local_address(), error.what());
        } catch (const std::bad_alloc&) {
            settings_.log.tell(LogLevel::warning, client_.local_address(), "out of memory");
            // An unanswered request would block the socket for good; without one this does nothing.
            (void)::zmq_send(socket_->rep.handle(), "", 0, ZMQ_DONTWAIT);
        }
    }
    socket_->rep.close();  // the linger time starts now
}

/// A message is a request and arrives whole, so no read ends inside one.
void FrontEnd::answer_next()
{
    constexpr std::size_t frame_bytes = 9;  // the longest frame header
    ::zmq::socket_t& rep = socket_->rep;
    ::zmq::message_t request;
    if (observer_ != nullptr) observer_->blocked();
    if (!rep.recv(request, ::zmq::recv_flags::dontwait)) {
        peers_->waits();
        (void)rep.recv(request);
    }
    std::size_t bytes = request.size() + 2 * frame_bytes;
    // Our requests have one part; of a multipart message only the last part is answered.
    while (request.more()) {
        (void)rep.recv(request);
        bytes += request.size() + frame_bytes;
    }
    const int from = zmq_msg_get(request.handle(), ZMQ_SRCFD);
    peers_->took(from, bytes);
    if (observer_ != nullptr) {
        observer_->read(bytes_of(request));
        observer_->message_ended(0);
    }
    const std::string reply = reply_to(bytes_of(request));
    if (observer_ != nullptr) {
        observer_->executed();
        observer_->answered(reply.size());
        observer_->writing(reply, {});
    }
    (void)rep.send(::zmq::buffer(reply));
    peers_->sent(from, reply.size());
    if (observer_ != nullptr) observer_->wrote(reply.size());
}

}  // namespace kv::zeromq
