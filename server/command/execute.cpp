#include "server/command/execute.h"

#include "common/parse_number.h"
#include "common/version.h"
#include "server/command/arithmetic.h"
#include "server/command/meta.h"
#include "server/command/stats.h"

#include <algorithm>
#include <new>

namespace kv {

namespace {

Reply run(Get& get, const Context& context)
{
    const HashedKey key = context.store.hashed(get.key);
    Transaction transaction(context.store);
    const Table::Row* row = transaction.fetch(key);
    const bool found = row != nullptr && (get.nested || !row->first->is_nested());
    if (!transaction.counters().get.count(found)) return Outcome::not_found;
    return Found{row->first.item, row->first->cas};
}

Reply run(GetMany& get, const Context& context)
{
    std::vector<HashedKey> keys;
    keys.reserve(get.keys.size());
    for (const std::string& key : get.keys) keys.push_back(context.store.hashed(key));
    FoundMany found;
    found.items.reserve(keys.size());
    Transaction transaction(context.store);
    transaction.look_ahead(keys);
    for (const HashedKey& key : keys) {
        const Table::Row* row = transaction.fetch(key);
        transaction.counters().get.count(row != nullptr);
        found.items.push_back(row == nullptr ? nullptr : row->first.item);
    }
    return found;
}

Reply run(GetAndTouch& get, const Context& context)
{
    const HashedKey key = context.store.hashed(get.key);
    Transaction transaction(context.store);
    Table::Row* row = transaction.fetch(key);
    const bool found = row != nullptr && !row->first->is_nested();
    transaction.counters().touch.count(found);
    if (!transaction.counters().get.count(found)) return Outcome::not_found;
    transaction.touch(*row, get.expiry.resolve(transaction.now()));
    return Found{row->first.item, row->first->cas};
}

/// The draft's value behind (or before) the stored one, with the stored one's flags and expiry.
/// nullopt when there is no memory for both.
std::optional<Draft> join(const Item& stored, const Item& piece, bool piece_first, Store& store)
{
    const std::string_view first = piece_first ? piece.value() : stored.value();
    const std::string_view second = piece_first ? stored.value() : piece.value();
    auto joined = store.draft(stored.key(), first.size() + second.size());
    if (!joined) return std::nullopt;
    std::copy(second.begin(), second.end(),
              std::copy(first.begin(), first.end(), joined->room().begin()));
    joined->item->flags = stored.flags;
    return joined;
}

/// Copies without the lock, so that a long value delays nobody; when another client has changed the
/// item meanwhile, the copy is made again from what is there now. Somebody gets on every time.
PutResult append(Put& put, const Context& context)
{
    const HashedKey key = context.store.hashed(put.draft.item->key());
    const bool first = put.mode == Put::Mode::prepend;
    ItemPtr before;
    std::optional<Draft> joined;
    for (;;) {
        {
            Transaction transaction(context.store);
            const Table::Row* row = transaction.find(key);
            if (row == nullptr) {
                if (!put.vivify) return {Outcome::not_stored};
                const UnixMillis expires = put.vivify->resolve(transaction.now());
                return {Outcome::stored,
                        transaction.put(std::move(put.draft), expires, put.new_cas)};
            }
            if (row->first->is_nested()) return {Outcome::not_stored};
            // 0 is no cas number: whoever sends it wants no comparison.
            const bool compares = put.compare.value_or(0) != 0;
            if (compares && row->first->cas != *put.compare) return {Outcome::exists};
            if (joined && row->first.item == before) {
                const UnixMillis expires = before->expires;
                return {Outcome::stored, transaction.put(std::move(*joined), expires, put.new_cas)};
            }
            before = row->first.item;
        }
        if (before->value().size() + put.draft.item->value().size() > max_value_bytes) {
            return {Outcome::too_large};
        }
        joined = join(*before, *put.draft.item, first, context.store);
        if (!joined) return {Outcome::out_of_memory};
    }
}

/// cas: the item must be there and must not have changed since the client read it.
Outcome compare(const Put& put, const Table::Row* row, StoreCounters& counters)
{
    if (row == nullptr) {
        ++counters.cas.misses;
        return Outcome::not_found;
    }
    if (row->first->cas == *put.compare) {
        ++counters.cas.hits;
        return Outcome::stored;
    }
    ++counters.cas_badval;
    if (!put.invalidate || *put.compare == 0 || row->first->cas < *put.compare)
        return Outcome::exists;
    put.draft.item->marks.stale = true;
    put.draft.item->marks.token_sent = row->first->marks.token_sent;
    return Outcome::stored;
}

/// Whether a put may go on, given what is stored; Outcome::stored means it may.
Outcome admit(const Put& put, const Table::Row* row, StoreCounters& counters)
{
    switch (put.mode) {
        case Put::Mode::add: return row == nullptr ? Outcome::stored : Outcome::not_stored;
        case Put::Mode::replace: return row != nullptr ? Outcome::stored : Outcome::not_stored;
        case Put::Mode::cas: return compare(put, row, counters);
        default: return Outcome::stored;
    }
}

Reply run(Put& put, const Context& context)
{
    if (put.mode == Put::Mode::append || put.mode == Put::Mode::prepend) {
        {
            Transaction transaction(context.store);
            ++transaction.counters().set;
        }
        return append(put, context);
    }
    const HashedKey key{put.draft.item->key(), put.draft.item->hash()};
    Transaction transaction(context.store);
    ++transaction.counters().set;
    const Table::Row* row = put.mode == Put::Mode::set ? nullptr : transaction.find(key);
    const Outcome outcome = admit(put, row, transaction.counters());
    if (outcome != Outcome::stored) return PutResult{outcome};
    // What is stored as stale lasts no longer than what it replaces.
    const bool is_stale = put.draft.item->marks.stale;
    const UnixMillis expires =
        is_stale ? row->first->expires : put.expiry.resolve(transaction.now());
    return PutResult{Outcome::stored, transaction.put(std::move(put.draft), expires, put.new_cas)};
}

/// The memory limit has been asked for each value already: only a heap without room for a table's
/// row can fail here, and then the pairs before it are stored.
Reply run(PutMany& put, const Context& context)
{
    const std::uint64_t count = put.drafts.size();
    Transaction transaction(context.store);
    transaction.counters().set += count;
    for (Draft& draft : put.drafts) transaction.put(std::move(draft), never);
    return Number{count};
}

Reply run(Delete& del, const Context& context)
{
    const HashedKey key = context.store.hashed(del.key);
    Transaction transaction(context.store);
    const bool found = transaction.counters().del.count(transaction.erase(key));
    return found ? Outcome::deleted : Outcome::not_found;
}

Reply run(Arithmetic& arithmetic, const Context& context)
{
    const HashedKey key = context.store.hashed(arithmetic.key);
    context.store.make_room(Item::footprint(key.bytes.size(), max_digits));
    Transaction transaction(context.store);
    StoreCounters& counters = transaction.counters();
    HitCount& count = arithmetic.subtract ? counters.decr : counters.incr;
    const Table::Row* row = transaction.find(key);
    if (!count.count(row != nullptr)) return Outcome::not_found;

    const auto number = parse_leading_number(row->first->value());
    if (!number) return Outcome::not_a_number;
    const std::uint64_t result = apply(*number, arithmetic.delta, arithmetic.subtract);
    auto draft = number_draft(transaction, key, result, padded_size(*row->first.item));
    if (!draft) return Outcome::out_of_memory;
    draft->item->type = row->first->type;
    const Usage usage = succeed(*row, *draft->item);
    transaction.put(std::move(*draft), row->first->expires, {}, usage);
    return Number{result};
}

Reply run(Touch& touch, const Context& context)
{
    const HashedKey key = context.store.hashed(touch.key);
    Transaction transaction(context.store);
    Table::Row* row = transaction.fetch(key);
    if (!transaction.counters().touch.count(row != nullptr)) return Outcome::not_found;
    transaction.touch(*row, touch.expiry.resolve(transaction.now()));
    return Outcome::touched;
}

Reply run(Flush& flush, const Context& context)
{
    Transaction transaction(context.store);
    const UnixMillis now = transaction.now();
    transaction.flush(flush.when.kind == Expiry::Kind::forever ? now : flush.when.resolve(now));
    return Outcome::done;
}

Reply run(Clear&, const Context& context)
{
    // Items whose time is over are gone already, as far as anybody can see: they do not count.
    while (context.store.sweep()) {
    }
    Transaction transaction(context.store);
    const std::uint64_t count = transaction.size();
    transaction.flush(transaction.now());
    return Number{count};
}

Reply run(Version&, const Context&)
{
    return VersionText{memcached_version};
}

Reply run(Acknowledge&, const Context&)
{
    return Outcome::done;
}

Reply run(Stats& stats, const Context& context)
{
    return statistics(stats.group, context);
}

Reply run(ResetStats&, const Context& context)
{
    Transaction(context.store).counters() = {};
    return Outcome::reset;
}

Reply run(SetMemoryLimit& limit, const Context& context)
{
    context.store.set_memory_limit(limit.bytes);
    return Outcome::done;
}

Reply run(Shutdown&, const Context& context)
{
    return context.server.shut_down() ? Outcome::nothing : Outcome::not_allowed;
}

Reply run(TurnClock& turn, const Context& context)
{
    VirtualClock* clock = context.server.clock_to_turn();
    if (clock == nullptr) return Refusal{"ERROR"};  // as if there were no such command
    switch (turn.how) {
        case TurnClock::How::pause: clock->pause(); break;
        case TurnClock::How::resume: clock->resume(); break;
        case TurnClock::How::move: clock->move(turn.by); break;
    }
    return Outcome::done;
}

Reply run(Reject& reject, const Context&)
{
    return Refusal{reject.text};
}

Reply run(Nothing&, const Context&)
{
    return Outcome::nothing;
}

}  // namespace

Reply execute(Operation& operation, const Context& context)
{
    try {
        return std::visit([&](auto& asked) -> Reply { return run(asked, context); }, operation);
    } catch (const std::bad_alloc&) {
        return Outcome::out_of_memory;
    }
}

}  // namespace kv
