// What it takes to write an answer into the stream.
#include "server/memcached/encoder.h"
#include "server/memcached/parser.h"
#include "test/micro/filled_store.h"
#include "test/micro/replay.h"

#include <benchmark/benchmark.h>

namespace {

using kv::memcached::Request;

void encode(benchmark::State& state, const Request& request, const kv::memcached::Reply& reply)
{
    kv::test::Replay nobody("", 0);
    kv::BufferedStream stream(nobody, {});
    while (state.KeepRunning()) kv::memcached::write_reply(stream, request, reply);
    stream.flush();
    const auto iterations = static_cast<double>(state.iterations());
    state.counters["bytes"] = static_cast<double>(nobody.bytes_written()) / iterations;
}

void encode_hit(benchmark::State& state)
{
    kv::test::FilledStore filled(0);
    const std::string key = "key:000000000042";
    filled.put(key, std::string(static_cast<std::size_t>(state.range(0)), 'v'));
    const kv::HashedKey hashed = filled.store.hashed(key);
    const kv::ItemPtr item = kv::Transaction(filled.store).read(hashed).item();
    encode(state, kv::memcached::Request(kv::memcached::Get{}), kv::Found{item, item->cas});
}

void encode_miss(benchmark::State& state)
{
    encode(state, kv::memcached::Request(kv::memcached::Get{}), kv::memcached::Outcome::not_found);
}

void encode_stored(benchmark::State& state)
{
    encode(state, kv::memcached::Request(kv::memcached::Put{}),
           kv::memcached::PutResult{kv::memcached::Outcome::stored});
}

}  // namespace

BENCHMARK(encode_hit)->Arg(16)->Arg(100)->Arg(4096)->Arg(65'536);
BENCHMARK(encode_miss);
BENCHMARK(encode_stored);
