// walk.h: looking at all of the store, a few rows at a time: for SCAN, dumps and statistics.
//
// A second reading: no request for one key comes this way.
#pragma once

#include "server/store/store.h"

namespace kv {

/// Table::visit_bucket, for any map in shards: calls visit(node).
template <class Shards, class Visit>
bool visit_bucket(Shards& shards, Table::Cursor& cursor, Visit visit)
{
    auto& shard = shards[cursor.shard];
    if (cursor.buckets != shard.bucket_count()) {
        cursor = {cursor.shard, 0, shard.bucket_count(), cursor.bucket > 0};
    }
    if (cursor.bucket < shard.bucket_count()) {
        std::for_each(shard.begin(cursor.bucket), shard.end(cursor.bucket), visit);
        ++cursor.bucket;
    }
    if (cursor.bucket >= shard.bucket_count()) cursor = {cursor.shard + 1};
    if (cursor.shard < shards.size()) return true;
    cursor = {};
    return false;
}

template <class Visit>
bool Table::visit_bucket(Cursor& cursor, Visit visit)
{
    return kv::visit_bucket(shards_, cursor, [&](auto& node) { visit(Row(node)); });
}

template <class Visit>
bool Transaction::visit_bucket(Table::Cursor& cursor, Visit visit)
{
    store_.mutex_.assert_held();
    return space_->table->visit_bucket(cursor, [&](const Row& row) {
        if (row->expires > now_) visit(row);
    });
}

template <class Visit>
bool Transaction::walk(Table::Cursor& cursor, Visit visit)
{
    constexpr int buckets_per_step = 100;  // some 10 us under the lock
    bool more = true;
    for (int i = 0; more && i < buckets_per_step; ++i) more = visit_bucket(cursor, visit);
    return more;
}

}  // namespace kv
