#include "server/memcached/storage.h"

#include "common/decimal.h"
#include "common/words.h"
#include "server/command/execute.h"
#include "server/command/rewrite.h"

#include <algorithm>

namespace kv::memcached {

namespace {

/// A number keeps the length of the value it takes the place of, whose blanks are written under the
/// lock. memcached counts no value that does not fit half a page of its memory.
constexpr std::size_t longest_number = std::size_t{512} << 10;

/// 0 is no cas number: a client that sends it wants no comparison.
bool differs(const Put& put, const Row& row)
{
    const std::uint64_t wanted = put.compare.value_or(0);
    return wanted != 0 && row->cas != wanted;
}

PutResult put_draft(Draft&& draft, UnixMillis expires, const Put& put, Transaction& store)
{
    const std::size_t bytes = draft.item->value().size();
    return {Outcome::stored, store.put(std::move(draft), expires, {.cas = put.new_cas}), bytes};
}

/// Append to nothing: a miss, unless the request wants an item made.
PutResult put_first_piece(Put& put, Transaction& store)
{
    if (!put.vivify) return {Outcome::not_stored};
    const UnixMillis expires = put.vivify->resolve(store.now());
    return put_draft(std::move(*put.draft), expires, put, store);
}

PutResult append(Put& put, const HashedKey& key, const Context& context)
{
    const bool in_front = put.mode == Put::Mode::prepend;
    const Edit edit{in_front ? Edit::Place::front : Edit::Place::back, put.draft->item->value()};
    const auto step = [&](Transaction& store, const Row& row,
                          Draft* joined) -> std::optional<PutResult> {
        if (!row) return put_first_piece(put, store);
        if (!row->is_string()) return PutResult{Outcome::not_stored};
        if (differs(put, row)) return PutResult{Outcome::exists};
        if (edit.size(row->value()) > put.max_value_bytes) return PutResult{Outcome::not_stored};
        if (joined == nullptr) return std::nullopt;
        return put_draft(std::move(*joined), row->expires, put, store);
    };
    return rewrite(context, key, key, edit, step).value_or(PutResult{Outcome::out_of_memory});
}

/// cas: the item must be there and must not have changed since the client read it.
Outcome compare(const Put& put, const Row& row, StoreCounters& counters)
{
    if (!row) {
        ++counters.cas.misses;
        return Outcome::not_found;
    }
    if (row->cas == *put.compare) {
        ++counters.cas.hits;
        return Outcome::stored;
    }
    ++counters.cas_badval;
    if (!put.invalidate || *put.compare == 0 || row->cas < *put.compare) return Outcome::exists;
    put.draft->item->marks.stale = true;
    put.draft->item->marks.token_sent = row->marks.token_sent;
    return Outcome::stored;
}

/// Whether a put may go on, given what is stored; Outcome::stored means it may.
Outcome admit(const Put& put, const Row& row, StoreCounters& counters)
{
    switch (put.mode) {
        case Put::Mode::add: return row ? Outcome::not_stored : Outcome::stored;
        case Put::Mode::replace: return row ? Outcome::stored : Outcome::not_stored;
        case Put::Mode::cas: return compare(put, row, counters);
        default: return Outcome::stored;
    }
}

void count_set(const Put& put, StoreCounters& counters)
{
    ++counters.set;
    if (put.meta) ++counters.meta;
}

/// The value in an item of its own, unless it was read into one. false: there is no memory for it.
bool take_value(Put& put, const HashedKey& key, const Context& context)
{
    if (!put.draft) {
        auto room = draft(context, key, put.value.size());
        if (!room) return false;
        std::copy(put.value.begin(), put.value.end(), room->room().begin());
        put.draft.emplace(std::move(*room));
    }
    put.draft->item->flags = put.flags;
    put.draft->item->marks.binary_key = put.binary_key;
    return true;
}

}  // namespace

Outcome give_up(const Unstorable& request, const HashedKey& key, const Context& context)
{
    const WithLock store(context);
    StoreCounters& counters = store->counters();
    ++(request.too_large ? counters.too_large : counters.no_memory);
    if (request.drops_old) store->erase(key);
    return request.too_large ? Outcome::too_large : Outcome::out_of_memory;
}

PutResult put(Put& request, const HashedKey& key, const Context& context)
{
    if (!take_value(request, key, context)) {
        return {give_up(unstorable(request, false), key, context)};
    }
    if (request.mode == Put::Mode::append || request.mode == Put::Mode::prepend) {
        count_set(request, WithLock(context)->counters());
        return append(request, key, context);
    }
    const WithLock store(context);
    count_set(request, store->counters());
    const Row row = request.mode == Put::Mode::set ? Row() : store->find(key);
    const Outcome outcome = admit(request, row, store->counters());
    if (outcome != Outcome::stored) return {outcome, 0, request.draft->item->value().size()};
    // What is stored as stale lasts no longer than what it replaces.
    const bool is_stale = request.draft->item->marks.stale;
    const UnixMillis expires = is_stale ? row->expires : request.expiry.resolve(store->now());
    return put_draft(std::move(*request.draft), expires, request, *store);
}

std::variant<Counted, Outcome> count(Transaction& store, const HashedKey& key, const Row& row,
                                     std::uint64_t delta, bool subtract)
{
    if (row->value().size() > longest_number) return Outcome::not_a_number;
    const auto before = parse_leading_number(row->value());
    if (!before) return Outcome::not_a_number;
    const std::uint64_t number = subtract ? *before - std::min(*before, delta) : *before + delta;
    const std::size_t least_bytes = row->type == ItemType::integer ? 0 : row->value().size();
    auto draft = successor(store, key, row, Decimal(number).text(), least_bytes);
    if (!draft) return Outcome::out_of_memory;
    // A number that takes no more room is a change of the same item: its marks stay, and its use.
    const bool same_size = draft->item->value().size() == row->value().size();
    if (same_size) draft->item->marks = row->marks;
    return Counted{std::move(*draft), same_size ? row.usage() : Usage(), number};
}

}  // namespace kv::memcached
