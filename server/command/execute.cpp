#include "server/command/execute.h"

#include "common/parse_number.h"
#include "common/version.h"
#include "server/command/stats.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <new>

namespace kv {

namespace {

Reply run(Get& get, const Context& context)
{
    const HashedKey key = context.store.hashed(get.key);
    Transaction transaction(context.store);
    const Table::Row* row = transaction.fetch(key);
    if (!transaction.counters().get.count(row != nullptr)) return Outcome::not_found;
    return Found{row->first, row->first->cas};
}

Reply run(GetAndTouch& get, const Context& context)
{
    const HashedKey key = context.store.hashed(get.key);
    Transaction transaction(context.store);
    Table::Row* row = transaction.fetch(key);
    transaction.counters().touch.count(row != nullptr);
    if (!transaction.counters().get.count(row != nullptr)) return Outcome::not_found;
    transaction.touch(*row, get.expiry.resolve(transaction.now()));
    return Found{row->first, row->first->cas};
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
Reply append(Put& put, const Context& context)
{
    const HashedKey key = context.store.hashed(put.draft.item->key());
    const bool first = put.mode == Put::Mode::prepend;
    ItemPtr before;
    std::optional<Draft> joined;
    for (;;) {
        {
            Transaction transaction(context.store);
            const Table::Row* row = transaction.find(key);
            if (row == nullptr) return Outcome::not_stored;
            if (joined && row->first == before) {
                transaction.put(std::move(*joined), before->expires);
                return Outcome::stored;
            }
            before = row->first;
        }
        if (before->value().size() + put.draft.item->value().size() > max_value_bytes) {
            return Outcome::too_large;
        }
        joined = join(*before, *put.draft.item, first, context.store);
        if (!joined) return Outcome::out_of_memory;
    }
}

/// Whether a put may go on, given what is stored; Outcome::stored means it may.
Outcome admit(const Put& put, const Table::Row* row, StoreCounters& counters)
{
    switch (put.mode) {
        case Put::Mode::add:
            return row == nullptr ? Outcome::stored : Outcome::not_stored;
        case Put::Mode::replace:
            return row != nullptr ? Outcome::stored : Outcome::not_stored;
        case Put::Mode::cas:
            break;
        default:
            return Outcome::stored;
    }
    if (row == nullptr) {
        ++counters.cas.misses;
        return Outcome::not_found;
    }
    const bool unchanged = row->first->cas == put.cas;
    ++(unchanged ? counters.cas.hits : counters.cas_badval);
    return unchanged ? Outcome::stored : Outcome::exists;
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
    const Item& item = *put.draft.item;
    Transaction transaction(context.store);
    StoreCounters& counters = transaction.counters();
    ++counters.set;
    if (put.mode != Put::Mode::set) {
        const Table::Row* row = transaction.find({item.key(), item.hash()});
        const Outcome outcome = admit(put, row, counters);
        if (outcome != Outcome::stored) return outcome;
    }
    transaction.put(std::move(put.draft), put.expiry.resolve(transaction.now()));
    return Outcome::stored;
}

Reply run(Delete& del, const Context& context)
{
    const HashedKey key = context.store.hashed(del.key);
    Transaction transaction(context.store);
    const bool found = transaction.counters().del.count(transaction.erase(key));
    return found ? Outcome::deleted : Outcome::not_found;
}

constexpr std::size_t max_digits = 20;  // of a 64-bit number

std::uint64_t apply(const Arithmetic& arithmetic, std::uint64_t number)
{
    if (!arithmetic.subtract) return number + arithmetic.delta;
    return number - std::min(number, arithmetic.delta);
}

/// A number as a value. It is never shorter than the value it replaces: memcached writes the digits
/// over the old ones and fills up with blanks, and clients know it does.
std::optional<Draft> number_draft(const Item& stored, std::uint64_t number,
                                  Transaction& transaction)
{
    std::array<char, max_digits> digits;
    const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    const auto length = static_cast<std::size_t>(written.ptr - digits.data());
    auto draft =
        transaction.draft({stored.key(), stored.hash()}, std::max(length, stored.value().size()));
    if (!draft) return std::nullopt;
    const auto rest = std::copy_n(digits.begin(), length, draft->room().begin());
    std::fill(rest, draft->room().end(), ' ');
    draft->item->flags = stored.flags;
    return draft;
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
    const std::uint64_t result = apply(arithmetic, *number);
    auto draft = number_draft(*row->first, result, transaction);
    if (!draft) return Outcome::out_of_memory;
    transaction.put(std::move(*draft), row->first->expires);
    return Number{result};
}

Reply run(Touch& touch, const Context& context)
{
    const HashedKey key = context.store.hashed(touch.key);
    Transaction transaction(context.store);
    Table::Row* row = transaction.find(key);
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

Reply run(Version&, const Context&)
{
    return VersionText{version};
}

Reply run(Verbosity&, const Context&)
{
    return Outcome::done;
}

Reply run(Stats&, const Context& context)
{
    return general_statistics(context);
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
        return std::visit([&](auto& asked) { return run(asked, context); }, operation);
    } catch (const std::bad_alloc&) {
        return Outcome::out_of_memory;
    }
}

}  // namespace kv
