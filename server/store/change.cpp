// change.cpp: the other changes of an item than a put, and those who are told of all changes.
//
// A second reading: a get does without, and a set notes only that it happened.
#include "server/store/change.h"

#include "server/store/store.h"

#include <algorithm>
#include <utility>

namespace kv {

bool Transaction::erase(const HashedKey& key)
{
    if (!find(key)) return false;
    take_out(key);
    return true;
}

/// Returns what the item was charged, for the caller to keep or let go.
Charge Transaction::take_out(const HashedKey& key, Change::Kind why)
{
    store_.mutex_.assert_held();
    trash_.reserve(1);
    reserve_notes(1);
    ItemPtr item = space_->table->erase(key);
    if (item->expires != never) --space_->expiring;
    ItemPtr noted = is_heard() ? item : nullptr;
    Charge freed = dispose(std::move(item), noted ? 2 : 1);
    note(why, std::move(noted));
    return freed;
}

void Transaction::expire(const Row& row, UnixMillis expires)
{
    store_.mutex_.assert_held();
    reserve_notes(1);
    if (row->expires != never) --space_->expiring;
    row.item_to_change().expires = expires;
    if (expires != never) space_->note_expiry(expires);
    note(Change::Kind::expires, row.item());
}

std::uint64_t Transaction::renumber(const Row& row, std::optional<std::uint64_t> cas)
{
    store_.mutex_.assert_held();
    reserve_notes(1);
    const std::uint64_t version = note(Change::Kind::renumbered, row.item());
    return row.item_to_change().cas = cas.value_or(version);
}

void Transaction::mark(const Row& row, Marks marks)
{
    store_.mutex_.assert_held();
    reserve_notes(1);
    row.item_to_change().marks = marks;
    note(Change::Kind::marked, row.item());
}

std::uint64_t Transaction::version() const
{
    store_.mutex_.assert_held();
    return store_.last_version_;
}

/// Whether somebody wants to know of changes.
bool Transaction::is_heard() const
{
    store_.mutex_.assert_held();
    return !store_.listeners_.empty() || !store_.waiting_clients_.empty();
}

/// Makes sure that the next `count` calls of note() allocate nothing.
void Transaction::reserve_notes(std::size_t count)
{
    store_.mutex_.assert_held();
    const std::size_t size = changes_.size() + count;
    if (!is_heard() || size <= changes_.capacity()) return;
    changes_.reserve(std::max(size, 2 * changes_.size() + 4));
}

/// Notes a change for those who listen, if there are any; returns its version.
std::uint64_t Transaction::note(Change::Kind kind, ItemPtr item)
{
    store_.mutex_.assert_held();
    const std::uint64_t version = ++store_.last_version_;
    if (is_heard()) changes_.push_back({kind, version, space_, std::move(item)});
    return version;
}

void Transaction::add_listener(ChangeListener& listener)
{
    store_.mutex_.assert_held();
    store_.listeners_.push_back(&listener);
}

void Transaction::remove_listener(ChangeListener& listener)
{
    store_.mutex_.assert_held();
    std::erase(store_.listeners_, &listener);
}

}  // namespace kv
