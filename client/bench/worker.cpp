#include "client/bench/worker.h"

#include "client/bench/driver.h"
#include "client/bench/key_sequence.h"

#include <sys/prctl.h>

#include <cmath>
#include <system_error>
#include <vector>

namespace kv::bench {

namespace {

// Large values are read in few calls, and the buffer still fits the second cache.
constexpr std::size_t input_bytes = 262'144;

// Small enough that no server has to hold back replies while it is being filled.
constexpr std::size_t prefill_batch_bytes = 65'536;

Descriptor make_epoll()
{
    Descriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll.is_open()) {
        throw std::system_error(errno, std::generic_category(), "cannot make an epoll");
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
        Manners manners = usual_manners();
        manners.pipeline = std::max<std::size_t>(
            1, prefill_batch_bytes / (options_.value_sizes.max_bytes + max_head_bytes));
        const Bounds bounds{.requests = part_.of(options_.keys)};
        const auto set_next = [&next] { return Request{next++, true}; };
        // A handful of clients keeps any server busy; one that threads need not fill a thousand.
        return drive(set_next, manners, std::min<std::size_t>(clients_.size(), 16), bounds);
    }

    Tally ask_everyone() override
    {
        const Bounds bounds{.requests = clients_.size()};
        const auto get = [this] { return Request{keys_.next(), false}; };
        return drive(get, usual_manners(), clients_.size(), bounds);
    }

    Tally load(double seconds) override
    {
        // Timers may fire 50 us late unless told otherwise: too coarse to pace requests with.
        ::prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
        Bounds bounds{.seconds = seconds};
        if (seconds == 0) bounds.requests = part_.of(options_.requests);
        const double share =
            static_cast<double>(clients_.size()) / static_cast<double>(options_.clients);
        bounds.requests_per_second = options_.rate * share;
        Manners manners = usual_manners();
        manners.pipeline = options_.pipeline;
        manners.sets_after_miss = options_.sets_after_miss;
        manners.connects_per_batch = options_.connects_per_request;
        const auto active = std::ceil(options_.active_share * static_cast<double>(clients_.size()));
        const auto mix = [this] {
            return Request{keys_.next(), choice_.unit() >= options_.get_share};
        };
        return drive(mix, manners, static_cast<std::size_t>(active), bounds);
    }

    [[nodiscard]] std::uint64_t answered() const override
    {
        return answered_.load(std::memory_order_relaxed);
    }

private:
    [[nodiscard]] Manners usual_manners() const
    {
        return {.timeout_seconds = options_.timeout_seconds};
    }

    template <class Source>
    Tally drive(Source source, Manners manners, std::size_t active, const Bounds& bounds)
    {
        const Surroundings around{target_, payload_, epoll_, batch_, input_, answered_};
        return Driver<Dialect, Source>(around, clients_, source, manners).run(active, bounds);
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

}  // namespace kv::bench
