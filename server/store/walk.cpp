#include "server/store/walk.h"

namespace kv {

Table::Cursor Table::place(std::size_t a, std::size_t b) const
{
    const std::size_t shard = a % shards;
    const std::size_t buckets = shards_[shard].bucket_count();
    return {shard, b % buckets, buckets};
}

Table::Cursor Transaction::place(std::size_t a, std::size_t b) const
{
    store_.mutex_.assert_held();
    return space_->table->place(a, b);
}

std::uint32_t Transaction::seconds() const
{
    return static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::seconds>(now_).count());
}

std::size_t Transaction::size() const
{
    store_.mutex_.assert_held();
    return space_->table->size();
}

std::size_t Transaction::bytes() const
{
    store_.mutex_.assert_held();
    return space_->bytes;
}

std::size_t Transaction::expiring() const
{
    store_.mutex_.assert_held();
    return space_->expiring;
}

}  // namespace kv
