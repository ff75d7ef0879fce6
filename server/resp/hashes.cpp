// Hashes (redis.io/commands, "hash").
#include "common/decimal.h"
#include "common/words.h"
#include "server/resp/draw.h"
#include "server/resp/scan.h"

#include <array>
#include <cmath>

namespace kv::resp {

namespace {

/// Carries out HSET and HMSET, whose grammar cannot say that fields and values come in pairs;
/// returns how many fields are new.
std::variant<std::size_t, Reply> set_fields(Call& call)
{
    const Words words = call.words().subspan(2);
    if (words.size() % 2 != 0) return wrong_arity(call.command);
    auto room = room_for(call, words);
    if (!room) return OutOfMemory{};
    std::vector<Hash::Field> fields;
    fields.reserve(words.size() / 2);
    for (std::size_t i = 0; i < words.size(); i += 2) {
        fields.push_back(member_of(call, words[i], Bytes::make(words[i + 1])));
    }
    const WithLock store(call.context);
    store->provide(std::move(*room));
    Opened<Hash> hash(*store, call.key());
    if (hash.is_wrong_type()) return error(wrong_type);
    const std::size_t before = hash.size();
    for (const Hash::Field& field : fields) hash.apply(SetField{field});
    return hash.size() - before;
}

Reply handle_hset(Call& call)
{
    auto added = set_fields(call);
    if (auto* refused = std::get_if<Reply>(&added)) return std::move(*refused);
    return integer(std::get<std::size_t>(added));
}

Reply handle_hmset(Call& call)
{
    auto added = set_fields(call);
    if (auto* refused = std::get_if<Reply>(&added)) return std::move(*refused);
    return ok;
}

Reply handle_hsetnx(Call& call)
{
    auto room = room_for(call, call.words().subspan(2));
    if (!room) return OutOfMemory{};
    const Hash::Field field = member_of(call, call[2], Bytes::make(call[3]));
    const WithLock store(call.context);
    store->provide(std::move(*room));
    Opened<Hash> hash(*store, call.key());
    if (hash.is_wrong_type()) return error(wrong_type);
    if (hash && hash->find(field.key()) != nullptr) return Integer{0};
    hash.apply(SetField{field});
    return Integer{1};
}

/// Answers from one field's value; with `missing` if there is none.
template <class Read>
Reply read_field(Call& call, const Reply& missing, Read read)
{
    const HashedKey name = call.context.store.hashed(call[2]);
    return read_collection<Hash>(call, missing, [&](const Hash& hash) {
        const Hash::Field* const field = hash.find(name);
        return field == nullptr ? missing : read(field->value);
    });
}

Reply handle_hget(Call& call)
{
    return read_field(call, Null{}, [&](const BytesPtr& value) -> Reply {
        if (!hold(call, value)) return OutOfMemory{};
        return Element{value};
    });
}

Reply handle_hstrlen(Call& call)
{
    return read_field(call, Integer{0},
                      [](const BytesPtr& value) -> Reply { return integer(value->size()); });
}

Reply handle_hexists(Call& call)
{
    return read_field(call, Integer{0}, [](const BytesPtr&) -> Reply { return Integer{1}; });
}

Reply handle_hmget(Call& call)
{
    const std::vector<HashedKey> names = hashed_words(call, call.words().subspan(2));
    Elements values{Array::Kind::array, std::vector<BytesPtr>(names.size())};
    return read_collection<Hash>(call, values, [&](const Hash& hash) -> Reply {
        for (std::size_t i = 0; i < names.size(); ++i) {
            const Hash::Field* const field = hash.find(names[i]);
            if (field == nullptr) continue;
            if (!hold(call, field->value)) return OutOfMemory{};
            values.elements[i] = field->value;
        }
        return std::move(values);
    });
}

Reply handle_hlen(Call& call)
{
    return read_collection<Hash>(call, Integer{0},
                                 [](const Hash& hash) { return integer(hash.size()); });
}

/// The names of all fields, or their values, or name, value, name, value.
Reply tell_all(Call& call, Array::Kind kind, bool names, bool values)
{
    Elements all{kind, {}};
    return read_collection<Hash>(call, all, [&](const Hash& hash) -> Reply {
        all.elements.reserve(hash.size() * (names && values ? 2 : 1));
        bool is_held = true;
        const auto add = [&](const BytesPtr& element) {
            is_held = is_held && hold(call, element);
            if (is_held) all.elements.push_back(element);
        };
        hash.for_each([&](const Hash::Field& field) {
            if (names) add(field.name);
            if (values) add(field.value);
        });
        if (!is_held) return OutOfMemory{};
        return std::move(all);
    });
}

Reply handle_hgetall(Call& call)
{
    return tell_all(call, Array::Kind::map, true, true);
}

Reply handle_hkeys(Call& call)
{
    return tell_all(call, Array::Kind::array, true, false);
}

Reply handle_hvals(Call& call)
{
    return tell_all(call, Array::Kind::array, false, true);
}

Reply handle_hdel(Call& call)
{
    return remove_words<Hash, RemoveField>(call);
}

/// The sum is short, and made under the lock.
Reply handle_hincrby(Call& call)
{
    const auto delta = parse_integer(call[3]);
    if (!delta) return error(not_an_integer);
    auto room = room_for(call, call.words().subspan(2));
    if (!room) return OutOfMemory{};
    Hash::Field field = member_of(call, call[2], BytesPtr());
    const WithLock store(call.context);
    store->provide(std::move(*room));
    Opened<Hash> hash(*store, call.key());
    if (hash.is_wrong_type()) return error(wrong_type);
    std::int64_t number = 0;
    if (const auto* present = hash ? hash->find(field.key()) : nullptr) {
        const auto before = parse_integer(present->value->view());
        if (!before) return error("ERR hash value is not an integer");
        number = *before;
    }
    if (__builtin_add_overflow(number, *delta, &number)) {
        return error("ERR increment or decrement would overflow");
    }
    field.value = Bytes::make(Decimal(number).text());
    hash.apply(SetField{field});
    return Integer{number};
}

/// The text of what `delta` makes of a value (null: of none), or why there is none.
std::variant<std::string, Error> sum_of(const BytesPtr& value, long double delta)
{
    const auto before = value ? parse_float(value->view()) : std::optional<long double>(0);
    if (!before) return error("ERR hash value is not a float");
    const long double sum = *before + delta;
    if (!std::isfinite(sum)) return error("ERR increment would produce NaN or Infinity");
    return format_float(sum);
}

/// null: it is not there.
BytesPtr value_in(const Opened<Hash>& hash, const HashedKey& name)
{
    const Hash::Field* const field = hash ? hash->find(name) : nullptr;
    return field == nullptr ? BytesPtr() : field->value;
}

/// Sets the field if its value is still `before`; whether it was.
bool set_if_unchanged(Call& call, const Hash::Field& field, const BytesPtr& before, Charge room)
{
    const WithLock store(call.context);
    store->provide(std::move(room));
    Opened<Hash> hash(*store, call.key());
    if (hash.is_wrong_type() || value_in(hash, field.key()) != before) return false;
    hash.apply(SetField{field});
    return true;
}

/// Reading and writing a number of some thousand digits takes milliseconds: not under the lock.
/// When the value has been changed meanwhile, it is done again.
Reply handle_hincrbyfloat(Call& call)
{
    const auto delta = parse_float(call[3]);
    if (!delta) return error(not_a_float);
    if (!std::isfinite(*delta)) return error("ERR value is NaN or Infinity");
    Hash::Field field = member_of(call, call[2], BytesPtr());
    for (;;) {
        BytesPtr before;
        {
            const WithLock store(call.context);
            const Opened<Hash> hash(*store, call.key());
            if (hash.is_wrong_type()) return error(wrong_type);
            before = value_in(hash, field.key());
        }
        auto sum = sum_of(before, *delta);
        if (auto* refused = std::get_if<Error>(&sum)) return std::move(*refused);
        auto& text = std::get<std::string>(sum);
        auto room = room_for(call, std::array{call[2], std::string_view(text)});
        if (!room) return OutOfMemory{};
        field.value = Bytes::make(text);
        if (set_if_unchanged(call, field, before, std::move(*room))) return Bulk{std::move(text)};
    }
}

std::size_t sum_as_element(const Call& call, std::size_t present)
{
    return words_as_elements(call, present) + max_float_chars;
}

/// In RESP3 a field and its value are a pair, an array of its own.
Reply reply_of_fields(const Call& call, std::vector<Hash::Field> fields, bool with_values)
{
    if (!with_values || call.state.version == 2) {
        Elements reply;
        reply.elements.reserve(fields.size() * (with_values ? 2 : 1));
        for (Hash::Field& field : fields) {
            reply.elements.push_back(std::move(field.name));
            if (with_values) reply.elements.push_back(std::move(field.value));
        }
        return reply;
    }
    if (!call.hold(fields.size() * (sizeof(Reply) + heap_block(2 * sizeof(BytesPtr))))) {
        return OutOfMemory{};
    }
    Array pairs;
    pairs.elements.reserve(fields.size());
    for (Hash::Field& field : fields) {
        pairs.elements.emplace_back(Elements{Array::Kind::array, {field.name, field.value}});
    }
    return pairs;
}

Reply handle_hrandfield(Call& call)
{
    if (call.size() == 2) return draw_one<Hash>(call);
    const auto parsed = parse_draw_count(call[2]);
    if (const auto* refused = std::get_if<Error>(&parsed)) return *refused;
    const std::int64_t count = std::get<std::int64_t>(parsed);
    const bool with_values = call.size() > 3;
    if (with_values && (call.size() > 4 || !equal_ignoring_case(call[3], "withvalues"))) {
        return error(syntax_error);
    }
    if (with_values && std::abs(count) > INT64_MAX / 2) return error("ERR value is out of range");
    return draw_many<Hash>(call, count, [&](std::vector<Hash::Field> fields) {
        return reply_of_fields(call, std::move(fields), with_values);
    });
}

Reply handle_hscan(Call& call)
{
    return scan_elements<Hash>(call, [&](const Hash::Field& field, std::vector<Reply>& elements) {
        if (!hold(call, field)) return false;
        elements.emplace_back(Element{field.name});
        elements.emplace_back(Element{field.value});
        return true;
    });
}

}  // namespace

std::span<const Handler> hash_handlers()
{
    static constexpr Handler table[] = {
        {"hset", handle_hset, words_as_elements},
        {"hmset", handle_hmset, words_as_elements},
        {"hsetnx", handle_hsetnx, words_as_elements},
        {"hget", handle_hget},
        {"hmget", handle_hmget},
        {"hgetall", handle_hgetall},
        {"hkeys", handle_hkeys},
        {"hvals", handle_hvals},
        {"hlen", handle_hlen},
        {"hstrlen", handle_hstrlen},
        {"hexists", handle_hexists},
        {"hdel", handle_hdel},
        {"hincrby", handle_hincrby, words_as_elements},
        {"hincrbyfloat", handle_hincrbyfloat, sum_as_element, Makes::elements},
        {"hrandfield", handle_hrandfield},
        {"hscan", handle_hscan},
    };
    return table;
}

}  // namespace kv::resp
