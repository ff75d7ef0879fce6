// witness.h: who wants to see what all clients do.
#pragma once

#include "common/observer.h"
#include "server/command/client_record.h"

#include <memory>

namespace kv {

class Witness {
public:
    virtual ~Witness() = default;

    /// To be told what a client does who has just come. `client` outlives it. Any thread.
    [[nodiscard]] virtual std::unique_ptr<Observer> observer_of(const ClientRecord& client) = 0;
};

}  // namespace kv
