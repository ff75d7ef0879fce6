#include "server/control.h"

namespace kv {

ServerFigures Control::figures() const
{
    ServerFigures figures;
    figures.uptime = std::chrono::duration_cast<std::chrono::seconds>(
        std::chrono::steady_clock::now() - started_);
    registry_.add_to(figures);
    return figures;
}

std::vector<std::pair<std::string_view, std::string>> Control::settings() const
{
    return settings_of(options_);
}

void Control::visit_clients(const std::function<void(const ClientRecord&)>& visit) const
{
    registry_.visit([&](const Session& session) { visit(session.client()); });
}

bool Control::cut(std::uint64_t client_id)
{
    bool found = false;
    registry_.visit([&](Session& session) {
        if (session.client().id() != client_id) return;
        session.cut();
        found = true;
    });
    return found;
}

bool Control::shut_down()
{
    if (!options_.allow_shutdown || !options_.on_shutdown) return false;
    options_.on_shutdown();
    return true;
}

zeromq::Settings settings_for_zeromq(const Options& options, Store& store, ServerControl& server,
                                     Log& log, Tracing* tracing)
{
    zeromq::Settings settings{
        store, server, log, options.max_item_size, options.allow_remote, options.drain_timeout, {}};
    settings.message = options.request_timeout;
    settings.max_clients = options.max_clients;
    if (tracing != nullptr) {
        settings.make_observer = [tracing](const ClientRecord& client) {
            return tracing->observer_of(client);
        };
    }
    return settings;
}

}  // namespace kv
