// trash.h: what a transaction has dropped, kept until the lock is gone: freeing takes time too.
#pragma once

#include "server/store/table.h"

#include <boost/container/small_vector.hpp>

#include <memory>
#include <variant>

namespace kv {

/// Holds things of any kind for their destructors. Used by one thread.
class Trash {
public:
    /// Makes sure that the next add() allocates nothing. Throws std::bad_alloc.
    void reserve_one()
    {
        // Twice as much each time, or a transaction of many puts would copy the list for each.
        if (things_.size() == things_.capacity()) things_.reserve(2 * things_.size() + 1);
    }

    template <class Thing>
    void add(Thing thing)
    {
        things_.emplace_back(std::move(thing));
    }

    void clear() { things_.clear(); }

private:
    boost::container::small_vector<std::variant<ItemPtr, std::shared_ptr<Table>>, 2> things_;
};

}  // namespace kv
