// Bits of strings (redis.io/commands, "bitmap"); bitfields.cpp has BITFIELD.
//
// Bit 0 is the highest of the first byte. Values are read after the store's lock is gone, and long
// ones are copied without it, as APPEND does.
#include "common/words.h"
#include "server/command/rewrite.h"
#include "server/resp/command.h"
#include "server/resp/number.h"
#include "server/resp/protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace kv::resp {

namespace {

using Word = std::uint64_t;

unsigned byte_at(std::string_view bytes, std::size_t i)
{
    return static_cast<unsigned char>(bytes[i]);
}

Word word_at(const char* bytes)
{
    Word word = 0;
    std::memcpy(&word, bytes, sizeof word);
    return word;
}

/// The one bit of a byte that is number `offset` of its value.
unsigned mask_of(std::uint64_t offset)
{
    return 0x80U >> (offset % 8);
}

/// Behind its end a value has zeros.
bool bit_at(std::string_view value, std::uint64_t offset)
{
    return offset / 8 < value.size() && (byte_at(value, offset / 8) & mask_of(offset)) != 0;
}

/// Bits of a value, the first and the last.
struct Range {
    std::uint64_t first;
    std::uint64_t last;

    /// Which bits of byte `i` belong to it.
    [[nodiscard]] unsigned mask(std::size_t i) const
    {
        unsigned mask = 0xff;
        if (i == first / 8) mask &= 0xffU >> (first % 8);
        if (i == last / 8) mask &= 0xffU << (7 - last % 8);
        return mask;
    }
};

/// Bytes, or bits, from `start` to `end`, which count from the value's end when negative. nullopt:
/// there are none.
std::optional<Range> range_between(std::int64_t start, std::int64_t end, bool in_bits,
                                   std::size_t value_bytes)
{
    const auto size = static_cast<std::int64_t>(in_bits ? 8 * value_bytes : value_bytes);
    if (start < 0) start = std::max<std::int64_t>(0, size + start);
    if (end < 0) end = std::max<std::int64_t>(0, size + end);
    end = std::min(end, size - 1);
    if (start > end) return std::nullopt;
    const auto first = static_cast<std::uint64_t>(start);
    const auto last = static_cast<std::uint64_t>(end);
    if (in_bits) return Range{first, last};
    return Range{8 * first, 8 * last + 7};
}

/// Whether a word says BIT, and not BYTE; nullopt: neither.
std::optional<bool> parse_unit(std::string_view word)
{
    if (equal_ignoring_case(word, "bit")) return true;
    if (equal_ignoring_case(word, "byte")) return false;
    return std::nullopt;
}

std::uint64_t count_ones(std::string_view value, Range range)
{
    std::size_t i = range.first / 8;
    const std::size_t last = range.last / 8;
    auto count = static_cast<std::uint64_t>(std::popcount(byte_at(value, i) & range.mask(i)));
    for (++i; i + sizeof(Word) <= last; i += sizeof(Word)) {
        count += static_cast<std::uint64_t>(std::popcount(word_at(value.data() + i)));
    }
    for (; i <= last; ++i) {
        count += static_cast<std::uint64_t>(std::popcount(byte_at(value, i) & range.mask(i)));
    }
    return count;
}

/// The first bit of the range that is `wanted`.
std::optional<std::uint64_t> find_bit(std::string_view value, Range range, bool wanted)
{
    const Word none = wanted ? 0 : ~Word{0};  // eight bytes without such a bit
    const std::size_t last = range.last / 8;
    std::size_t i = range.first / 8;
    while (i <= last) {
        const unsigned found = (byte_at(value, i) ^ (none & 0xff)) & range.mask(i);
        if (found != 0) {
            const auto place = std::countl_zero(static_cast<unsigned char>(found));
            return 8 * i + static_cast<std::uint64_t>(place);
        }
        ++i;
        while (i + sizeof(Word) <= last && word_at(value.data() + i) == none) i += sizeof(Word);
    }
    return std::nullopt;
}

/// The value of the call's key to read without the lock (null: none), or why it cannot be.
std::variant<ItemPtr, Error> read_string(const Call& call)
{
    const WithLock store(call.context);
    const Row row = get(*store, call.key(), true);
    if (!row) return ItemPtr();
    if (!row->is_string()) return error(wrong_type);
    return row.item();
}

Reply handle_getbit(Call& call)
{
    const auto offset = parse_bit_offset(call[2], call.state.max_item_bytes);
    if (!offset) return error(bad_bit_offset);
    const WithLock store(call.context);
    const Row row = get(*store, call.key(), true);
    if (!row) return Integer{0};
    if (!row->is_string()) return error(wrong_type);
    return Integer{bit_at(row->value(), *offset)};
}

/// A bit that is already what it is to be changes nothing.
Reply set_bit(const Call& call, std::uint64_t offset, bool on)
{
    const std::size_t place = offset / 8;
    const auto make = [&](const ItemPtr& source) {
        const std::string_view old = source ? source->value() : std::string_view();
        const unsigned before = place < old.size() ? byte_at(old, place) : 0;
        const unsigned mask = mask_of(offset);
        const auto byte = static_cast<char>(on ? before | mask : before & ~mask);
        return edited(call.context, call.key(), source, {Edit::Place::offset, {&byte, 1}, place});
    };
    const auto step = [&](Transaction& store, const Row& row, Draft* made) -> std::optional<Reply> {
        if (row && !row->is_string()) return error(wrong_type);
        const std::string_view old = row ? row->value() : std::string_view();
        const bool before = bit_at(old, offset);
        if (place < old.size() && before == on) return Integer{before};
        if (made == nullptr) return std::nullopt;
        store.put(std::move(*made), row ? row->expires : never);
        return Integer{before};
    };
    auto reply = rewrite(call.context, call.key(), make, step);
    return reply ? std::move(*reply) : error(out_of_memory);
}

Reply handle_setbit(Call& call)
{
    const auto offset = parse_bit_offset(call[2], call.state.max_item_bytes);
    if (!offset) return error(bad_bit_offset);
    const auto bit = parse_integer(call[3]);
    if (!bit || (*bit != 0 && *bit != 1)) {
        return error("ERR bit is not an integer or out of range");
    }
    return set_bit(call, *offset, *bit == 1);
}

std::size_t most_bytes_of_setbit(const Call& call, std::size_t present)
{
    const auto offset = parse_bit_offset(call[2], call.state.max_item_bytes);
    return offset ? std::max<std::size_t>(present, *offset / 8 + 1) : 0;
}

/// As Redis, it looks for the key before it looks at the numbers.
Reply handle_bitcount(Call& call)
{
    const auto found = read_string(call);
    if (const auto* refused = std::get_if<Error>(&found)) return *refused;
    const auto& item = std::get<ItemPtr>(found);
    if (!item) return Integer{0};
    const std::string_view value = item->value();
    std::optional<Range> range = range_between(0, -1, false, value.size());
    if (call.size() > 2) {
        if (call.size() != 4 && call.size() != 5) return error(syntax_error);
        const auto start = parse_integer(call[2]);
        const auto end = parse_integer(call[3]);
        if (!start || !end) return error(not_an_integer);
        if (*start < 0 && *end < 0 && *start > *end) return Integer{0};
        const auto in_bits = parse_unit(call.size() == 5 ? call[4] : "byte");
        if (!in_bits) return error(syntax_error);
        range = range_between(*start, *end, *in_bits, value.size());
    }
    return Integer{range ? static_cast<std::int64_t>(count_ones(value, *range)) : 0};
}

/// The range that BITPOS names, of a value of so many bytes.
std::variant<std::optional<Range>, Error> parse_bitpos(const Call& call, std::size_t value_bytes)
{
    if (call.size() == 3) return range_between(0, -1, false, value_bytes);
    if (call.size() > 6) return error(syntax_error);
    const auto start = parse_integer(call[3]);
    if (!start) return error(not_an_integer);
    const auto in_bits = parse_unit(call.size() == 6 ? call[5] : "byte");
    if (!in_bits) return error(syntax_error);
    const auto end = call.size() > 4 ? parse_integer(call[4]) : -1;
    if (!end) return error(not_an_integer);
    return range_between(*start, *end, *in_bits, value_bytes);
}

/// Where no end is named the value goes on with zeros.
Reply handle_bitpos(Call& call)
{
    const auto bit = parse_integer(call[2]);
    if (!bit) return error(not_an_integer);
    if (*bit != 0 && *bit != 1) return error("ERR The bit argument must be 1 or 0.");
    const bool wanted = *bit == 1;
    const auto found = read_string(call);
    if (const auto* refused = std::get_if<Error>(&found)) return *refused;
    const auto& item = std::get<ItemPtr>(found);
    if (!item) return Integer{wanted ? -1 : 0};
    const auto parsed = parse_bitpos(call, item->value().size());
    if (const auto* refused = std::get_if<Error>(&parsed)) return *refused;
    const auto& range = std::get<std::optional<Range>>(parsed);
    if (!range) return Integer{-1};
    if (const auto place = find_bit(item->value(), *range, wanted)) return integer(*place);
    if (wanted || call.size() > 4) return Integer{-1};
    return integer(range->last + 1);
}

enum class Operation { conjunction, disjunction, difference, complement };

std::optional<Operation> operation_named(std::string_view word)
{
    if (equal_ignoring_case(word, "and")) return Operation::conjunction;
    if (equal_ignoring_case(word, "or")) return Operation::disjunction;
    if (equal_ignoring_case(word, "xor")) return Operation::difference;
    if (equal_ignoring_case(word, "not")) return Operation::complement;
    return std::nullopt;
}

/// Combines the front of `into` with `bytes`.
template <class Combine>
void combine(std::span<char> into, std::string_view bytes, Combine combine_words)
{
    std::size_t i = 0;
    for (; i + sizeof(Word) <= bytes.size(); i += sizeof(Word)) {
        const Word word = combine_words(word_at(into.data() + i), word_at(bytes.data() + i));
        std::memcpy(into.data() + i, &word, sizeof word);
    }
    for (; i < bytes.size(); ++i) {
        into[i] = static_cast<char>(
            combine_words(byte_at({into.data(), into.size()}, i), byte_at(bytes, i)));
    }
}

void apply(Operation operation, std::span<char> into, std::string_view bytes)
{
    switch (operation) {
        case Operation::conjunction:
            combine(into, bytes, [](Word a, Word b) { return a & b; });
            std::ranges::fill(into.subspan(bytes.size()), '\0');
            return;
        case Operation::disjunction:
            return combine(into, bytes, [](Word a, Word b) { return a | b; });
        case Operation::difference:
            return combine(into, bytes, [](Word a, Word b) { return a ^ b; });
        case Operation::complement: return combine(into, bytes, [](Word, Word b) { return ~b; });
    }
}

using Sources = std::vector<ItemPtr>;

std::string_view value_of(const ItemPtr& item)
{
    return item ? item->value() : std::string_view();
}

std::size_t longest_of(const Sources& sources)
{
    std::size_t longest = 0;
    for (const ItemPtr& source : sources) longest = std::max(longest, value_of(source).size());
    return longest;
}

/// The result of the sources' values, the shorter ones filled up with zeros. nullopt: there is no
/// memory for it. For a client that is cut it stops early, and the result is nothing to be stored.
std::optional<Draft> combined(const Call& call, Operation operation, const Sources& sources)
{
    auto made = draft(call.context, call.key(), longest_of(sources));
    if (!made) return std::nullopt;
    const std::string_view first = value_of(sources.front());
    const auto rest = std::copy(first.begin(), first.end(), made->room().begin());
    std::fill(rest, made->room().end(), '\0');
    if (operation == Operation::complement) {
        apply(operation, made->room(), first);
        return made;
    }
    for (auto source = sources.begin() + 1; source != sources.end(); ++source) {
        if (call.context.inside == nullptr && call.is_cut()) break;
        apply(operation, made->room(), value_of(*source));
    }
    return made;
}

/// Finds the sources, all under one lock; the first time they are counted as read. false: one of
/// them is no string.
bool find_sources(const Call& call, Transaction& store, Sources& found, bool first_time)
{
    for (const HashedKey& key : call.keys().subspan(1)) {
        const Row row = first_time ? get(store, key, true) : store.find(key);
        if (row && !row->is_string()) return false;
        found.push_back(row ? row.item() : nullptr);
    }
    return true;
}

/// The result is made without the lock, and again when a source has changed meanwhile.
Reply store_combined(const Call& call, Operation operation)
{
    Sources sources;
    std::optional<Draft> made;
    for (;;) {
        Sources found;
        found.reserve(call.keys().size());
        {
            const WithLock store(call.context);
            if (!find_sources(call, *store, found, !made)) return error(wrong_type);
            const std::size_t size = longest_of(found);
            if (size == 0) {
                store->erase(call.key());
                return Integer{0};
            }
            if (made && found == sources) {
                if (call.context.inside == nullptr && call.is_cut()) return NoReply{};
                // The result may replace one of them, which nobody refers to then.
                found.clear();
                sources.clear();
                store->put(std::move(*made), never);
                return integer(size);
            }
        }
        sources.swap(found);
        made = combined(call, operation, sources);
        if (!made) return error(out_of_memory);
    }
}

Reply handle_bitop(Call& call)
{
    const auto operation = operation_named(call[1]);
    if (!operation) return error(syntax_error);
    if (*operation == Operation::complement && call.size() != 4) {
        return error("ERR BITOP NOT must be called with a single source key.");
    }
    if (call.keys().size() > max_pairs) {
        return Error{fmt::format("ERR too many keys for '{}' command, at most {}",
                                 call.command.name, max_pairs)};
    }
    return store_combined(call, *operation);
}

/// The longest of the sources, which are among the keys.
std::size_t most_bytes_of_bitop(const Call&, std::size_t present)
{
    return present;
}

}  // namespace

std::span<const Handler> bitmap_handlers()
{
    static constexpr Handler table[] = {
        {"setbit", handle_setbit, most_bytes_of_setbit},
        {"getbit", handle_getbit},
        {"bitcount", handle_bitcount},
        {"bitpos", handle_bitpos},
        {"bitop", handle_bitop, most_bytes_of_bitop},
    };
    return table;
}

}  // namespace kv::resp
