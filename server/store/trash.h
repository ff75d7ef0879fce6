// trash.h: what a transaction has dropped, kept until the lock is gone: freeing takes time too. And
// what is not stored any more but cannot be freed yet.
#pragma once

#include "common/mutex.h"
#include "server/store/bytes.h"
#include "server/store/memory_budget.h"
#include "server/store/table.h"

#include <boost/container/small_vector.hpp>

#include <algorithm>
#include <memory>
#include <variant>
#include <vector>

namespace kv {

/// Items that are not stored any more but that replies still refer to: readers that do not read.
/// They stay charged until those are through. Any thread may call anything.
class UnreadItems {
public:
    /// `budget` outlives this.
    explicit UnreadItems(MemoryBudget& budget) : budget_(budget) {}

    /// Takes an item that is charged. When there is no memory to note it, or nobody but the caller
    /// refers to it, its charge is given back. Now and then does what release() does.
    void add(ItemPtr item) noexcept;

    /// Frees some of those that nobody refers to any more; whether there were any. Costs a branch
    /// when there are no items here.
    bool release();

private:
    MemoryBudget& budget_;
    std::atomic<std::size_t> count_{0};
    Mutex mutex_;
    std::vector<ItemPtr> items_ KV_GUARDED_BY(mutex_);
    std::size_t next_ KV_GUARDED_BY(mutex_) = 0;         ///< to be looked at
    std::size_t added_bytes_ KV_GUARDED_BY(mutex_) = 0;  ///< since the last look
};

/// What is in memory beside what is stored, and counts against the limit all the same.
struct Unstored {
    explicit Unstored(MemoryBudget& budget) : held(budget), unread(budget) {}

    HeldMemory held;
    UnreadItems unread;
};

/// Holds things of any kind for their destructors. Used by one thread.
class Trash {
public:
    /// Makes sure that the next `count` things are added without allocating. Throws std::bad_alloc.
    void reserve(std::size_t count)
    {
        const std::size_t size = things_.size() + count;
        // Twice as much each time, or a transaction of many puts would copy the list for each.
        if (size > things_.capacity()) things_.reserve(std::max(size, 2 * things_.size() + 1));
    }

    template <class Thing>
    void add(Thing thing)
    {
        things_.emplace_back(std::move(thing));
    }

    /// An item that was charged when it was dropped, since someone referred to it.
    struct Charged {
        ItemPtr item;
    };

    /// Elements of collections. Without memory for the list they are freed at once.
    void add(BytesPtr element) noexcept
    {
        try {
            elements_.push_back(std::move(element));
        } catch (const std::bad_alloc&) {
        }
    }
    [[nodiscard]] std::vector<BytesPtr>& elements() { return elements_; }

    /// Frees everything but the charged items, which go to `unread`.
    void clear(UnreadItems& unread)
    {
        for (auto& thing : things_) {
            if (auto* charged = std::get_if<Charged>(&thing)) unread.add(std::move(charged->item));
        }
        things_.clear();
        elements_.clear();
    }

private:
    boost::container::small_vector<std::variant<ItemPtr, Charged, std::shared_ptr<void>>, 2>
        things_;
    std::vector<BytesPtr> elements_;
};

}  // namespace kv
