#include "server/command/waiting.h"

namespace kv {

namespace {

/// CLIENT LIST shows a client as waiting for as long as this lives.
class ShownAsWaiting {
public:
    explicit ShownAsWaiting(ClientRecord& client) : client_(client) { set(true); }
    ~ShownAsWaiting() { set(false); }
    ShownAsWaiting(const ShownAsWaiting&) = delete;
    ShownAsWaiting& operator=(const ShownAsWaiting&) = delete;

private:
    void set(bool waits) { client_.activity().waits.store(waits, std::memory_order_relaxed); }

    ClientRecord& client_;
};

Waiter::State state_of(const Context& context, const Waiter& waiter)
{
    const Transaction store(context.store);
    return waiter.state();
}

Waiter::State end_wait(const Context& context, Waiter& waiter)
{
    return Transaction(context.store).end_wait(waiter);
}

}  // namespace

void prepare_to_wait(const Context& context)
{
    context.client.mailbox().open(&context.store.unstored().held);
}

Waiter::State wait(const Context& context, Waiter& waiter, Deadline deadline)
{
    const ShownAsWaiting shown(context.client);
    try {
        // Mail may be for the client, or left over from an earlier wait.
        while (context.sleeper->sleep(deadline) == Wakeup::mail) {
            const Waiter::State state = state_of(context, waiter);
            if (state != Waiter::State::queued) return state;
        }
    } catch (...) {
        (void)end_wait(context, waiter);
        throw;
    }
    return end_wait(context, waiter);
}

}  // namespace kv
