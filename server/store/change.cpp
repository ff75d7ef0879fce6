// change.cpp: the changes that leave a value as it is, and those who are told of all changes.
//
// A second reading: get and set do without.
#include "server/store/change.h"

#include "server/store/store.h"

namespace kv {

std::uint64_t Transaction::renumber(const Row& row, std::optional<std::uint64_t> cas)
{
    store_.mutex_.assert_held();
    reserve_note();
    const std::uint64_t version = note(Change::Kind::renumbered, row.item());
    return row.item_to_change().cas = cas.value_or(version);
}

void Transaction::mark(const Row& row, Marks marks)
{
    store_.mutex_.assert_held();
    reserve_note();
    row.item_to_change().marks = marks;
    note(Change::Kind::marked, row.item());
}

std::uint64_t Transaction::version() const
{
    store_.mutex_.assert_held();
    return store_.last_version_;
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
