// observers.h: who is told what a session does.
#pragma once

#include "server/net/debug_log.h"
#include "server/net/session.h"

namespace kv {

/// The trace if the server has one, the debug log if it is on, else nobody: null. `client` and
/// `name` outlive it.
[[nodiscard]] inline std::unique_ptr<Observer> observer_of(const ClientRecord& client,
                                                           const std::string& name,
                                                           const SessionSettings& settings)
{
    if (settings.tracing != nullptr) return settings.tracing->observer_of(client);
    if (settings.log.is_on(LogLevel::debug)) return std::make_unique<DebugLog>(settings.log, name);
    return nullptr;
}

}  // namespace kv
