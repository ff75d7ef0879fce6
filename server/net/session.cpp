#include "server/net/session.h"

#include "server/command/waiting.h"
#include "server/net/impaired_transport.h"
#include "server/net/polling_transport.h"
#include "server/net/sockets.h"

#include <fmt/format.h>

#include <sys/socket.h>

#include <optional>

namespace kv {

Session::Session(Socket&& socket, const Scheme& scheme, std::string_view space, std::uint64_t id,
                 const SessionSettings& settings)
    : scheme_(scheme),
      settings_(settings),
      client_(id, scheme.name, address_of(socket, true), address_of(socket, false)),
      name_(fmt::format("{} client {} from {}", scheme.name, id, client_.address())),
      observer_(observer_of(client_, name_, settings.tracing, settings.log)),
      socket_(std::move(socket)),
      transport_(socket_, &client_.traffic())
{
    if (!space.empty()) client_.set_home(settings_.store.space(space));
}

void Session::run() noexcept
{
    try {
        if (observer_ != nullptr) observer_->thread_started();
        const Ended ended = serve();
        const bool by_us = ended == Ended::by_us || client_.ending() != Ending::open;
        closed(by_us ? "by the server" : "by the client");
    } catch (const TimedOut& timeout) {
        closed("by the server: ", timeout.what(), LogLevel::info);
    } catch (const UnwritableReply& mistake) {
        closed("by the server: ", mistake.what(), LogLevel::error);
    } catch (const std::exception& error) {
        // Not logged: a client that vanishes is no concern of the operator.
        closed("by an error: ", error.what());
    }
    // The peer sees the end now; the descriptor is closed when this session is joined.
    ::shutdown(socket_.native_handle(), SHUT_RDWR);
}

/// Never fails: without memory for the message it stays silent.
void Session::closed(std::string_view how, std::string_view why, LogLevel level) noexcept
{
    try {
        if (level != LogLevel::off)
            settings_.log.tell(level, name_, fmt::format("closed: {}", why));
        if (observer_ != nullptr) observer_->closed(fmt::format("{}{}", how, why));
    } catch (const std::exception&) {
    }
}

Ended Session::serve()
{
    PollingTransport polling(transport_, settings_.busy_poll);
    std::optional<ImpairedTransport> impaired;
    if (settings_.impairment.any()) impaired.emplace(polling, socket_, settings_.impairment);
    Transport& transport = impaired ? static_cast<Transport&>(*impaired) : polling;
    BufferedStream stream(transport, settings_.timeouts, &client_.mailbox(), observer_.get(),
                          &settings_.store.waiting());
    StreamSleeper sleeper(stream);
    const Ended ended = scheme_.converse({stream,
                                          {settings_.store, settings_.server, client_, &sleeper},
                                          settings_.max_item_bytes,
                                          observer_.get()});
    if (ended == Ended::by_us) linger(socket_);
    return ended;
}

}  // namespace kv
