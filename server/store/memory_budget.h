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

    /// Keeps `bytes` of the limit from being used, at most half of it, because the heap's holes
    /// take them.
    void withhold(std::size_t bytes) { withheld_.store(bytes, std::memory_order_relaxed); }
    [[nodiscard]] std::size_t withheld() const { return withheld_.load(std::memory_order_relaxed); }

    /// How much may be used at this moment: the limit, less what is withheld.
    [[nodiscard]] std::size_t usable() const
    {
        const std::size_t most = limit();
        return most - std::min(withheld(), most / 2);
    }

    /// Whether `bytes` more would fit at this moment.
    [[nodiscard]] bool has_room(std::size_t bytes) const
    {
        return limit() == 0 || used() + bytes <= usable();
    }

    /// By how much more is used than may be: the limit has been lowered since, or a part withheld.
    [[nodiscard]] std::size_t excess() const
    {
        const std::size_t most = usable();
        const std::size_t taken = used();
        return most != 0 && taken > most ? taken - most : 0;
    }

    [[nodiscard]] std::size_t used() const { return used_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::size_t limit() const { return limit_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::size_t> limit_;
    std::atomic<std::size_t> withheld_{0};
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
    return take_within(usable(), used_, bytes);
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

/// What is held for clients beside items: replies being made, messages that wait for them. The
/// first `free_bytes` of it are not counted, so that a full store still answers; what goes beyond
/// is taken from the budget, and nothing is evicted for it. Any thread may call anything.
class HeldMemory final : public MemorySource {
public:
    /// `budget` outlives this.
    explicit HeldMemory(MemoryBudget& budget) : budget_(budget) {}

    [[nodiscard]] bool take(std::size_t bytes) override
    {
        if (take_within(free_bytes, uncounted_, bytes)) return true;
        if (!budget_.take(bytes)) return false;
        counted_.fetch_add(bytes, std::memory_order_relaxed);
        return true;
    }

    /// What is counted goes first.
    void give_back(std::size_t bytes) override
    {
        std::size_t counted = counted_.load(std::memory_order_relaxed);
        while (!counted_.compare_exchange_weak(counted, counted - std::min(counted, bytes),
                                               std::memory_order_relaxed)) {
        }
        counted = std::min(counted, bytes);
        budget_.give_back(counted);
        uncounted_.fetch_sub(bytes - counted, std::memory_order_relaxed);
    }

    [[nodiscard]] std::size_t used() const { return uncounted_ + counted_; }

    static constexpr std::size_t free_bytes = std::size_t{32} << 20;

private:
    MemoryBudget& budget_;
    std::atomic<std::size_t> uncounted_{0};
    std::atomic<std::size_t> counted_{0};
};

/// What one client's reply takes while it is made and written, or something else that grows. Used
/// by one thread.
class HeldBytes {
public:
    HeldBytes() = default;
    HeldBytes(const HeldBytes&) = delete;
    HeldBytes& operator=(const HeldBytes&) = delete;
    ~HeldBytes() { clear(); }

    /// Adds `bytes`. false, with nothing added: `source`, which outlives this, has no room for
    /// them.
    [[nodiscard]] bool add(MemorySource& source, std::size_t bytes)
    {
        const std::size_t before = std::max(bytes_, free_bytes);
        const std::size_t after = std::max(bytes_ + bytes, free_bytes);
        if (after > before && !source.take(after - before)) return false;
        source_ = &source;
        bytes_ += bytes;
        return true;
    }

    void clear()
    {
        if (bytes_ > free_bytes) source_->give_back(bytes_ - free_bytes);
        bytes_ = 0;
    }

    [[nodiscard]] std::size_t size() const { return bytes_; }

    /// Every client may have as much without asking.
    static constexpr std::size_t free_bytes = std::size_t{16} << 10;

private:
    MemorySource* source_ = nullptr;
    std::size_t bytes_ = 0;
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
        if (other.budget_ == nullptr) return;
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
