// waiters.h: clients that sleep until a key has what they wait for.
//
// A waiter stands in the queue of each of its keys. The transaction that changes such a key offers
// it, when it ends and still under the lock, to those who wait, first come, first served; one that
// takes it leaves all its queues there and then. So an element goes to the longest waiter, and no
// later client can overtake it; and whoever gives up leaves its queues under the same lock, so that
// nothing is handed to a client that has gone.
#pragma once

#include "common/mailbox.h"
#include "server/store/item.h"

#include <boost/container/small_vector.hpp>

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>

namespace kv {

struct Space;
class Transaction;
class Waiter;

/// The queues of a space, by key. Under the store's lock.
class Waiters {
public:
    [[nodiscard]] bool empty() const { return queues_.empty(); }

    /// Whether somebody waits for this key.
    [[nodiscard]] bool any(const HashedKey& key) const { return queues_.contains(key); }

    /// The longest waiter that takes what `key` has now, or null: nobody does, or nobody waits.
    [[nodiscard]] Waiter* serve(Transaction& store, const HashedKey& key);

    /// Calls visit(key) for every key that somebody waits for.
    template <class Visit>
    void visit_keys(Visit visit) const
    {
        for (const auto& [key, queue] : queues_) visit(HashedKey{key.bytes, key.hash});
    }

private:
    friend class Waiter;

    struct Key {
        std::string bytes;
        std::uint32_t hash;
    };
    struct HashOfKey {
        using is_transparent = void;
        std::size_t operator()(const Key& key) const noexcept { return key.hash; }
        std::size_t operator()(const HashedKey& key) const noexcept { return key.hash; }
    };
    struct SameKey {
        using is_transparent = void;
        bool operator()(const Key& a, const Key& b) const { return a.bytes == b.bytes; }
        bool operator()(const HashedKey& a, const Key& b) const { return a.bytes == b.bytes; }
        bool operator()(const Key& a, const HashedKey& b) const { return a.bytes == b.bytes; }
    };
    using Queue = std::list<Waiter*>;
    using Queues = std::unordered_map<Key, Queue, HashOfKey, SameKey>;

    Queues queues_;
};

/// A client's wait. Lives in its session's thread; queued, offered to and taken out under the
/// store's lock.
class Waiter {
public:
    enum class State : std::uint8_t {
        apart,      ///< in no queue
        queued,     ///< waits
        served,     ///< took what it waited for
        unblocked,  ///< another client has ended its wait, as if the time were over
        refused,    ///< the same, with an error
    };

    /// For something that a value of `type` has. The mailbox, which is open, wakes the client's
    /// thread.
    Waiter(std::uint64_t client, std::shared_ptr<Mailbox> mailbox, ItemType type)
        : client_(client), mailbox_(std::move(mailbox)), type_(type)
    {
    }
    virtual ~Waiter() = default;  ///< REQUIRES: not queued
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    [[nodiscard]] std::uint64_t client() const { return client_; }

    // The rest is under the store's lock.

    /// Takes what it waits for if `key`, which has such a value, has it; whether it did. In the
    /// thread that changed the key: brief, without I/O; may edit. May throw std::bad_alloc with the
    /// store unchanged: then it stays in line.
    virtual bool serve(Transaction& store, const HashedKey& key) = 0;

    [[nodiscard]] State state() const { return state_; }

private:
    friend class Serving;
    friend class Transaction;
    friend class Waiters;

    void join(Waiters& waiters, const HashedKey& key);
    void leave(State state) noexcept;

    struct Place {
        Waiters* waiters;
        Waiters::Queues::pointer queue;
        Waiters::Queue::iterator place;
    };

    const std::uint64_t client_;
    const std::shared_ptr<Mailbox> mailbox_;
    const ItemType type_;
    State state_ = State::apart;
    boost::container::small_vector<Place, 1> places_;
};

/// Those that wait, by their client's id.
using WaitingClients = std::unordered_map<std::uint64_t, Waiter*>;

/// What a transaction does for those that wait, before it ends and still under the lock.
class Serving {
public:
    explicit Serving(Transaction& transaction) : transaction_(transaction) {}

    /// Offers what the transaction has changed. Leaves it in another space perhaps.
    void serve_changed() noexcept;

    void remove(Waiter& waiter, Waiter::State state) noexcept;

private:
    void serve_space() noexcept;
    void serve(const HashedKey& key) noexcept;

    Transaction& transaction_;
};

}  // namespace kv
