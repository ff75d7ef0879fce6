#include "client/bench/load.h"

#include "client/bench/driver.h"
#include "client/bench/keys.h"
#include "client/bench/report.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <cmath>
#include <functional>
#include <future>
#include <memory>
#include <numeric>
#include <system_error>
#include <vector>

namespace kv::bench {

namespace {

// Large enough to read large values in few calls, small enough for the L2 cache.
constexpr std::size_t input_bytes = 262'144;

// Small enough that no server must hold back replies while a batch is sent.
constexpr std::size_t prefill_batch_bytes = 65'536;

Descriptor make_epoll()
{
    Descriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll.is_open()) {
        throw std::system_error(errno, std::generic_category(), "cannot create an epoll instance");
    }
    return epoll;
}

template <class Dialect>
class DialectWorker final : public Worker {
public:
    DialectWorker(const Target& target, const Payload& payload, const Options& options, Part part)
        : target_(target),
          payload_(payload),
          options_(options),
          part_(part),
          keys_(options.distribution, options.keys, options.seed * 1000 + part.index),
          choice_(~(options.seed * 1000 + part.index)),
          clients_(part.of(options.clients))
    {
    }

    void connect() override
    {
        for (auto& client : clients_) {
            client.use(target_.connect());
            watch(epoll_, client);
        }
    }

    Tally prefill() override
    {
        auto next = static_cast<std::uint32_t>(part_.first_of(options_.keys));
        LoadProfile profile = default_profile();
        profile.pipeline = std::max<std::size_t>(
            1, prefill_batch_bytes / (options_.value_sizes.max_bytes + max_head_bytes));
        const Bounds bounds{.requests = part_.of(options_.keys)};
        const auto set_next = [&next] { return Request{next++, true}; };
        // Prefilling with a few clients keeps any server busy, and spares a server of threads a
        // thousand.
        return drive(set_next, profile, std::min<std::size_t>(clients_.size(), 16), bounds);
    }

    Tally probe_all() override
    {
        const Bounds bounds{.requests = clients_.size()};
        const auto get = [this] { return Request{keys_.next(), false}; };
        return drive(get, default_profile(), clients_.size(), bounds);
    }

    Tally load(double seconds) override
    {
        // By default timers may fire 50 us late, which is too coarse for pacing requests.
        ::prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
        Bounds bounds{.seconds = seconds};
        if (seconds == 0) bounds.requests = part_.of(options_.requests);
        const double share =
            static_cast<double>(clients_.size()) / static_cast<double>(options_.clients);
        bounds.requests_per_second = options_.rate * share;
        LoadProfile profile = default_profile();
        profile.pipeline = options_.pipeline;
        profile.sets_after_miss = options_.sets_after_miss;
        profile.connects_per_batch = options_.connects_per_request;
        const auto active = std::ceil(options_.active_share * static_cast<double>(clients_.size()));
        const auto mix = [this] {
            return Request{keys_.next(), choice_.unit() >= options_.get_share};
        };
        return drive(mix, profile, static_cast<std::size_t>(active), bounds);
    }

    [[nodiscard]] std::uint64_t answered() const override
    {
        return answered_.load(std::memory_order_relaxed);
    }

private:
    [[nodiscard]] LoadProfile default_profile() const
    {
        return {.timeout_seconds = options_.timeout_seconds};
    }

    template <class Source>
    Tally drive(Source source, LoadProfile profile, std::size_t active, const Bounds& bounds)
    {
        const Shared shared{target_, payload_, epoll_, batch_, input_, answered_};
        return Driver<Dialect, Source>(shared, clients_, source, profile).run(active, bounds);
    }

    const Target& target_;
    const Payload& payload_;
    const Options& options_;
    Part part_;
    KeySequence keys_;
    Random choice_;
    Descriptor epoll_ = make_epoll();
    Batch batch_;
    std::vector<char> input_ = std::vector<char>(input_bytes);
    std::vector<Connection<Dialect>> clients_;
    std::atomic<std::uint64_t> answered_ = 0;
};

}  // namespace

std::unique_ptr<Worker> make_worker(Protocol protocol, const Target& target, const Payload& payload,
                                    const Options& options, Part part)
{
    if (protocol == Protocol::resp) {
        return std::make_unique<DialectWorker<Resp>>(target, payload, options, part);
    }
    return std::make_unique<DialectWorker<MemcachedText>>(target, payload, options, part);
}

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

/// Runs one phase on all workers, each in its own thread, and shows their progress.
Tally run_phase(const Workers& workers, Progress& progress,
                const std::function<Tally(Worker&)>& phase)
{
    std::vector<std::future<Tally>> parts;
    for (const auto& worker : workers) {
        parts.push_back(std::async(std::launch::async, phase, std::ref(*worker)));
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
    result.tally = run_phase(workers, progress,
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
    Tally around;  // faults outside the measurement count for the run
    const auto run = [&](const char* name, double seconds, std::uint64_t requests, auto phase) {
        Progress progress(options, name, seconds, requests);
        around.merge_faults(run_phase(workers, progress, phase));
    };
    const auto probe_all = [](Worker& worker) { return worker.probe_all(); };
    const bool has_idle_clients = options.active_share < 1;

    if (options.prefill) {
        run("storing", 0, options.keys, [](Worker& worker) { return worker.prefill(); });
    }
    if (has_idle_clients) run("asking everyone", 0, options.clients, probe_all);
    if (options.warm_up_seconds > 0) {
        run("warming up", options.warm_up_seconds, 0,
            [&](Worker& worker) { return worker.load(options.warm_up_seconds); });
    }
    Result result = measure(workers, options);
    if (has_idle_clients) run("asking everyone", 0, options.clients, probe_all);
    result.tally.merge_faults(around);
    return result;
}

}  // namespace kv::bench
