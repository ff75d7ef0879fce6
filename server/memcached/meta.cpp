#include "server/memcached/meta.h"

#include "common/decimal.h"
#include "server/command/execute.h"
#include "server/command/rewrite.h"
#include "server/command/steps.h"
#include "server/memcached/storage.h"
#include "server/store/walk.h"

namespace kv::memcached {

namespace {

ItemState state_of(const Row& row, const Transaction& store)
{
    ItemState state;
    state.item = row.item();
    state.cas = row->cas;
    state.now = store.now();
    state.expires_before = row->expires;
    state.last_access = row.usage().last_access;
    state.fetched = row.usage().fetched;
    state.marks = row->marks;
    return state;
}

/// What is known of an item that this request makes.
template <class Operation>
ItemState made(const ItemPtr& item, const Operation& operation, const Transaction& store)
{
    ItemState state;
    state.item = item;
    state.now = store.now();
    state.last_access = store.seconds();
    state.created = true;
    state.vivified = operation.vivify->resolve(state.now);
    if (operation.touch) state.touched = operation.touch->resolve(state.now);
    return state;
}

/// Of the two expiries that a request may give a new item the later in its line counts.
template <class Operation>
UnixMillis first_expiry(const Operation& operation, const ItemState& state)
{
    return operation.touch && !operation.touch_first ? state.touched : state.vivified;
}

/// An item made for a miss: empty, and this client's to fill.
Reply vivify(const MetaGet& get, const HashedKey& key, Transaction& store)
{
    auto draft = store.draft(key, 0);
    if (!draft) return Outcome::out_of_memory;
    draft->item->marks.binary_key = get.binary_key;
    ItemState state = made(draft->item, get, store);
    state.marks = draft->item->marks;
    state.won = true;
    draft->item->marks.token_sent = true;
    state.cas = store.put(std::move(*draft), first_expiry(get, state),
                          {.cas = get.new_cas, .usage = {.fetched = !get.keep_unused}});
    return state;
}

/// One client, and only one, is told to make a new value: of an item that is stale, or that will
/// expire sooner than this client would have it.
bool wins(const MetaGet& get, const ItemState& state)
{
    if (state.marks.token_sent) return false;
    if (state.marks.stale) return true;
    if (!get.recache || get.recache->kind == Expiry::Kind::forever) return false;
    const UnixMillis expires =
        get.touch && !get.recache_first ? state.touched : state.expires_before;
    return expires < get.recache->resolve(state.now);
}

/// Notes on the item that one client has been told to renew it.
void mark_won(const Row& row, Transaction& store)
{
    Marks marks = row->marks;
    marks.token_sent = true;
    store.mark(row, marks);
}

}  // namespace

Reply run(const MetaGet& request, const HashedKey& key, const Context& context)
{
    if (request.vivify) make_room(context, key, 0);
    const WithLock store(context);
    StoreCounters& counters = store->counters();
    ++counters.meta;
    const Row row = count_expired(*store, [&] { return store->find(key); });
    if (row && !row->is_string()) {
        count(counters.get, false);
        return Outcome::not_found;
    }
    count(request.touch ? counters.touch : counters.get, static_cast<bool>(row));
    if (!row) return request.vivify ? vivify(request, key, *store) : Outcome::not_found;

    ItemState state = state_of(row, *store);
    state.unchanged = request.compare == state.cas;
    if (request.touch) {
        state.touched = request.touch->resolve(state.now);
        store->expire(row, state.touched);
    }
    state.won = wins(request, state);
    if (state.won) mark_won(row, *store);
    if (!request.keep_unused && row->expires > state.now) (void)store->read(key);
    return state;
}

namespace {

/// Leaves the item, with what the request says of it.
Outcome mark(const MetaDelete& request, const HashedKey& key, Row row, Transaction& store)
{
    const UnixMillis expires = request.touch ? request.touch->resolve(store.now()) : row->expires;
    Marks marks = row->marks;
    if (request.invalidate) {
        marks.stale = true;
        marks.token_sent = false;
    }
    if (request.drop_value) {
        auto draft = store.draft(key, 0);
        if (!draft) return Outcome::out_of_memory;
        draft->item->marks = marks;
        store.put(std::move(*draft), expires, {.cas = request.new_cas});
    } else {
        store.renumber(row, request.new_cas);
        store.expire(row, expires);
        store.mark(row, marks);
    }
    return Outcome::deleted;
}

}  // namespace

Reply run(const MetaDelete& request, const HashedKey& key, const Context& context)
{
    const WithLock store(context);
    const Row row = store->find(key);
    ++store->counters().meta;
    HitCount& counted = store->counters().del;
    if (!row) {
        count(counted, false);
        return Outcome::not_found;
    }
    if (request.compare && row->cas != *request.compare) {
        count(counted, false);
        return Outcome::exists;
    }
    if (request.invalidate || request.drop_value) return mark(request, key, row, *store);
    erase(*store, key);
    return Outcome::deleted;
}

namespace {

Reply vivify(const MetaArithmetic& request, const HashedKey& key, Transaction& store)
{
    auto draft = successor(store, key, {}, Decimal(request.initial).text());
    if (!draft) return Outcome::out_of_memory;
    draft->item->marks.binary_key = request.binary_key;
    ItemState state = made(draft->item, request, store);
    state.marks = draft->item->marks;
    state.cas =
        store.put(std::move(*draft), first_expiry(request, state), {.cas = request.new_cas});
    state.number = request.initial;
    return state;
}

}  // namespace

Reply run(const MetaArithmetic& request, const HashedKey& key, const Context& context)
{
    make_room(context, key, max_digits);
    const WithLock store(context);
    StoreCounters& counters = store->counters();
    const Row row = store->find(key);
    ++counters.meta;
    if (!row && request.vivify) return vivify(request, key, *store);
    const bool found = static_cast<bool>(row);
    if (!count(request.subtract ? counters.decr : counters.incr, found)) return Outcome::not_found;
    if (row->value().empty()) return Outcome::not_a_number;
    // 0 is no cas number: a client that sends it wants no comparison.
    const bool compares = request.compare.value_or(0) != 0;
    if (compares && row->cas != *request.compare) return Outcome::exists;
    auto counted = count(*store, key, row, request.delta, request.subtract);
    if (const auto* failed = std::get_if<Outcome>(&counted)) return *failed;
    auto& [draft, usage, number] = std::get<Counted>(counted);

    ItemState state = state_of(row, *store);
    state.item = draft.item;
    state.number = number;
    if (request.touch) state.touched = request.touch->resolve(state.now);
    const UnixMillis expires = request.touch ? state.touched : row->expires;
    state.cas = store->put(std::move(draft), expires, {.cas = request.new_cas, .usage = usage});
    return state;
}

Reply run(const MetaDebug&, const HashedKey& key, const Context& context)
{
    const WithLock store(context);
    const Row row = store->find(key);
    ++store->counters().meta;
    if (!row) return Outcome::not_found;
    return state_of(row, *store);
}

/// One step of a dump. Items that a get would miss are left out: nested values.
Reply run(const Walk& request, const HashedKey&, const Context& context)
{
    let_others_in(context);
    WalkStep step;
    step.next = request.cursor;
    step.items.reserve(256);  // the rows of a step's buckets, before the lock is taken
    const WithLock store(context);
    step.more = store->walk(step.next, [&](const Row& row) {
        if (row->is_string()) step.items.push_back(state_of(row, *store));
    });
    return step;
}

}  // namespace kv::memcached
