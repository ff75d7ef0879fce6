#include "server/command/steps.h"

#include "server/store/walk.h"

#include <boost/container/static_vector.hpp>

#include <utility>

namespace kv {

void put_all(Transaction& store, std::span<Draft> drafts)
{
    store.counters().set += drafts.size();
    boost::container::static_vector<HashedKey, 32> keys;
    while (!drafts.empty()) {
        const auto these = drafts.first(std::min(keys.capacity(), drafts.size()));
        drafts = drafts.subspan(these.size());
        keys.clear();
        for (const Draft& draft : these) keys.push_back({draft.item->key(), draft.item->hash()});
        store.prefetch({keys.data(), keys.size()});
        for (Draft& draft : these) store.put(std::move(draft), never);
    }
}

std::uint64_t clear(const Context& context)
{
    std::shared_ptr<Table> dropped;
    UnixMillis now{};
    {
        const WithLock store(context);
        now = store->now();
        dropped = store->flush(now);
    }
    std::uint64_t count = 0;
    Table::Cursor cursor;
    while (dropped->visit_bucket(cursor, [&](const Row& row) { count += row->expires > now; })) {
    }
    return count;
}

/// The memory limit has been asked for each value already: only a heap without room for a table's
/// row can fail here, and then the pairs before it are stored.
Reply run(PutMany& put, const Context& context)
{
    const std::uint64_t count = put.drafts.size();
    const WithLock store(context);
    put_all(*store, put.drafts);
    return Number{count};
}

Reply run(const Clear&, const Context& context)
{
    return Number{clear(context)};
}

}  // namespace kv
