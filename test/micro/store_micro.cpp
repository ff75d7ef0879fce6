// What the store's verbs cost, lock included; how they share it between threads.
#include "test/micro/filled_store.h"

#include <benchmark/benchmark.h>

#include <array>

namespace {

using kv::test::FilledStore;

constexpr std::size_t many_items = 100'000;

FilledStore& shared_store()
{
    static FilledStore filled(many_items);
    return filled;
}

void store_get(benchmark::State& state)
{
    FilledStore& filled = shared_store();
    std::size_t next = static_cast<std::size_t>(state.thread_index()) * 5003;
    while (state.KeepRunning()) {
        const kv::HashedKey key = filled.store.hashed(filled.keys[next++ % many_items]);
        kv::Transaction transaction(filled.store);
        benchmark::DoNotOptimize(transaction.read(key));
    }
    state.SetItemsProcessed(state.iterations());
}

/// As a client's requests come that sends 16 at once: the keys looked up ahead, then one by one.
void store_get_ahead(benchmark::State& state)
{
    FilledStore& filled = shared_store();
    std::size_t next = static_cast<std::size_t>(state.thread_index()) * 5003;
    std::array<kv::HashedKey, 16> keys;
    while (state.KeepRunningBatch(keys.size())) {
        for (auto& key : keys) key = filled.store.hashed(filled.keys[next++ % many_items]);
        kv::Transaction(filled.store).prefetch(keys);
        for (const auto& key : keys) {
            kv::Transaction transaction(filled.store);
            benchmark::DoNotOptimize(transaction.read(key));
        }
    }
    state.SetItemsProcessed(state.iterations());
}

void store_miss(benchmark::State& state)
{
    FilledStore& filled = shared_store();
    while (state.KeepRunning()) {
        const kv::HashedKey key = filled.store.hashed("not stored");
        kv::Transaction transaction(filled.store);
        benchmark::DoNotOptimize(transaction.read(key));
    }
}

void store_overwrite(benchmark::State& state)
{
    FilledStore& filled = shared_store();
    std::size_t next = static_cast<std::size_t>(state.thread_index()) * 5003;
    while (state.KeepRunning()) filled.put(filled.keys[next++ % many_items], filled.value);
    state.SetItemsProcessed(state.iterations());
}

void store_new_key(benchmark::State& state)
{
    FilledStore filled(0);
    std::size_t next = 0;
    while (state.KeepRunning()) {
        const auto key = fmt::format_int(next++);
        filled.put({key.data(), key.size()}, filled.value);
    }
}

}  // namespace

BENCHMARK(store_get)->ThreadRange(1, 4)->UseRealTime();
BENCHMARK(store_get_ahead)->ThreadRange(1, 4)->UseRealTime();
BENCHMARK(store_miss);
BENCHMARK(store_overwrite)->ThreadRange(1, 4)->UseRealTime();
BENCHMARK(store_new_key);
