// memory_budget.h: how many bytes items may take together, and how many they take.
#pragma once

#include "common/memory_source.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <optional>
#include <utility>

namespace kv {

/// Any thread may call anything. A limit of 0 is none.
class MemoryBudget {
public:
    explicit MemoryBudget(std::size_t limit) : limit_(limit) {}

    /// Counts `bytes` as used; false, with nothing counted, when they would pass the limit.
    [[nodiscard]] bool take(std::size_t bytes);

    /// The same whatever the limit is: for what cannot be refused any more.
    void take_beyond(std::size_t bytes) { used_.fetch_add(bytes, std::memory_order_relaxed); }

    void give_back(std::size_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }

    void set_limit(std::size_t bytes) { limit_.store(bytes, std::memory_order_relaxed); }

    /// Whether `bytes` more would fit at this moment.
    [[nodiscard]] bool has_room(std::size_t bytes) const
    {
        return limit() == 0 || used() + bytes <= limit();
    }

    /// By how much the limit is exceeded: it has been lowered since.
    [[nodiscard]] std::size_t excess() const
    {
        const std::size_t most = limit();
        const std::size_t taken = used();
        return most != 0 && taken > most ? taken - most : 0;
    }

    [[nodiscard]] std::size_t used() const { return used_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::size_t limit() const { return limit_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::size_t> limit_;
    std::atomic<std::size_t> used_{0};
};

/// Adds `bytes` to `used` unless that passes `most`, 0 being no limit. Nothing is counted on trial:
/// a request that is refused must not make another one's fail.
[[nodiscard]] inline bool take_within(std::size_t most, std::atomic<std::size_t>& used,
                                      std::size_t bytes)
{
    std::size_t before = used.load(std::memory_order_relaxed);
    do {
        if (most != 0 && (before > most || bytes > most - before)) return false;
    } while (!used.compare_exchange_weak(before, before + bytes, std::memory_order_relaxed));
    return true;
}

inline bool MemoryBudget::take(std::size_t bytes)
{
    return take_within(limit(), used_, bytes);
}

/// For what waits because clients do not read: beside a budget, a quarter of its limit at most. So
/// a store full of items does not stop those clients, and they neither evict its items nor have the
/// writes of others refused. Any thread may call anything.
class WaitingMemory final : public MemorySource {
public:
    /// `budget`, of which only the limit counts, outlives this.
    explicit WaitingMemory(const MemoryBudget& budget) : budget_(budget) {}

    [[nodiscard]] bool take(std::size_t bytes) override
    {
        const std::size_t limit = budget_.limit();
        const std::size_t quarter = limit == 0 ? 0 : std::max<std::size_t>(1, limit / 4);
        return take_within(quarter, used_, bytes);
    }

    void give_back(std::size_t bytes) override
    {
        used_.fetch_sub(bytes, std::memory_order_relaxed);
    }

    [[nodiscard]] std::size_t used() const { return used_.load(std::memory_order_relaxed); }

private:
    const MemoryBudget& budget_;
    std::atomic<std::size_t> used_{0};
};

/// Bytes taken from a budget, given back when this goes, unless whoever stores them keeps them.
class Charge {
public:
    Charge() = default;
    Charge(MemoryBudget& budget, std::size_t bytes) : budget_(&budget), bytes_(bytes) {}
    Charge(Charge&& other) noexcept
        : budget_(std::exchange(other.budget_, nullptr)), bytes_(std::exchange(other.bytes_, 0))
    {
    }
    Charge& operator=(Charge&& other) noexcept
    {
        std::swap(budget_, other.budget_);
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    ~Charge()
    {
        if (budget_ != nullptr) budget_->give_back(bytes_);
    }

    /// Takes over what `other` answers for; of the same budget.
    void add(Charge other)
    {
        budget_ = other.budget_;
        bytes_ += std::exchange(other.bytes_, 0);
    }

    [[nodiscard]] std::size_t bytes() const { return bytes_; }

    /// Hands `bytes` of it over; nullopt when it has fewer.
    [[nodiscard]] std::optional<Charge> split(std::size_t bytes)
    {
        if (budget_ == nullptr || bytes > bytes_) return std::nullopt;
        bytes_ -= bytes;
        return Charge(*budget_, bytes);
    }

    /// The bytes stay counted; from now on the caller answers for them.
    void keep() { budget_ = nullptr; }

private:
    MemoryBudget* budget_ = nullptr;
    std::size_t bytes_ = 0;
};

}  // namespace kv
