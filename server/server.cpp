#include "server/server.h"

#include "server/control.h"
#include "server/net/listener.h"
#include "server/net/scheme.h"
#include "server/net/sweeper.h"

#include <list>
#include <mutex>

namespace kv {

/// In order of dependency: later members use earlier ones, and are destroyed first.
struct Server::Parts {
    explicit Parts(const Options& options);

    const Options options;
    // Asio needs one to make sockets; nothing ever runs in it. It outlives the sessions' sockets.
    asio::io_context context;
    Log log;
    const std::unique_ptr<Tracing> tracing;             // null without --trace
    const std::unique_ptr<VirtualClock> virtual_clock;  // null without --virtual-clock
    SystemClock system_clock;
    Store store;
    Control control;
    Registry registry;
    Sweeper sweeper;
    std::list<Listener> listeners;
    std::once_flag stopped;
    std::list<zeromq::FrontEnd> front_ends;
    std::vector<Uri> uris;
};

Server::Parts::Parts(const Options& chosen)
    : options(chosen),
      log(options.log_level),
      tracing(options.trace ? std::make_unique<Tracing>() : nullptr),
      virtual_clock(options.virtual_clock ? std::make_unique<VirtualClock>() : nullptr),
      store(virtual_clock ? static_cast<const Clock&>(*virtual_clock) : system_clock,
            options.memory_limit, options.when_full, tracing.get(), options.databases),
      control(options, registry, virtual_clock.get()),
      registry({store,
                control,
                log,
                {options.idle_timeout, options.request_timeout},
                options.busy_poll,
                options.max_item_size,
                options.impairment,
                tracing.get()},
               options.max_clients),
      sweeper(store, registry, options.owns_process)
{
    const auto for_zeromq = settings_for_zeromq(options, store, control, log, tracing.get());
    for (const Uri& uri : options.listen) {
        check_space(uri, store);
        uris.push_back(
            zeromq::speaks(uri)
                ? front_ends.emplace_back(uri, for_zeromq).uri()
                : listeners.emplace_back(context, uri, options.allow_remote, registry, log).uri());
    }
}

Server::Server(const Options& options) : parts_(std::make_unique<Parts>(options))
{
    try {
        for (Listener& listener : parts_->listeners) listener.start();
        for (zeromq::FrontEnd& front_end : parts_->front_ends) front_end.start();
    } catch (...) {
        stop();
        throw;
    }
}

Server::~Server()
{
    stop();
}

std::vector<Uri> Server::uris() const
{
    return parts_->uris;
}

std::optional<std::chrono::steady_clock::time_point> Server::idle_since() const
{
    return parts_->registry.idle_since();
}

/// Runs once, though several threads may call it: later ones wait for the first.
void Server::stop()
{
    std::call_once(parts_->stopped, [this] {
        for (Listener& listener : parts_->listeners) listener.stop();
        for (zeromq::FrontEnd& front_end : parts_->front_ends) front_end.finish();
        parts_->registry.stop(parts_->options.drain_timeout);
        for (zeromq::FrontEnd& front_end : parts_->front_ends) front_end.stop();
        parts_->sweeper.stop();
    });
}

}  // namespace kv
