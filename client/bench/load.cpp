#include "client/bench/load.h"

#include "client/bench/progress.h"
#include "client/bench/worker.h"

#include <functional>
#include <future>
#include <memory>
#include <numeric>
#include <vector>

#include <unistd.h>

namespace kv::bench {

namespace {

using Workers = std::vector<std::unique_ptr<Worker>>;

Workers make_workers(const Options& options, const Target& target, const Payload& payload)
{
    Workers workers;
    for (unsigned i = 0; i < options.threads; ++i) {
        workers.push_back(make_worker(protocol_of(options.uri), target, payload, options,
                                      {.index = i, .count = options.threads}));
        workers.back()->connect();
    }
    return workers;
}

std::uint64_t answered_by(const Workers& workers)
{
    return std::accumulate(
        workers.begin(), workers.end(), std::uint64_t{0},
        [](std::uint64_t sum, const auto& worker) { return sum + worker->answered(); });
}

/// Takes all workers through one stage, each in its own thread; shows how far they are meanwhile.
Tally run_stage(const Workers& workers, Progress& progress,
                const std::function<Tally(Worker&)>& stage)
{
    std::vector<std::future<Tally>> parts;
    for (const auto& worker : workers) {
        parts.push_back(std::async(std::launch::async, stage, std::ref(*worker)));
    }
    Tally whole;
    const std::uint64_t before = answered_by(workers);
    for (auto& part : parts) {
        while (part.wait_for(progress.interval()) != std::future_status::ready) {
            progress.show(answered_by(workers) - before);
        }
        whole.merge(part.get());
    }
    return whole;
}

Result measure(const Workers& workers, const Options& options)
{
    Progress progress(options, "measuring", options.duration_seconds, options.requests);
    Result result;
    const double client_before = cpu_seconds(::getpid());
    const double server_before = options.server_pid != 0 ? cpu_seconds(options.server_pid) : 0;
    result.tally = run_stage(workers, progress,
                             [&](Worker& worker) { return worker.load(options.duration_seconds); });
    result.client_cpu_seconds = cpu_seconds(::getpid()) - client_before;
    result.seconds = static_cast<double>(result.tally.end_ns - result.tally.begin_ns) / 1e9;
    if (options.server_pid != 0) {
        result.server = ServerUse{cpu_seconds(options.server_pid) - server_before,
                                  memory_of(options.server_pid)};
    }
    return result;
}

}  // namespace

Result run_load(const Options& options)
{
    const Target target(options.uri);
    const Payload payload(options.value_sizes);
    const Workers workers = make_workers(options, target, payload);
    Tally around;  // faults outside the measurement are faults of the run
    const auto run = [&](const char* name, double seconds, std::uint64_t requests, auto stage) {
        Progress progress(options, name, seconds, requests);
        around.merge_faults(run_stage(workers, progress, stage));
    };
    const auto ask_everyone = [](Worker& worker) { return worker.ask_everyone(); };
    const bool has_idle_clients = options.active_share < 1;

    if (options.prefill) {
        run("storing", 0, options.keys, [](Worker& worker) { return worker.prefill(); });
    }
    if (has_idle_clients) run("asking everyone", 0, options.clients, ask_everyone);
    if (options.warm_up_seconds > 0) {
        run("warming up", options.warm_up_seconds, 0,
            [&](Worker& worker) { return worker.load(options.warm_up_seconds); });
    }
    Result result = measure(workers, options);
    if (has_idle_clients) run("asking everyone", 0, options.clients, ask_everyone);
    result.tally.merge_faults(around);
    return result;
}

}  // namespace kv::bench
