// BITFIELD: integers of any width anywhere in a string (redis.io/commands/bitfield).
#include "common/words.h"
#include "server/command/rewrite.h"
#include "server/resp/command.h"
#include "server/resp/number.h"
#include "server/resp/protocol.h"

#include <algorithm>

namespace kv::resp {

namespace {

constexpr std::string_view bad_type =
    "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 "
    "is.";

/// "i16", "u8"
struct Encoding {
    bool is_signed;
    unsigned bits;  ///< 1 to 64, unsigned to 63
};

/// What becomes of a number that its field cannot hold.
enum class Overflow { wrap, saturate, fail };

/// One of the things that a call asks for.
struct Field {
    enum class Action { get, set, increment };
    Action action;
    Encoding encoding;
    std::uint64_t offset;  ///< of its first bit
    std::int64_t operand = 0;
    Overflow overflow = Overflow::wrap;

    /// How long a value is that holds it.
    [[nodiscard]] std::size_t bytes() const { return (offset + encoding.bits + 7) / 8; }
};

using Fields = std::vector<Field>;

/// How long the value must be for the fields that are written; 0: none is.
std::size_t bytes_to_write(const Fields& fields)
{
    std::size_t bytes = 0;
    for (const Field& field : fields) {
        if (field.action != Field::Action::get) bytes = std::max(bytes, field.bytes());
    }
    return bytes;
}

std::optional<Encoding> parse_encoding(std::string_view word)
{
    if (!word.starts_with('i') && !word.starts_with('u')) return std::nullopt;
    const bool is_signed = word.front() == 'i';
    const auto bits = parse_integer(word.substr(1));
    if (!bits || *bits < 1 || *bits > (is_signed ? 64 : 63)) return std::nullopt;
    return Encoding{is_signed, static_cast<unsigned>(*bits)};
}

std::optional<Overflow> parse_overflow(std::string_view word)
{
    if (equal_ignoring_case(word, "wrap")) return Overflow::wrap;
    if (equal_ignoring_case(word, "sat")) return Overflow::saturate;
    if (equal_ignoring_case(word, "fail")) return Overflow::fail;
    return std::nullopt;
}

/// What a word asks for, if as many words follow as that needs.
std::optional<Field::Action> parse_action(std::string_view word, std::size_t following)
{
    if (equal_ignoring_case(word, "get") && following >= 2) return Field::Action::get;
    if (equal_ignoring_case(word, "set") && following >= 3) return Field::Action::set;
    if (equal_ignoring_case(word, "incrby") && following >= 3) return Field::Action::increment;
    return std::nullopt;
}

/// Reads the words of one field, from its action at word `i` on.
std::variant<Field, Error> parse_field(const Call& call, std::size_t i, Overflow overflow)
{
    const auto action = parse_action(call[i], call.size() - 1 - i);
    if (!action) return error(syntax_error);
    const auto encoding = parse_encoding(call[i + 1]);
    if (!encoding) return error(bad_type);
    const auto offset = parse_bit_offset(call[i + 2], call.state.max_item_bytes, encoding->bits);
    if (!offset) return error(bad_bit_offset);
    Field field{*action, *encoding, *offset};
    if (*action == Field::Action::get) return field;
    const auto operand = parse_integer(call[i + 3]);
    if (!operand) return error(not_an_integer);
    field.operand = *operand;
    field.overflow = overflow;
    return field;
}

std::variant<Fields, Error> parse_fields(const Call& call)
{
    Fields fields;
    Overflow overflow = Overflow::wrap;
    for (std::size_t i = 2; i < call.size();) {
        if (equal_ignoring_case(call[i], "overflow") && i + 1 < call.size()) {
            const auto named = parse_overflow(call[i + 1]);
            if (!named) return error("ERR Invalid OVERFLOW type specified");
            overflow = *named;
            i += 2;
            continue;
        }
        auto parsed = parse_field(call, i, overflow);
        if (auto* refused = std::get_if<Error>(&parsed)) return std::move(*refused);
        fields.push_back(std::get<Field>(parsed));
        i += fields.back().action == Field::Action::get ? 3 : 4;
    }
    return fields;
}

/// The field's bits as the low bits of a number, a signed one's sign carried up. Behind its end a
/// value has zeros.
std::uint64_t read_field(std::string_view value, const Field& field)
{
    std::uint64_t number = 0;
    for (std::uint64_t bit = field.offset; bit < field.offset + field.encoding.bits; ++bit) {
        const unsigned byte =
            bit / 8 < value.size() ? static_cast<unsigned char>(value[bit / 8]) : 0;
        number = number << 1 | (byte >> (7 - bit % 8) & 1);
    }
    const unsigned unused = 64 - field.encoding.bits;
    if (!field.encoding.is_signed) return number;
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(number << unused) >> unused);
}

void write_field(std::span<char> value, const Field& field, std::uint64_t number)
{
    for (unsigned i = 0; i < field.encoding.bits; ++i) {
        const std::uint64_t bit = field.offset + field.encoding.bits - 1 - i;
        const unsigned mask = 0x80U >> (bit % 8);
        const unsigned byte = static_cast<unsigned char>(value[bit / 8]);
        const bool on = (number >> i & 1) != 0;
        value[bit / 8] = static_cast<char>(on ? byte | mask : byte & ~mask);
    }
}

/// Whether `number` + `increment` is more (1) or less (-1) than the field holds; 0: it fits. Redis
/// computes in 64 bits, and so takes a number near the least of them for one that is too large.
int excess(const Encoding& encoding, std::uint64_t number, std::int64_t increment)
{
    const auto as_signed = [](std::uint64_t bits) { return static_cast<std::int64_t>(bits); };
    if (!encoding.is_signed) {
        const std::uint64_t most = (std::uint64_t{1} << encoding.bits) - 1;
        if (number > most || (increment > 0 && increment > as_signed(most - number))) return 1;
        return increment < 0 && increment < as_signed(0 - number) ? -1 : 0;
    }
    const std::int64_t most = as_signed((std::uint64_t{1} << (encoding.bits - 1)) - 1);
    const std::int64_t least = -most - 1;
    const std::int64_t value = as_signed(number);
    const std::int64_t room_above = as_signed(static_cast<std::uint64_t>(most) - number);
    const std::int64_t room_below = as_signed(static_cast<std::uint64_t>(least) - number);
    const bool narrow = encoding.bits < 64;
    if (value > most || ((narrow || (value >= 0 && increment > 0)) && increment > room_above)) {
        return 1;
    }
    const bool too_low = (narrow || (value < 0 && increment < 0)) && increment < room_below;
    return value < least || too_low ? -1 : 0;
}

/// The largest number that the field holds, or for a negative `excess` the smallest.
std::uint64_t nearest(const Encoding& encoding, int excess)
{
    if (!encoding.is_signed) {
        return excess > 0 ? (std::uint64_t{1} << encoding.bits) - 1 : 0;
    }
    const std::uint64_t most = (std::uint64_t{1} << (encoding.bits - 1)) - 1;
    return excess > 0 ? most : ~most;
}

/// The low bits that a field has of `number`, as read_field would give them.
std::uint64_t wrapped(const Encoding& encoding, std::uint64_t number)
{
    const unsigned unused = 64 - encoding.bits;
    if (!encoding.is_signed) return number << unused >> unused;
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(number << unused) >> unused);
}

/// What is to be written, when the field has `old`; nullopt: nothing, since it would not fit.
std::optional<std::uint64_t> next_number(const Field& field, std::uint64_t old)
{
    const bool counts = field.action == Field::Action::increment;
    const auto operand = static_cast<std::uint64_t>(field.operand);
    const std::uint64_t number = counts ? old + operand : operand;
    const int by =
        counts ? excess(field.encoding, old, field.operand) : excess(field.encoding, operand, 0);
    if (by == 0) return number;
    switch (field.overflow) {
        case Overflow::wrap: return wrapped(field.encoding, number);
        case Overflow::saturate: return nearest(field.encoding, by);
        case Overflow::fail: return std::nullopt;
    }
    return std::nullopt;
}

Integer integer_of(std::uint64_t number)
{
    return {static_cast<std::int64_t>(number)};
}

/// What the fields of a value are, where none is written.
Reply read_fields(std::string_view value, const Fields& fields)
{
    Array replies;
    replies.elements.reserve(fields.size());
    for (const Field& field : fields) {
        replies.elements.emplace_back(integer_of(read_field(value, field)));
    }
    return replies;
}

/// What they are, one after the other, and what has come of writing them.
struct Written {
    Array replies;
    bool changed = false;
};

Written write_fields(std::span<char> value, const Fields& fields)
{
    Written written;
    written.replies.elements.reserve(fields.size());
    for (const Field& field : fields) {
        const std::uint64_t old = read_field({value.data(), value.size()}, field);
        const bool reads = field.action == Field::Action::get;
        const auto next = reads ? old : next_number(field, old);
        if (!next) {
            written.replies.elements.emplace_back(Null{});
            continue;
        }
        const bool answers_new = field.action == Field::Action::increment;
        written.replies.elements.emplace_back(integer_of(answers_new ? *next : old));
        if (*next == old) continue;
        write_field(value, field, *next);
        written.changed = true;
    }
    return written;
}

Reply look_up(const Call& call, const Fields& fields)
{
    ItemPtr item;
    {
        const WithLock store(call.context);
        const Row row = get(*store, call.key(), true);
        if (row && !row->is_string()) return error(wrong_type);
        if (row) item = row.item();
    }
    return read_fields(item ? item->value() : std::string_view(), fields);
}

/// A copy of the source's value, of at least `bytes` bytes.
std::optional<Draft> lengthened(const Call& call, const ItemPtr& source, std::size_t bytes)
{
    constexpr std::string_view zero("\0", 1);
    Edit edit;
    if (bytes > (source ? source->value().size() : 0)) {
        edit = {Edit::Place::offset, zero, bytes - 1};
    }
    auto made = edited(call.context, call.key(), source, edit);
    if (made) made->item->type = ItemType::bytes;
    return made;
}

/// Writes the fields into a value of at least `bytes` bytes. What changes nothing is not stored.
Reply change(const Call& call, const Fields& fields, std::size_t bytes)
{
    Written written;
    const auto make = [&](const ItemPtr& source) {
        auto made = lengthened(call, source, bytes);
        if (made) written = write_fields(made->room(), fields);
        return made;
    };
    const auto step = [&](Transaction& store, const Row& row, Draft* made) -> std::optional<Reply> {
        if (row && !row->is_string()) return error(wrong_type);
        if (made == nullptr) return std::nullopt;
        const std::size_t present = row ? row->value().size() : 0;
        if (written.changed || bytes > present) {
            store.put(std::move(*made), row ? row->expires : never);
        }
        return std::move(written.replies);
    };
    auto reply = rewrite(call.context, call.key(), make, step);
    return reply ? std::move(*reply) : error(out_of_memory);
}

Reply handle_bitfield(Call& call)
{
    const auto parsed = parse_fields(call);
    if (const auto* refused = std::get_if<Error>(&parsed)) return *refused;
    const auto& fields = std::get<Fields>(parsed);
    const std::size_t bytes = bytes_to_write(fields);
    if (bytes == 0) return look_up(call, fields);
    if (bytes > call.state.max_item_bytes) return error(bad_bit_offset);
    return change(call, fields, bytes);
}

Reply handle_bitfield_ro(Call& call)
{
    const auto parsed = parse_fields(call);
    if (const auto* refused = std::get_if<Error>(&parsed)) return *refused;
    const auto& fields = std::get<Fields>(parsed);
    if (bytes_to_write(fields) > 0) {
        return error("ERR BITFIELD_RO only supports the GET subcommand");
    }
    return look_up(call, fields);
}

std::size_t most_bytes_of_bitfield(const Call& call, std::size_t present)
{
    const auto parsed = parse_fields(call);
    const auto* fields = std::get_if<Fields>(&parsed);
    const std::size_t bytes = fields != nullptr ? bytes_to_write(*fields) : 0;
    return bytes == 0 || bytes > call.state.max_item_bytes ? 0 : std::max(present, bytes);
}

}  // namespace

std::span<const Handler> bitfield_handlers()
{
    static constexpr Handler table[] = {
        {"bitfield", handle_bitfield, most_bytes_of_bitfield},
        {"bitfield_ro", handle_bitfield_ro},
    };
    return table;
}

}  // namespace kv::resp
