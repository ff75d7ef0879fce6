// What it takes to understand a line.
#include "server/memcached/parser.h"

#include <benchmark/benchmark.h>

namespace {

void parse(benchmark::State& state, std::string_view line)
{
    kv::memcached::KeyRoom room;
    while (state.KeepRunning()) {
        benchmark::DoNotOptimize(line);
        kv::memcached::Request request;
        kv::memcached::parse_line(line, room, request);
        benchmark::DoNotOptimize(request);
    }
}

}  // namespace

BENCHMARK_CAPTURE(parse, get, "get key:000000000042");
BENCHMARK_CAPTURE(parse, get_of_10, "get a:1 a:2 a:3 a:4 a:5 a:6 a:7 a:8 a:9 a:10");
BENCHMARK_CAPTURE(parse, set, "set key:000000000042 0 0 100");
BENCHMARK_CAPTURE(parse, meta_get, "mg key:000000000042 v t f");
BENCHMARK_CAPTURE(parse, meta_set, "ms key:000000000042 100 T0");
BENCHMARK_CAPTURE(parse, unknown, "frobnicate key:000000000042");
