#include "server/command/command_times.h"

#include <cmath>
#include <new>
#include <numeric>

namespace kv {

std::uint64_t CommandTally::calls() const
{
    return std::accumulate(times.counts.begin(), times.counts.end(), std::uint64_t{0});
}

double CommandTally::sum() const
{
    double sum = 0;
    double first = 0;
    for (std::size_t bucket = 0; bucket < Histogram::buckets; ++bucket) {
        const auto last = static_cast<double>(Histogram::last_of(bucket));
        sum += static_cast<double>(times.counts[bucket]) * (first + last) / 2;
        first = last + 1;
    }
    return sum;
}

std::uint64_t CommandTally::percentile(double share) const
{
    const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(calls())));
    std::uint64_t count = 0;
    std::size_t bucket = 0;
    for (; bucket + 1 < Histogram::buckets; ++bucket) {
        count += times.counts[bucket];
        if (count >= wanted) break;
    }
    return Histogram::last_of(bucket);
}

CommandTimes::~CommandTimes()
{
    for (const auto& counts : counts_) delete counts.load();
}

/// Of two threads that make them at once the second takes those of the first.
[[gnu::noinline]] CommandTimes::Counts* CommandTimes::make_counts(std::size_t place) noexcept
{
    std::unique_ptr<Counts> made(new (std::nothrow) Counts);
    Counts* present = nullptr;
    if (made && counts_[place].compare_exchange_strong(present, made.get())) return made.release();
    return present;
}

void CommandTimes::count_failed(std::size_t command, std::uint64_t client) noexcept
{
    if (Counts* counts = counts_of(command, client)) ++counts->failed;
}

void CommandTimes::count_rejected(std::size_t command, std::uint64_t client) noexcept
{
    if (Counts* counts = counts_of(command, client)) ++counts->rejected;
}

CommandTally CommandTimes::of(std::size_t command) const
{
    CommandTally tally;
    for (std::size_t copy = 0; copy < copies; ++copy) {
        const Counts* counts = counts_[command * copies + copy].load(std::memory_order_acquire);
        if (counts == nullptr) continue;
        tally.failed += counts->failed;
        tally.rejected += counts->rejected;
        for (std::size_t i = 0; i < Histogram::buckets; ++i) {
            tally.times.counts[i] += counts->times[i].load(std::memory_order_relaxed);
        }
    }
    return tally;
}

void CommandTimes::reset()
{
    for (const auto& place : counts_) {
        Counts* counts = place.load(std::memory_order_acquire);
        if (counts == nullptr) continue;
        counts->failed = 0;
        counts->rejected = 0;
        for (auto& count : counts->times) count.store(0, std::memory_order_relaxed);
    }
}

}  // namespace kv
