// space.cpp: databases and private spaces, and what passes between two of them.
//
// A second reading: a client that never selects another space does without.
#include "server/store/space.h"

#include "common/words.h"
#include "server/store/store.h"

#include <utility>

namespace kv {

bool is_space_name(std::string_view name)
{
    constexpr std::size_t longest = 64;
    const auto fits = [](char byte) { return byte > ' ' && byte < 0x7f && byte != '/'; };
    const auto is_digit = [](char byte) { return byte >= '0' && byte <= '9'; };
    return name.size() <= longest && std::all_of(name.begin(), name.end(), fits) &&
           !std::all_of(name.begin(), name.end(), is_digit);
}

void Space::swap_contents(Space& other) noexcept
{
    table.swap(other.table);
    std::swap(bytes, other.bytes);
    std::swap(expiring, other.expiring);
    std::swap(flush_at, other.flush_at);
    std::swap(sweep_cursor, other.sweep_cursor);
    std::swap(next_expiry, other.next_expiry);
    std::swap(seen_expiry, other.seen_expiry);
    std::swap(sweep_pays, other.sweep_pays);
}

std::size_t Spaces::bytes() const
{
    std::size_t bytes = 0;
    for (const Space* space : all) bytes += space->bytes;
    return bytes;
}

Space& Spaces::any(Eviction& chance) const
{
    std::size_t items = 0;
    for (const Space* space : all) items += space->table->size();
    std::size_t place = items == 0 || all.size() == 1 ? 0 : chance.chance(items);
    for (Space* space : all) {
        if (place < space->table->size()) return *space;
        place -= space->table->size();
    }
    return *all.front();
}

SpacePtr Store::space(std::string_view name)
{
    const MutexLock lock(mutex_);
    return space_called(name);
}

SpacePtr Store::space_called(std::string_view name)
{
    if (const auto number = parse_number<std::uint32_t>(name)) return database(*number);
    const auto found = spaces_.named.find(std::string(name));
    if (found != spaces_.named.end()) {
        if (SpacePtr space = found->second.lock()) return space;
    }
    const auto named = spaces_.named.try_emplace(std::string(name)).first;
    try {
        SpacePtr space = new_space(spaces_.last_number + 1, name);
        ++spaces_.last_number;
        named->second = space;
        return space;
    } catch (...) {
        spaces_.named.erase(named);
        throw;
    }
}

SpacePtr Store::database(std::uint32_t number)
{
    if (number >= spaces_.databases.size()) return nullptr;
    SpacePtr& database = spaces_.databases[number];
    if (!database) database = new_space(number, {});
    return database;
}

/// What may throw comes before the space has its table: from then on remove() takes the lock.
SpacePtr Store::new_space(std::uint32_t number, std::string_view name)
{
    auto& all = spaces_.all;
    if (all.size() == all.capacity()) all.reserve(2 * all.size() + 1);
    auto table = new_table();
    SpacePtr space(new Space(), [this](Space* gone) { remove(gone); });
    space->number = number;
    space->name = name;
    space->table = std::move(table);
    all.push_back(space.get());
    return space;
}

/// A private space goes with its last client, and everything in it; a database with the store.
/// Called without the lock, except by new_space() when that fails.
void Store::remove(Space* gone) noexcept
{
    const std::unique_ptr<Space> space(gone);  // freed without the lock
    if (!gone->table) return;                  // new_space() has failed
    const MutexLock lock(mutex_);
    std::erase(spaces_.all, gone);
    budget_.give_back(gone->bytes);
    const auto named = spaces_.named.find(gone->name);
    if (named != spaces_.named.end() && named->second.expired()) spaces_.named.erase(named);
}

std::vector<Space*> Transaction::databases() const
{
    store_.mutex_.assert_held();
    std::vector<Space*> databases;
    for (const SpacePtr& database : store_.spaces_.databases) {
        if (database) databases.push_back(database.get());
    }
    return databases;
}

SpacePtr Transaction::find_space(std::string_view name)
{
    store_.mutex_.assert_held();
    trash_.reserve(1);
    return store_.space_called(name);
}

void Transaction::use(Space& space)
{
    space_ = &space;
    if (space_->flush_at <= now_) flush_due();
}

InSpace::InSpace(Transaction& store, Space& space) : store_(store), own_(store.space())
{
    store_.use(space);
}

/// Its own space has been used before: nothing is due there that could fail.
InSpace::~InSpace()
{
    try {
        store_.use(own_);
    } catch (...) {
    }
}

void Transaction::leave(SpacePtr space)
{
    if (!space) return;
    trash_.add(std::shared_ptr<void>(std::move(space)));
}

void Transaction::swap(Space& a, Space& b)
{
    store_.mutex_.assert_held();
    if (&a == &b) return;
    reserve_notes(2);
    a.swap_contents(b);
    for (Space* const space : {&a, &b}) {
        Space* const own = std::exchange(space_, space);
        note(Change::Kind::swapped, nullptr);
        space_ = own;
    }
}

bool Transaction::move(const HashedKey& key, Space& to)
{
    store_.mutex_.assert_held();
    const Row row = find(key);
    if (!row) return false;
    Space& from = *space_;
    {
        const InSpace there(*this, to);
        if (find(key)) return false;
    }
    reserve_notes(2);
    to.table->put(row.node_->first.item, row.usage());  // the last that may throw
    const ItemPtr item = from.table->erase({row->key(), row->hash()});
    const std::size_t bytes = item->footprint();
    from.bytes -= bytes;
    to.bytes += bytes;
    if (item->expires != never) {
        --from.expiring;
        to.note_expiry(item->expires);
    }
    note(Change::Kind::dropped, is_heard() ? item : nullptr);
    space_ = &to;
    note(Change::Kind::stored, is_heard() ? item : nullptr);
    space_ = &from;
    return true;
}

}  // namespace kv
