#include "server/store/eviction.h"

#include <algorithm>
#include <random>

namespace kv {

namespace {

constexpr int sampled_rows = 16;
constexpr int most_buckets = 256;  // looked at for them: enough in a table that is nearly empty
constexpr std::size_t turnovers_per_epoch = 8;

}  // namespace

Eviction::Eviction() : chance_(std::random_device{}()) {}

void Eviction::used(Usage& usage) const
{
    age(usage);
    if (usage.reads < 255) ++usage.reads;
}

/// Counts are halved when they are next looked at, for all the epochs since.
void Eviction::age(Usage& usage) const
{
    const auto epochs = static_cast<std::uint16_t>(epoch_ - usage.epoch);
    usage.reads = static_cast<std::uint8_t>(usage.reads >> std::min<unsigned>(epochs, 8));
    usage.epoch = epoch_;
}

Row Eviction::choose(Table& table, const HashedKey& kept)
{
    std::minstd_rand random(chance_);
    Row least;
    const auto consider = [&](const Row& row) {
        if (row->hash() == kept.hash && row->key() == kept.bytes) return;
        age(row.usage_to_change());
        if (!least || row.usage().reads < least.usage().reads) least = row;
    };
    int looked_at = 0;
    for (int i = 0; i < most_buckets && looked_at < sampled_rows; ++i) {
        Table::Cursor place = table.place(random(), random());
        table.visit_bucket(place, [&](const Row& row) {
            consider(row);
            ++looked_at;
        });
    }
    chance_ = static_cast<std::uint32_t>(random());
    for (Table::Cursor place; !least && table.visit_bucket(place, consider);) {
    }
    if (++given_up_ > turnovers_per_epoch * table.size()) {
        given_up_ = 0;
        ++epoch_;
    }
    return least;
}

}  // namespace kv
