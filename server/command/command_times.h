// command_times.h: how often each command was called, and how long the calls took.
//
// Counting costs some twenty instructions a call: the processor's own counter is read before and
// after, and one number goes up, in a histogram like those of HdrHistogram: eight buckets to each
// doubling, so that a time read from it is right to an eighth.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace kv {

/// The processor's counter, which goes up at an even pace.
[[nodiscard]] inline std::uint64_t ticks()
{
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
    std::uint64_t count = 0;
    asm volatile("mrs %0, cntvct_el0" : "=r"(count));
    return count;
#else
    return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
#endif
}

/// What a tick is worth: found by comparing the counter with the clock, over the time that has
/// passed since this was made. Any thread may call it.
class TickRate {
public:
    /// After a millisecond it is right to 0.01 %.
    [[nodiscard]] double per_microsecond() const
    {
        const std::chrono::duration<double, std::micro> elapsed =
            std::chrono::steady_clock::now() - since_;
        const auto counted = static_cast<double>(ticks() - ticks_);
        return counted > 0 && elapsed.count() > 0 ? counted / elapsed.count() : 1;
    }

    [[nodiscard]] bool is_exact() const
    {
        return std::chrono::steady_clock::now() - since_ > std::chrono::milliseconds(1);
    }

private:
    std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
    std::uint64_t ticks_ = ticks();
};

/// Times in ticks, and how many there were of each.
class Histogram {
public:
    static constexpr std::size_t buckets = 496;

    /// 0 to 15 have buckets of their own; of the doublings behind them each has eight.
    [[nodiscard]] static std::size_t bucket_of(std::uint64_t ticks)
    {
        const auto doublings = static_cast<unsigned>(std::bit_width(ticks | 8U)) - 4;
        return (std::size_t{doublings} << 3U) + (ticks >> doublings);
    }

    /// The last time that belongs to it.
    [[nodiscard]] static std::uint64_t last_of(std::size_t bucket)
    {
        const std::size_t doublings = bucket < 16 ? 0 : bucket / 8 - 1;
        return ((bucket - 8 * doublings + 1) << doublings) - 1;
    }

    std::array<std::uint64_t, buckets> counts{};
};

/// Of one command, or of several.
struct CommandTally {
    std::uint64_t failed = 0;    ///< calls that were answered with an error
    std::uint64_t rejected = 0;  ///< requests that were no calls
    Histogram times;

    [[nodiscard]] std::uint64_t calls() const;

    /// All together, in ticks, right to a few percent.
    [[nodiscard]] double sum() const;

    /// The time, in ticks, that `share` of the calls did not pass. REQUIRES: there are calls.
    [[nodiscard]] std::uint64_t percentile(double share) const;
};

/// The caller numbers the commands. Any thread may call it.
class CommandTimes {
public:
    static constexpr std::size_t most_commands = 512;

    CommandTimes() = default;
    ~CommandTimes();
    CommandTimes(const CommandTimes&) = delete;
    CommandTimes& operator=(const CommandTimes&) = delete;

    /// Counts a call that took so many ticks; `client` says which of the copies is used, so that
    /// clients seldom meet at one. What no memory is found for is not counted.
    void add(std::size_t command, std::uint64_t client, std::uint64_t ticks) noexcept
    {
        if (Counts* counts = counts_of(command, client)) {
            counts->times[Histogram::bucket_of(ticks)].fetch_add(1, std::memory_order_relaxed);
        }
    }

    void count_failed(std::size_t command, std::uint64_t client) noexcept;
    void count_rejected(std::size_t command, std::uint64_t client) noexcept;

    [[nodiscard]] CommandTally of(std::size_t command) const;

    void reset();

private:
    struct Counts {
        std::atomic<std::uint64_t> failed{0};
        std::atomic<std::uint64_t> rejected{0};
        std::array<std::atomic<std::uint64_t>, Histogram::buckets> times{};
    };

    static constexpr std::size_t copies = 4;

    [[nodiscard]] Counts* counts_of(std::size_t command, std::uint64_t client) noexcept
    {
        const std::size_t place = command * copies + client % copies;
        Counts* counts = counts_[place].load(std::memory_order_acquire);
        return counts != nullptr ? counts : make_counts(place);
    }
    [[nodiscard]] Counts* make_counts(std::size_t place) noexcept;

    std::array<std::atomic<Counts*>, most_commands * copies> counts_{};
};

}  // namespace kv
