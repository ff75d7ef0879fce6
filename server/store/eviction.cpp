#include "server/store/eviction.h"
#include "server/store/walk.h"

#include <algorithm>
#include <random>

namespace kv {

namespace {

constexpr int sampled_rows = 16;
constexpr int most_buckets = 256;  // looked at for them: enough in a table that is nearly empty
constexpr std::size_t turnovers_per_epoch = 8;

bool is_of(const HashedKey& key, const Row& row)
{
    return row->hash() == key.hash && row->key() == key.bytes;
}

}  // namespace

Eviction::Eviction() : chance_(std::random_device{}()) {}

Row Eviction::choose(Table& table, UnixMillis now, const HashedKey& kept)
{
    std::minstd_rand random(chance_);
    Row least;
    bool is_over = false;  // the time of `least`
    int looked_at = 0;
    for (int i = 0; i < most_buckets && looked_at < sampled_rows && !is_over; ++i) {
        Table::Cursor place = table.place(random(), random());
        table.visit_bucket(place, [&](const Row& row) {
            ++looked_at;
            if (is_over || is_of(kept, row)) return;
            row.usage_to_change().age(epoch_);
            is_over = row->expires <= now;
            if (is_over || !least || row.usage().reads < least.usage().reads) least = row;
        });
    }
    chance_ = static_cast<std::uint32_t>(random());
    if (!least) least = next(table, kept);
    if (++given_up_ > turnovers_per_epoch * table.size()) {
        given_up_ = 0;
        ++epoch_;
    }
    return least;
}

std::size_t Eviction::chance(std::size_t count)
{
    std::minstd_rand random(chance_);
    chance_ = static_cast<std::uint32_t>(random());
    return chance_ % count;
}

/// For a table of so few rows in so many buckets that none is met by chance. It goes on where it
/// stopped, so that all evictions together walk over the table once for all its rows.
Row Eviction::next(Table& table, const HashedKey& kept)
{
    Row found;
    if (table.size() == (table.find(kept) ? 1U : 0U)) return found;
    while (!found) {
        (void)table.visit_bucket(hand_, [&](const Row& row) {
            if (!is_of(kept, row)) found = row;
        });
    }
    return found;
}

void Eviction::choose_among(std::span<Row> rows, std::size_t count) const
{
    for (const Row& row : rows) row.usage_to_change().age(epoch_);
    const auto chosen = rows.begin() + static_cast<std::ptrdiff_t>(count);
    std::nth_element(rows.begin(), chosen, rows.end(),
                     [](const Row& a, const Row& b) { return a.usage().reads < b.usage().reads; });
}

}  // namespace kv
