#include "server/server.h"

#include "server/net/listener.h"
#include "server/net/sweeper.h"

#include <list>

namespace kv {

/// In the order of ownership: what comes later uses what comes before, and goes first.
struct Server::Parts final : ServerControl {
    explicit Parts(const Options& options);

    [[nodiscard]] ServerFigures figures() const override;

    const Options options;
    const std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
    Log log;
    Traffic traffic;
    SystemClock clock;
    Store store;
    mutable Registry registry;
    Sweeper sweeper;
    asio::io_context context;  // Asio wants one to make sockets; nothing ever runs in it
    std::list<Listener> listeners;
};

Server::Parts::Parts(const Options& chosen)
    : options(chosen),
      log(options.log_level),
      store(clock, options.memory_limit),
      registry({{store, *this},
                traffic,
                log,
                {options.idle_timeout, options.request_timeout},
                options.max_item_size},
               options.max_clients),
      sweeper(store, registry)
{
    for (const Uri& uri : options.listen) {
        listeners.emplace_back(context, uri, options.allow_remote, registry, log);
    }
}

ServerFigures Server::Parts::figures() const
{
    ServerFigures figures;
    figures.uptime = std::chrono::duration_cast<std::chrono::seconds>(
        std::chrono::steady_clock::now() - started);
    figures.max_clients = registry.max_clients();
    figures.clients = registry.clients();
    figures.clients_ever = registry.clients_ever();
    figures.clients_refused = registry.clients_refused();
    figures.bytes_read = traffic.bytes_read;
    figures.bytes_written = traffic.bytes_written;
    return figures;
}

Server::Server(const Options& options) : parts_(std::make_unique<Parts>(options))
{
    for (Listener& listener : parts_->listeners) listener.start();
}

Server::~Server()
{
    stop();
}

std::vector<Uri> Server::uris() const
{
    std::vector<Uri> uris;
    for (const Listener& listener : parts_->listeners) uris.push_back(listener.uri());
    return uris;
}

void Server::stop()
{
    for (Listener& listener : parts_->listeners) listener.stop();
    parts_->registry.stop(parts_->options.drain_timeout);
}

}  // namespace kv
