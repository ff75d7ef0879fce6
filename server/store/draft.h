// draft.h: an item being written, and where a dialect gets the memory for one.
//
// A value goes from the socket straight into the item it will be stored as. Until then nobody else
// sees it, but it counts against the memory limit already: a thousand clients that announce large
// values take no more than the limit.
#pragma once

#include "server/store/item.h"
#include "server/store/memory_budget.h"

#include <optional>

namespace kv {

/// Unless it is stored its memory is freed and its charge given back.
struct Draft {
    NewItem item;
    Charge charge;

    [[nodiscard]] std::span<char> room() const { return item->room(); }
};

/// All that a parser sees of the store.
class DraftSource {
public:
    virtual ~DraftSource() = default;

    /// The key with its hash, which is computed once: for looking up, and for drafts.
    [[nodiscard]] virtual HashedKey hashed(std::string_view key) const = 0;

    /// Memory for a value of `bytes` to be stored under `key`; nullopt when the memory limit has no
    /// room for it, and a few steps make none, or the heap has none. Any thread may call it.
    /// REQUIRES: sizes within max_key_bytes and max_value_bytes.
    [[nodiscard]] virtual std::optional<Draft> draft(const HashedKey& key, std::size_t bytes) = 0;

    /// Counts `bytes` of a request against the memory limit while it is read and carried out;
    /// nullopt as draft().
    [[nodiscard]] virtual std::optional<Charge> reserve(std::size_t bytes) = 0;

    /// Brings what is stored under these keys into the processor's cache: to call when several
    /// requests have come together, before the first of them is carried out. Takes the store's
    /// lock.
    virtual void prefetch(std::span<const HashedKey> keys) = 0;
};

}  // namespace kv
