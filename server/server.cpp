#include "server/server.h"

#include "server/net/listener.h"
#include "server/net/sweeper.h"
#include "server/zmq/front_end.h"

#include <list>
#include <mutex>

namespace kv {

/// In the order of ownership: what comes later uses what comes before, and goes first.
struct Server::Parts final : ServerControl {
    explicit Parts(const Options& options);

    [[nodiscard]] ServerFigures figures() const override;
    [[nodiscard]] std::vector<std::pair<std::string_view, std::string>> settings() const override;
    void visit_clients(const std::function<void(const ClientRecord&)>& visit) const override;
    bool cut(std::uint64_t client_id) override;
    bool shut_down() override;
    VirtualClock* clock_to_turn() override { return virtual_clock.get(); }

    const Options options;
    // Asio wants one to make sockets; nothing ever runs in it. It outlives the sockets of sessions.
    asio::io_context context;
    const std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
    Log log;
    const std::unique_ptr<Tracing> tracing;             // null without --trace
    const std::unique_ptr<VirtualClock> virtual_clock;  // null: time is what it is
    SystemClock system_clock;
    Store store;
    mutable Registry registry;
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
            options.memory_limit, options.when_full, tracing.get()),
      registry({store,
                *this,
                log,
                {options.idle_timeout, options.request_timeout},
                options.busy_poll,
                options.max_item_size,
                options.impairment,
                tracing.get()},
               options.max_clients),
      sweeper(store, registry, options.owns_process)
{
    zeromq::Settings for_zeromq{
        store, *this, log, options.max_item_size, options.allow_remote, options.drain_timeout, {}};
    for_zeromq.message = options.request_timeout;
    for_zeromq.max_clients = options.max_clients;
    if (tracing != nullptr) {
        for_zeromq.make_observer = [this](const ClientRecord& client) {
            return tracing->observer_of(client);
        };
    }
    for (const Uri& uri : options.listen) {
        uris.push_back(
            zeromq::speaks(uri)
                ? front_ends.emplace_back(uri, for_zeromq).uri()
                : listeners.emplace_back(context, uri, options.allow_remote, registry, log).uri());
    }
}

ServerFigures Server::Parts::figures() const
{
    ServerFigures figures;
    figures.uptime = std::chrono::duration_cast<std::chrono::seconds>(
        std::chrono::steady_clock::now() - started);
    registry.add_to(figures);
    return figures;
}

std::vector<std::pair<std::string_view, std::string>> Server::Parts::settings() const
{
    return settings_of(options);
}

void Server::Parts::visit_clients(const std::function<void(const ClientRecord&)>& visit) const
{
    registry.visit([&](const Session& session) { visit(session.client()); });
}

bool Server::Parts::cut(std::uint64_t client_id)
{
    bool found = false;
    registry.visit([&](Session& session) {
        if (session.client().id() != client_id) return;
        session.cut();
        found = true;
    });
    return found;
}

bool Server::Parts::shut_down()
{
    if (!options.allow_shutdown || !options.on_shutdown) return false;
    options.on_shutdown();
    return true;
}

Server::Server(const Options& options) : parts_(std::make_unique<Parts>(options))
{
    for (Listener& listener : parts_->listeners) listener.start();
    for (zeromq::FrontEnd& front_end : parts_->front_ends) front_end.start();
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

/// Once, though several threads may ask for it: those that come later wait for the first.
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
