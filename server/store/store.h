// store.h: the shared map and its one lock.
//
//   Store store(clock, limit);
//   auto draft = store.draft(store.hashed("greeting"), 5);  // memory, before the bytes arrive
//   std::memcpy(draft->room().data(), "hello", 5);          // no lock held: nobody else sees it
//   Transaction(store).put(std::move(*draft), never);       // the lock, for as long as this line
//
// Everything done to stored items goes through a Transaction, which holds the lock while it lives.
// One command is one transaction, so a compound one (add, incr, cas) is atomic by itself.
#pragma once

#include "common/clock.h"
#include "common/mutex.h"
#include "server/store/change.h"
#include "server/store/counters.h"
#include "server/store/draft.h"
#include "server/store/eviction.h"
#include "server/store/space.h"
#include "server/store/trash.h"
#include "server/store/when_full.h"

#include <memory>
#include <vector>

namespace kv {

/// Any thread may call it. Outlives every transaction and draft.
class Store final : public DraftSource {
public:
    /// `clock` outlives the store, and so does `watch`, which is told of waits for the lock unless
    /// it is null; `memory_limit` in bytes, 0 for none; of `databases` there is at least one.
    Store(const Clock& clock, std::size_t memory_limit, WhenFull when_full = WhenFull::refuse,
          LockWatch* watch = nullptr, std::uint32_t databases = 16);

    [[nodiscard]] std::optional<Draft> draft(const HashedKey& key, std::size_t bytes) override;
    [[nodiscard]] std::optional<Charge> reserve(std::size_t bytes) override;
    [[nodiscard]] HashedKey hashed(std::string_view key) const override { return hash_(key); }
    void prefetch(std::span<const HashedKey> keys) override;

    /// Whether `bytes` more fit the memory limit, after a few steps that drop expired items and, if
    /// the store evicts, as many others as it takes. Each step takes the lock; to be called without
    /// it.
    bool make_room(std::size_t bytes) { return budget_.has_room(bytes) || reserve(bytes); }

    /// Between two steps that take the lock, and without it: lets those in first who wait for it.
    void let_others_in() { mutex_.let_waiters_in(); }

    /// Drops expired items of the next few buckets, and others if the store evicts and has more
    /// than its limit, under one short lock. false: there is nothing to drop for now; the time
    /// returned by next_expiry() says when to come back.
    bool sweep();

    /// No item expires, and no delayed flush is due, before this time.
    [[nodiscard]] UnixMillis next_expiry();

    /// Changes the limit. What is stored beyond it is evicted by sweep(), or stays, and then
    /// nothing is added until it fits.
    void set_memory_limit(std::size_t bytes) { budget_.set_limit(bytes); }

    /// The database whose number `name` is, or else the private space of that name; made when it is
    /// first asked for. A private space lives as long as somebody has it. null: there is no
    /// database of that number. Throws std::bad_alloc.
    [[nodiscard]] SpacePtr space(std::string_view name);

    [[nodiscard]] const Clock& clock() const { return clock_; }
    [[nodiscard]] const MemoryBudget& budget() const { return budget_; }

    /// For what waits because its client does not read: beside the budget. Evicts nothing.
    [[nodiscard]] MemorySource& waiting() { return waiting_; }

    /// What is in memory beside the limit: held for clients, and waiting.
    [[nodiscard]] std::size_t unheeded_bytes() const;

    /// What is in memory beside what is stored.
    [[nodiscard]] Unstored& unstored() { return unstored_; }

    /// Withholds a part of the limit from a store that evicts (see MemoryBudget).
    void withhold(std::size_t bytes);

private:
    friend class Serving;
    friend class Transaction;

    [[nodiscard]] std::optional<Charge> gather(std::size_t bytes);
    [[nodiscard]] bool must_shrink() const KV_REQUIRES(mutex_);
    [[nodiscard]] SpacePtr space_called(std::string_view name) KV_REQUIRES(mutex_);
    [[nodiscard]] SpacePtr database(std::uint32_t number) KV_REQUIRES(mutex_);
    [[nodiscard]] SpacePtr new_space(std::uint32_t number, std::string_view name)
        KV_REQUIRES(mutex_);
    void remove(Space* gone) noexcept;
    [[nodiscard]] std::shared_ptr<Table> new_table();

    const Clock& clock_;
    const KeyHash hash_;
    const WhenFull when_full_;
    MemoryBudget budget_;
    WaitingMemory waiting_{budget_};
    Unstored unstored_{budget_};
    LockWatch* const lock_watch_;

    Mutex mutex_{LockRank::store};
    Spaces spaces_ KV_GUARDED_BY(mutex_);
    const SpacePtr first_;
    std::uint64_t last_version_ KV_GUARDED_BY(mutex_) = 0;
    StoreCounters counters_ KV_GUARDED_BY(mutex_);
    Eviction eviction_ KV_GUARDED_BY(mutex_);
    std::vector<ChangeListener*> listeners_ KV_GUARDED_BY(mutex_);
    WaitingClients waiting_clients_ KV_GUARDED_BY(mutex_);
};

/// What a put may say beside the expiry.
struct PutOptions {
    std::optional<std::uint64_t> cas = {};  ///< the number the client chose; else a new one
    Usage usage = {};                       ///< what is known of the item's use already
};

/// The lock, for a scope, and the verbs that need it. Holds it from construction to destruction, so
/// nothing slow belongs between the two: no socket, no log, no hashing. It ends in commit(). Used
/// by one thread; a thread has at most one at a time.
class KV_SCOPED_CAPABILITY Transaction {
public:
    /// For the space `in`, which is one of the store's and outlives it; null: database 0.
    explicit Transaction(Store& store, Space* in = nullptr) KV_ACQUIRE(store.mutex_) KV_UNCHECKED;
    ~Transaction() KV_RELEASE() KV_UNCHECKED { commit(); }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    /// From now on the verbs are for this space.
    void use(Space& space);
    [[nodiscard]] Space& space() const { return *space_; }

    /// As Store::space. The next leave() allocates nothing.
    [[nodiscard]] SpacePtr find_space(std::string_view name);

    /// The databases that have been asked for so far.
    [[nodiscard]] std::vector<Space*> databases() const;

    /// Lets go of a space after the lock, since a private one may end with that.
    void leave(SpacePtr space);

    /// Exchanges the items of two spaces. Throws std::bad_alloc with nothing changed, as move().
    void swap(Space& a, Space& b);

    /// Moves an item to another space; false: it is not there, or its key is taken there.
    bool move(const HashedKey& key, Space& to);

    /// The item stored under `key`, without counting this as a use of it; one whose time is over is
    /// dropped and not found.
    [[nodiscard]] Row find(const HashedKey& key);

    /// As find, for a reader: counts as a use.
    [[nodiscard]] Row read(const HashedKey& key);

    /// Brings what is stored under these keys into the processor's cache: to call before many keys
    /// are looked up, or some time before a few. Finds nothing itself.
    void prefetch(std::span<const HashedKey> keys) const;

    /// As Store::draft, for a value that depends on what is stored; only for short values, since
    /// the memory is taken and filled under the lock. Makes room by a step of sweeping and by
    /// evicting a few items: rows found before are gone then, but that of `key` stays.
    [[nodiscard]] std::optional<Draft> draft(const HashedKey& key, std::size_t value_bytes);

    /// Sets `bytes` aside, for drafts of this transaction, which cannot be refused from now on;
    /// what its puts replace is added to them. They are to be as many as its drafts will take at
    /// once, or the limit is passed. `room` counts towards them: what the store has reserved.
    /// false: there is no room for them, and none to be made in a step. Rows found before are gone.
    [[nodiscard]] bool admit(std::size_t bytes, std::optional<Charge> room = {});

    /// Stores the draft in place of what its key had. Gives it a new cas number, or the one named,
    /// and returns it. An item whose time is over already is stored all the same, and not found
    /// afterwards. Throws std::bad_alloc with the store unchanged.
    std::uint64_t put(Draft draft, UnixMillis expires, PutOptions options = {});

    /// The same for a collection that is not empty. What it takes cannot be refused.
    void put(const HashedKey& key, std::unique_ptr<Collection> made, ItemType type,
             UnixMillis expires);

    /// Adds to what this transaction may take for collections and drafts, which are not refused
    /// from now on, and evict nothing: to be asked for, with reserve(), before the lock.
    void provide(Charge room);

    /// Takes `bytes` for that, as draft() does: may evict, but not `kept`. nullopt: no memory.
    [[nodiscard]] std::optional<Charge> reserve(std::size_t bytes, const HashedKey& kept);

    /// Moves a collection to the key `to`, in the place of what that had, with its expiry.
    /// Throws std::bad_alloc with the store unchanged.
    void rename(const Row& row, const HashedKey& to);

    // The verbs below keep the value. They throw std::bad_alloc with the store unchanged.

    /// Changes when an item expires. Its cas number stays.
    void expire(const Row& row, UnixMillis expires);

    /// Gives an item a new cas number, or the one named, and returns it.
    std::uint64_t renumber(const Row& row, std::optional<std::uint64_t> cas = {});

    /// Changes what the meta commands note on an item.
    void mark(const Row& row, Marks marks);

    /// Drops the item stored under `key`; false when there was none.
    bool erase(const HashedKey& key);

    /// Drops everything that is stored by the time `when` comes: now if it has, which returns the
    /// table that was dropped, so that the caller can look at it after the lock is gone; else null.
    std::shared_ptr<Table> flush(UnixMillis when);

    /// Calls visit(row) for the rows of the cursor's bucket and moves the cursor on, as
    /// Table::visit_bucket; items whose time is over are left out.
    template <class Visit>
    bool visit_bucket(Table::Cursor& cursor, Visit visit);

    /// The same for the next few buckets.
    template <class Visit>
    bool walk(Table::Cursor& cursor, Visit visit);

    /// As Table::place, to begin a walk by chance.
    [[nodiscard]] Table::Cursor place(std::size_t a, std::size_t b) const;

    /// From the next change on `listener`, which is not one yet, is told of each until it is
    /// removed.
    void add_listener(ChangeListener& listener);
    void remove_listener(ChangeListener& listener);

    /// Puts `waiter`, which is apart, behind all others in the queues of these keys. Throws
    /// std::bad_alloc with the waiter apart.
    void enqueue(Waiter& waiter, std::span<const HashedKey> keys);

    /// Takes the waiter out of its queues if it still waits; returns what has become of it.
    Waiter::State end_wait(Waiter& waiter);

    /// Ends the wait of a client; false: it does not wait. Throws std::bad_alloc.
    bool unblock(std::uint64_t client, bool with_error);

    [[nodiscard]] std::size_t waiting_clients() const;

    /// That of the last change.
    [[nodiscard]] std::uint64_t version() const;

    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] std::size_t bytes() const;
    [[nodiscard]] std::size_t expiring() const;
    [[nodiscard]] StoreCounters& counters();

    /// The time, read once for the whole transaction.
    [[nodiscard]] UnixMillis now() const { return now_; }

    /// The same in whole seconds, as items note their last use.
    [[nodiscard]] std::uint32_t seconds() const;

private:
    friend class Store;
    friend class OpenedItem;
    friend class Serving;

    [[nodiscard]] Charge take(std::size_t bytes);
    void settle(Collection& collection) noexcept;
    void note_edit(const Row& row);
    void give_back(Charge freed);
    [[nodiscard]] Charge dispose(ItemPtr item, std::uint32_t own_references = 1);
    bool gather(Charge& room, std::size_t bytes, int evictions, const HashedKey& kept);
    [[nodiscard]] std::optional<Charge> evict_one(const HashedKey& kept);
    bool sweep_next();
    bool sweep_step(bool shrinks);
    void shrink(std::span<Row> rows);
    Charge drop(const Row& row);
    Charge take_out(const HashedKey& key, Change::Kind why = Change::Kind::dropped);
    std::shared_ptr<Table> flush_now();
    void flush_due();
    std::uint64_t note(Change::Kind kind, ItemPtr item);
    void reserve_notes(std::size_t count);
    [[nodiscard]] bool is_heard() const;
    void commit() noexcept KV_UNCHECKED;

    Store& store_;
    Space* space_;
    const UnixMillis now_;
    std::unique_lock<Mutex> lock_;
    std::vector<Change> changes_;  ///< empty while nobody listens
    Trash trash_;
    std::vector<std::shared_ptr<Mailbox>> woken_;  ///< of the waiters that have been served
    std::optional<Charge> admitted_;               ///< what is left of what admit() has set aside
};

}  // namespace kv
