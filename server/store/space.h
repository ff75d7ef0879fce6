// space.h: a database: a table, and what belongs to it alone. All of a store's spaces share its
// lock and its memory limit.
#pragma once

#include "server/store/table.h"
#include "server/store/waiters.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace kv {

/// Made by its store, which outlives it. Everything but the number is under the store's lock.
struct Space : std::enable_shared_from_this<Space> {
    std::uint32_t number = 0;  ///< as SELECT has it; unique among the spaces of a store
    std::string name;          ///< of a private one

    std::shared_ptr<Table> table;
    std::size_t bytes = 0;     ///< charged for its items
    std::size_t expiring = 0;  ///< items with an expiry
    UnixMillis flush_at = never;

    // The sweeper's walk. Of the rows it has passed and of those written since it began it knows
    // the earliest expiry; when it is through, that is when the next walk pays.
    Table::Cursor sweep_cursor;
    UnixMillis next_expiry = never;
    UnixMillis seen_expiry = never;
    bool sweep_pays = false;  ///< the last step has found something

    Waiters waiters;

    [[nodiscard]] bool is_private() const { return !name.empty(); }

    /// Exchanges everything but what the space is called and who waits in it.
    void swap_contents(Space& other) noexcept;

    void note_expiry(UnixMillis when)
    {
        ++expiring;
        next_expiry = std::min(next_expiry, when);
        seen_expiry = std::min(seen_expiry, when);
    }
};

using SpacePtr = std::shared_ptr<Space>;

class Eviction;

/// All spaces of a store. Under its lock.
struct Spaces {
    explicit Spaces(std::uint32_t numbered) : last_number(numbered - 1), databases(numbered) {}

    std::vector<Space*> all;    ///< that are there
    std::uint32_t last_number;  ///< given to a space
    std::size_t next_to_sweep = 0;
    std::unordered_map<std::string, std::weak_ptr<Space>> named;
    std::vector<SpacePtr> databases;  ///< by number; null until first asked for

    /// Charged for the items of all.
    [[nodiscard]] std::size_t bytes() const;

    /// One by chance, in proportion to its items.
    [[nodiscard]] Space& any(Eviction& chance) const;
};

/// For a scope, the transaction's verbs are for another space.
class InSpace {
public:
    InSpace(Transaction& store, Space& space);
    ~InSpace();
    InSpace(const InSpace&) = delete;
    InSpace& operator=(const InSpace&) = delete;

private:
    Transaction& store_;
    Space& own_;
};

/// What a private space may be called: 1 to 64 letters, digits and marks, not digits alone.
[[nodiscard]] bool is_space_name(std::string_view name);

}  // namespace kv
