// control.h: the server's interface for commands.
#pragma once

#include "server/net/registry.h"
#include "server/options.h"
#include "server/zmq/front_end.h"

#include <chrono>

namespace kv {

/// Any thread may call it. All references outlive it.
class Control final : public ServerControl {
public:
    /// `clock` is null unless commands may move it.
    Control(const Options& options, Registry& registry, VirtualClock* clock)
        : options_(options), registry_(registry), clock_(clock)
    {
    }

    [[nodiscard]] ServerFigures figures() const override;
    [[nodiscard]] std::vector<std::pair<std::string_view, std::string>> settings() const override;
    void visit_clients(const std::function<void(const ClientRecord&)>& visit) const override;
    bool cut(std::uint64_t client_id) override;
    VirtualClock* clock_to_turn() override { return clock_; }
    bool shut_down() override;

private:
    const Options& options_;
    Registry& registry_;
    VirtualClock* const clock_;
    const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

/// The settings of every zmq:// front end. `tracing` may be null.
[[nodiscard]] zeromq::Settings settings_for_zeromq(const Options& options, Store& store,
                                                   ServerControl& server, Log& log,
                                                   Tracing* tracing);

}  // namespace kv
