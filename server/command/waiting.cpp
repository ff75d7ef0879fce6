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

bool is_queued(const Context& context, const Waiter& waiter)
{
    const Transaction store(context.store);
    return waiter.state() == Waiter::State::queued;
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

WaitEnded wait(const Context& context, Waiter& waiter, Deadline deadline)
{
    const ShownAsWaiting shown(context.client);
    Wakeup wakeup = Wakeup::mail;
    try {
        // Mail may be for the client, or left over from an earlier wait.
        while (wakeup == Wakeup::mail && is_queued(context, waiter)) {
            wakeup = context.sleeper->sleep(deadline);
        }
    } catch (...) {
        (void)end_wait(context, waiter);
        throw;
    }
    switch (end_wait(context, waiter)) {
        case Waiter::State::served: return WaitEnded::served;
        case Waiter::State::unblocked: return WaitEnded::unblocked;
        case Waiter::State::refused: return WaitEnded::refused;
        default: return wakeup == Wakeup::timed_out ? WaitEnded::timed_out : WaitEnded::closed;
    }
}

}  // namespace kv
