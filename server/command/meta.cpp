#include "server/command/meta.h"

#include "common/parse_number.h"
#include "server/command/arithmetic.h"

namespace kv {

namespace {

ItemState state_of(const Table::Row& row, const Transaction& transaction)
{
    const auto& [item, usage] = row;
    ItemState state;
    state.item = item;
    state.cas = item->cas;
    state.now = transaction.now();
    state.expires_before = item->expires;
    state.expires = item->expires;
    state.last_access = usage.last_access;
    state.fetched = usage.fetched;
    state.marks = item->marks;
    return state;
}

/// An item made for a miss: empty, and this client's to fill.
std::optional<ItemState> vivify(const MetaGet& get, const HashedKey& key, Transaction& transaction)
{
    auto draft = transaction.draft(key, 0);
    if (!draft) return std::nullopt;
    draft->item->marks.binary_key = get.binary_key;
    transaction.put(std::move(*draft), get.vivify->resolve(transaction.now()));
    Table::Row& row = *transaction.find(key);
    ItemState state = state_of(row, transaction);
    state.expires_before = never;
    state.won = true;
    row.first->marks.token_sent = true;
    return state;
}

/// One client, and only one, is told to make a new value: of an item that is stale, or that will
/// expire sooner than this client would have it.
bool wins(const MetaGet& get, const ItemState& state)
{
    if (state.marks.token_sent) return false;
    if (state.marks.stale) return true;
    return get.recache && state.expires_before != never &&
           state.expires_before < get.recache->resolve(state.now);
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
    if (get.touch) transaction.touch(*row, get.touch->resolve(transaction.now()));
    state.expires = row->first->expires;
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
    ItemState state;
    state.item = item;
    state.now = transaction.now();
    state.expires = arithmetic.vivify->resolve(transaction.now());
    state.cas = transaction.put(std::move(*draft), state.expires, arithmetic.new_cas);
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
    if (arithmetic.compare && row->first->cas != *arithmetic.compare) return Outcome::exists;

    const ItemPtr before = row->first;
    const auto number = parse_leading_number(before->value());
    if (!number) return Outcome::not_a_number;
    const std::uint64_t result = apply(*number, arithmetic.delta, arithmetic.subtract);
    auto draft = number_draft(transaction, key, result, padded_size(*before));
    if (!draft) return Outcome::out_of_memory;
    draft->item->type = before->type;
    draft->item->flags = before->flags;
    draft->item->marks = before->marks;

    ItemState state = state_of(*row, transaction);
    state.item = draft->item;
    state.number = result;
    if (arithmetic.touch) state.expires = arithmetic.touch->resolve(transaction.now());
    state.cas = transaction.put(std::move(*draft), state.expires, arithmetic.new_cas);
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
