#include "server/command/basics.h"

#include <boost/container/static_vector.hpp>

#include <algorithm>
#include <utility>

namespace kv {

Row get(Transaction& store, const HashedKey& key, bool nested)
{
    const Row row = store.read(key);
    const bool found = row && (nested || !row->is_nested());
    return store.counters().get.count(found) ? row : Row();
}

bool erase(Transaction& store, const HashedKey& key)
{
    return store.counters().del.count(store.erase(key));
}

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

std::optional<Draft> successor(Transaction& store, const HashedKey& key, const Row& row,
                               std::string_view text, std::size_t least_bytes)
{
    auto draft = store.draft(key, std::max(text.size(), least_bytes));
    if (!draft) return std::nullopt;
    const auto rest = std::copy(text.begin(), text.end(), draft->room().begin());
    std::fill(rest, draft->room().end(), ' ');
    if (row) {
        draft->item->flags = row->flags;
        draft->item->type = row->type;
    }
    return draft;
}

}  // namespace kv
