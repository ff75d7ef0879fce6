// A whole request, from the stream's bytes to the reply's: all that is ours of it. The figures are
// per request; requests come a hundred at a time, as from a client that sends them in batches.
#include "server/command/converse.h"
#include "server/memcached/dialect.h"
#include "test/micro/filled_store.h"
#include "test/micro/replay.h"
#include "test/support/no_server.h"

#include <benchmark/benchmark.h>

namespace {

constexpr std::size_t items = 10'000;
constexpr std::size_t requests_in_batch = 100;

template <class MakeRequest>
void converse(benchmark::State& state, MakeRequest make_request)
{
    kv::test::FilledStore filled(items);
    kv::test::NoServer server;
    kv::ClientRecord client(1, "memcache", "nowhere", "here");
    std::string batch;
    for (std::size_t i = 0; i < requests_in_batch; ++i)
        batch += make_request(filled, i * 97 % items);
    while (state.KeepRunningBatch(requests_in_batch * 100)) {
        kv::test::Replay peer(batch, 100);
        kv::BufferedStream stream(peer, {});
        kv::memcached::Dialect dialect(filled.store, 1 << 20);
        kv::converse(stream, dialect, {filled.store, server, client}, nullptr);
    }
    state.SetItemsProcessed(state.iterations());
}

void converse_get(benchmark::State& state)
{
    converse(state,
             [](const auto& filled, std::size_t i) { return "get " + filled.keys[i] + "\r\n"; });
}

void converse_set(benchmark::State& state)
{
    converse(state, [](const auto& filled, std::size_t i) {
        return "set " + filled.keys[i] + " 0 0 100\r\n" + filled.value + "\r\n";
    });
}

void converse_meta_get(benchmark::State& state)
{
    converse(state,
             [](const auto& filled, std::size_t i) { return "mg " + filled.keys[i] + " v\r\n"; });
}

}  // namespace

BENCHMARK(converse_get);
BENCHMARK(converse_set);
BENCHMARK(converse_meta_get);
