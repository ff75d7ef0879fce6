// store_talk.h: a store and its clock, with shorthands for tests.
#pragma once

#include "server/store/store.h"
#include "test/support/manual_clock.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace kv::test {

struct StoreTalk {
    explicit StoreTalk(std::size_t memory_limit = 0, WhenFull when_full = WhenFull::refuse)
        : store(clock, memory_limit, when_full)
    {
    }

    /// Stores the value; returns its cas number, or 0 when it does not fit.
    std::uint64_t put(std::string_view key, std::string_view value, UnixMillis expires = never)
    {
        auto draft = store.draft(store.hashed(key), value.size());
        if (!draft) return 0;
        std::copy(value.begin(), value.end(), draft->room().begin());
        return Transaction(store).put(std::move(*draft), expires);
    }

    std::string get(std::string_view key)
    {
        const HashedKey hashed = store.hashed(key);
        Transaction transaction(store);
        const Row row = transaction.read(hashed);
        return row ? std::string(row->value()) : "<none>";
    }

    std::uint64_t cas_of(std::string_view key)
    {
        const HashedKey hashed = store.hashed(key);
        Transaction transaction(store);
        const Row row = transaction.find(hashed);
        return row ? row->cas : 0;
    }

    bool touch(std::string_view key, UnixMillis expires)
    {
        const HashedKey hashed = store.hashed(key);
        Transaction transaction(store);
        const Row row = transaction.find(hashed);
        if (row) transaction.expire(row, expires);
        return static_cast<bool>(row);
    }

    bool erase(std::string_view key)
    {
        const HashedKey hashed = store.hashed(key);
        return Transaction(store).erase(hashed);
    }

    void flush(UnixMillis when) { Transaction(store).flush(when); }
    std::size_t size() { return Transaction(store).size(); }
    std::size_t bytes() { return Transaction(store).bytes(); }
    std::size_t expiring() { return Transaction(store).expiring(); }
    StoreCounters counters() { return Transaction(store).counters(); }

    /// Drops everything expired: the sweeper's work, without its pauses.
    void sweep_all()
    {
        while (store.next_expiry() <= clock.now()) (void)store.sweep();
    }

    UnixMillis in(std::chrono::milliseconds span) const { return clock.now() + span; }

    ManualClock clock;
    Store store;
};

}  // namespace kv::test
