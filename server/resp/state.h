// state.h: what a Redis client has told its session: version, transaction, watched keys.
#pragma once

#include "common/buffered_stream.h"
#include "server/command/context.h"
#include "server/resp/arguments.h"

#include <cstdint>
#include <list>
#include <memory>
#include <string>

namespace kv::resp {

struct Command;

/// A command between MULTI and EXEC. Its words are its own.
struct Queued {
    const Command* command;
    Arguments arguments;
};

/// MONITOR, for as long as it lasts. Ends by itself with the session.
class Monitoring {
public:
    Monitoring() = default;
    Monitoring(const Monitoring&) = delete;
    Monitoring& operator=(const Monitoring&) = delete;
    ~Monitoring() { end(); }

    /// Throws boost::system::system_error when no wake descriptor is left.
    void begin(const Context& context)
    {
        if (monitors_ != nullptr) return;
        context.client.mailbox().open(&context.store.unstored().held);
        context.client.activity().monitors = true;
        client_ = &context.client;
        monitors_ = &context.server.monitors();
        monitors_->add(client_->mailbox());
    }

    void end()
    {
        if (monitors_ == nullptr) return;
        monitors_->remove(client_->mailbox());
        while (client_->mailbox().take()) {  // or it would come behind the answer to RESET
        }
        client_->activity().monitors = false;
        monitors_ = nullptr;
    }

private:
    ClientRecord* client_ = nullptr;
    Monitors* monitors_ = nullptr;
};

/// Used by one session's thread.
struct State {
    std::size_t max_item_bytes;  ///< the largest value
    int version = 2;             ///< of the protocol
    bool in_multi = false;
    bool multi_failed = false;  ///< a command could not be queued: EXEC will refuse
    std::list<Queued> queue{};
    std::unique_ptr<Watch> watch{};  ///< null: no key is watched

    BufferedStream* stream = nullptr;  ///< what the present request came from

    HeldBytes held{};  ///< by the present reply, until it is written

    Monitoring monitoring{};

    /// CLIENT REPLY: whether answers are kept back. SKIP keeps back its own and the next one's.
    enum class Muted { no, yes, for_two, for_one };
    Muted muted = Muted::no;

    /// As if the client had just connected.
    void reset()
    {
        version = 2;
        muted = Muted::no;
        monitoring.end();
        end_transaction();
    }

    void end_transaction()
    {
        in_multi = false;
        multi_failed = false;
        queue.clear();
        watch.reset();
    }
};

}  // namespace kv::resp
