// What the store's verbs cost, lock included; how they share it between threads.
#include "test/micro/filled_store.h"

#include <benchmark/benchmark.h>

namespace {

using kv::test::FilledStore;

constexpr std::size_t items = 100'000;

FilledStore& shared_store()
{
    static FilledStore filled(items);
    return filled;
}

void store_get(benchmark::State& state)
{
    FilledStore& filled = shared_store();
    std::size_t next = static_cast<std::size_t>(state.thread_index()) * 5003;
    while (state.KeepRunning()) {
        const kv::HashedKey key = filled.store.hashed(filled.keys[next++ % items]);
        kv::Transaction transaction(filled.store);
        benchmark::DoNotOptimize(transaction.fetch(key));
    }
    state.SetItemsProcessed(state.iterations());
}

void store_miss(benchmark::State& state)
{
    FilledStore& filled = shared_store();
    while (state.KeepRunning()) {
        const kv::HashedKey key = filled.store.hashed("not stored");
        kv::Transaction transaction(filled.store);
        benchmark::DoNotOptimize(transaction.fetch(key));
    }
}

void store_overwrite(benchmark::State& state)
{
    FilledStore& filled = shared_store();
    std::size_t next = static_cast<std::size_t>(state.thread_index()) * 5003;
    while (state.KeepRunning()) filled.put(filled.keys[next++ % items], filled.value);
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
BENCHMARK(store_miss);
BENCHMARK(store_overwrite)->ThreadRange(1, 4)->UseRealTime();
BENCHMARK(store_new_key);
