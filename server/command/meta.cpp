#include "server/command/meta.h"

#include "common/parse_number.h"
#include "server/command/arithmetic.h"
#include "server/store/walk.h"

namespace kv {

namespace {

ItemState state_of(const Table::Row& row, const Transaction& transaction)
{
    const ItemPtr& item = row.first.item;
    const Usage& usage = row.second;
    ItemState state;
    state.item = item;
    state.cas = item->cas;
    state.now = transaction.now();
    state.expires_before = item->expires;
    state.last_access = usage.last_access;
    state.fetched = usage.fetched;
    state.marks = item->marks;
    return state;
}

/// What is known of an item that this request makes.
template <class Operation>
ItemState made(const ItemPtr& item, const Operation& operation, const Transaction& transaction)
{
    ItemState state;
    state.item = item;
    state.now = transaction.now();
    state.last_access = transaction.seconds();
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
std::optional<ItemState> vivify(const MetaGet& get, const HashedKey& key, Transaction& transaction)
{
    auto draft = transaction.draft(key, 0);
    if (!draft) return std::nullopt;
    draft->item->marks.binary_key = get.binary_key;
    ItemState state = made(draft->item, get, transaction);
    state.marks = draft->item->marks;
    state.won = true;
    draft->item->marks.token_sent = true;
    state.cas = transaction.put(std::move(*draft), first_expiry(get, state), {},
                                {.fetched = !get.keep_unused});
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

}  // namespace

Reply run(const MetaGet& get, const Context& context)
{
    const HashedKey key = context.store.hashed(get.key);
    if (get.vivify) context.store.make_room(Item::footprint(key.bytes.size(), 0));
    Transaction transaction(context.store);
    Table::Row* row = transaction.find(key);
    StoreCounters& counters = transaction.counters();
    if (row != nullptr && row->first->is_nested()) {
        counters.get.count(false);
        return Outcome::not_found;
    }
    (get.touch ? counters.touch : counters.get).count(row != nullptr);
    if (row == nullptr) {
        if (!get.vivify) return Outcome::not_found;
        auto made = vivify(get, key, transaction);
        if (!made) return Outcome::out_of_memory;
        return std::move(*made);
    }
    ItemState state = state_of(*row, transaction);
    if (get.touch) {
        state.touched = get.touch->resolve(transaction.now());
        transaction.touch(*row, state.touched);
    }
    state.won = wins(get, state);
    if (state.won) row->first->marks.token_sent = true;
    if (!get.keep_unused && row->first->expires > transaction.now()) (void)transaction.fetch(key);
    return state;
}

namespace {

/// Leaves the item, with what the request says of it.
Outcome mark(const MetaDelete& del, const HashedKey& key, Table::Row* row, Transaction& transaction)
{
    const UnixMillis expires =
        del.touch ? del.touch->resolve(transaction.now()) : row->first->expires;
    Marks marks = row->first->marks;
    if (del.invalidate) {
        marks.stale = true;
        marks.token_sent = false;
    }
    if (del.drop_value) {
        auto draft = transaction.draft(key, 0);
        if (!draft) return Outcome::out_of_memory;
        transaction.put(std::move(*draft), expires, del.new_cas);
        row = transaction.find(key);
        if (row == nullptr) return Outcome::deleted;  // its new time is over already
    } else {
        row->first->cas = del.new_cas ? *del.new_cas : transaction.next_cas();
        transaction.touch(*row, expires);
    }
    row->first->marks = marks;
    return Outcome::deleted;
}

}  // namespace

Reply run(const MetaDelete& del, const Context& context)
{
    const HashedKey key = context.store.hashed(del.key);
    Transaction transaction(context.store);
    Table::Row* row = transaction.find(key);
    HitCount& count = transaction.counters().del;
    if (row == nullptr) {
        count.count(false);
        return Outcome::not_found;
    }
    if (del.compare && row->first->cas != *del.compare) {
        count.count(false);
        return Outcome::exists;
    }
    if (del.invalidate || del.drop_value) return mark(del, key, row, transaction);
    count.count(transaction.erase(key));
    return Outcome::deleted;
}

namespace {

Reply vivify(const MetaArithmetic& arithmetic, const HashedKey& key, Transaction& transaction)
{
    auto draft = number_draft(transaction, key, arithmetic.initial);
    if (!draft) return Outcome::out_of_memory;
    const ItemPtr item = draft->item;
    item->marks.binary_key = arithmetic.binary_key;
    ItemState state = made(item, arithmetic, transaction);
    state.marks = item->marks;
    state.cas =
        transaction.put(std::move(*draft), first_expiry(arithmetic, state), arithmetic.new_cas);
    state.number = arithmetic.initial;
    return state;
}

}  // namespace

Reply run(const MetaArithmetic& arithmetic, const Context& context)
{
    const HashedKey key = context.store.hashed(arithmetic.key);
    context.store.make_room(Item::footprint(key.bytes.size(), max_digits));
    Transaction transaction(context.store);
    StoreCounters& counters = transaction.counters();
    HitCount& count = arithmetic.subtract ? counters.decr : counters.incr;
    Table::Row* row = transaction.find(key);
    if (row == nullptr && arithmetic.vivify) return vivify(arithmetic, key, transaction);
    if (!count.count(row != nullptr)) return Outcome::not_found;
    const ItemPtr before = row->first.item;
    if (before->value().empty()) return Outcome::not_a_number;
    // 0 is no cas number: whoever sends it wants no comparison.
    const bool compares = arithmetic.compare.value_or(0) != 0;
    if (compares && before->cas != *arithmetic.compare) return Outcome::exists;
    const auto number = parse_leading_number(before->value());
    if (!number) return Outcome::not_a_number;
    const std::uint64_t result = apply(*number, arithmetic.delta, arithmetic.subtract);
    auto draft = number_draft(transaction, key, result, padded_size(*before));
    if (!draft) return Outcome::out_of_memory;
    draft->item->type = before->type;

    ItemState state = state_of(*row, transaction);
    state.item = draft->item;
    state.number = result;
    if (arithmetic.touch) state.touched = arithmetic.touch->resolve(transaction.now());
    const UnixMillis expires = arithmetic.touch ? state.touched : before->expires;
    const Usage usage = succeed(*row, *draft->item);
    state.cas = transaction.put(std::move(*draft), expires, arithmetic.new_cas, usage);
    return state;
}

Reply run(const MetaDebug& debug, const Context& context)
{
    const HashedKey key = context.store.hashed(debug.key);
    Transaction transaction(context.store);
    const Table::Row* row = transaction.find(key);
    if (row == nullptr) return Outcome::not_found;
    return state_of(*row, transaction);
}

Reply run(const Walk& walk, const Context& context)
{
    WalkStep step;
    step.next = walk.cursor;
    step.items.reserve(256);  // the rows of a step's buckets, before the lock is taken
    Transaction transaction(context.store);
    step.more = transaction.walk(step.next, [&](const Table::Row& row) {
        step.items.push_back(state_of(row, transaction));
    });
    return step;
}

}  // namespace kv
