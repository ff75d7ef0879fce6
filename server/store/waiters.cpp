#include "server/store/waiters.h"

#include "server/store/store.h"

#include <new>
#include <utility>

namespace kv {

/// A key that is named twice has one place. REQUIRES: places_ has room for it.
void Waiter::join(Waiters& waiters, const HashedKey& key)
{
    auto found = waiters.queues_.find(key);
    if (found == waiters.queues_.end()) {
        found = waiters.queues_
                    .emplace(Waiters::Key{std::string(key.bytes), key.hash}, Waiters::Queue())
                    .first;
    }
    auto& queue = found->second;
    if (!queue.empty() && queue.back() == this) return;
    try {
        queue.push_back(this);
    } catch (...) {
        if (queue.empty()) waiters.queues_.erase(found);
        throw;
    }
    places_.push_back({&waiters, &*found, std::prev(queue.end())});
    state_ = State::queued;
}

void Waiter::leave(State state) noexcept
{
    for (const Place& place : places_) {
        place.queue->second.erase(place.place);
        if (place.queue->second.empty()) {
            auto& queues = place.waiters->queues_;
            const Waiters::Key& key = place.queue->first;
            queues.erase(queues.find(HashedKey{key.bytes, key.hash}));
        }
    }
    places_.clear();
    state_ = state;
}

Waiter* Waiters::serve(Transaction& store, const HashedKey& key)
{
    const auto found = queues_.find(key);
    if (found == queues_.end()) return nullptr;
    const Row row = store.find(key);
    if (!row) return nullptr;
    const ItemType type = row->type;
    for (Waiter* waiter : found->second) {
        try {
            if (waiter->type_ == type && waiter->serve(store, key)) return waiter;
        } catch (...) {
        }
    }
    return nullptr;
}

void Transaction::enqueue(Waiter& waiter, std::span<const HashedKey> keys)
{
    store_.mutex_.assert_held();
    try {
        store_.waiting_clients_.emplace(waiter.client(), &waiter);
        waiter.places_.reserve(keys.size());
        for (const HashedKey& key : keys) waiter.join(space_->waiters, key);
    } catch (...) {
        Serving(*this).remove(waiter, Waiter::State::apart);
        throw;
    }
}

Waiter::State Transaction::end_wait(Waiter& waiter)
{
    if (waiter.state_ == Waiter::State::queued) {
        Serving(*this).remove(waiter, Waiter::State::apart);
    }
    return waiter.state_;
}

void Serving::remove(Waiter& waiter, Waiter::State state) noexcept
{
    transaction_.store_.mutex_.assert_held();
    waiter.leave(state);
    transaction_.store_.waiting_clients_.erase(waiter.client());
}

bool Transaction::unblock(std::uint64_t client, bool with_error)
{
    store_.mutex_.assert_held();
    auto& waiting = store_.waiting_clients_;
    const auto found = waiting.find(client);
    if (found == waiting.end()) return false;
    Waiter& waiter = *found->second;
    woken_.push_back(waiter.mailbox_);
    Serving(*this).remove(waiter, with_error ? Waiter::State::refused : Waiter::State::unblocked);
    return true;
}

std::size_t Transaction::waiting_clients() const
{
    store_.mutex_.assert_held();
    return store_.waiting_clients_.size();
}

namespace {

/// Whether the key may have something for those who wait for it.
bool is_offer(const Change& change)
{
    return change.kind == Change::Kind::stored || change.kind == Change::Kind::edited;
}

}  // namespace

/// Offers every key that was changed to those who wait for it; what they change is offered too.
/// Of a row of changes to one key, as those of a push of many elements, only the last counts.
void Serving::serve_changed() noexcept
{
    for (std::size_t i = 0; i < transaction_.changes_.size(); ++i) {
        const Change change = transaction_.changes_[i];  // a copy: the list grows
        if (change.space->waiters.empty()) continue;
        transaction_.space_ = change.space;
        if (is_offer(change)) {
            const Change* const next =
                i + 1 < transaction_.changes_.size() ? &transaction_.changes_[i + 1] : nullptr;
            if (next && is_offer(*next) && next->item == change.item) continue;
            serve({change.item->key(), change.item->hash()});
        } else if (change.kind == Change::Kind::swapped) {
            serve_space();
        }
    }
}

/// Of a space whose items are others now.
void Serving::serve_space() noexcept
{
    try {
        std::vector<std::pair<std::string, std::uint32_t>> keys;
        transaction_.space_->waiters.visit_keys([&](const HashedKey& key) {
            if (transaction_.find(key)) keys.emplace_back(key.bytes, key.hash);
        });
        for (const auto& [bytes, hash] : keys) serve({bytes, hash});
    } catch (...) {
    }
}

void Serving::serve(const HashedKey& key) noexcept
{
    const auto reserve_one = [this] {
        if (transaction_.woken_.size() == transaction_.woken_.capacity())
            transaction_.woken_.reserve(2 * transaction_.woken_.size() + 1);
    };
    try {
        reserve_one();
        while (Waiter* const waiter = transaction_.space_->waiters.serve(transaction_, key)) {
            transaction_.woken_.push_back(waiter->mailbox_);
            remove(*waiter, Waiter::State::served);
            reserve_one();
        }
    } catch (...) {  // they stay in line, until the key changes again
    }
}

}  // namespace kv
