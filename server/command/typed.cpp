#include "server/command/typed.h"

#include "server/command/nested_writer.h"
#include "server/command/steps.h"
#include "server/store/collection.h"

#include <new>
#include <utility>

namespace kv {

namespace {

/// The collections of a reply are more than it may have.
struct TooLarge {};

constexpr Refusal larger_than_any_reply{
    "collections too large to be read whole: 64 MiB or 1048576 values"};

/// A collection's elements. They are shared with it and never change.
struct Elements {
    Container kind = Container::list;
    std::size_t count = 0;
    std::vector<BytesPtr> parts;  ///< of a hash each field and its value
    std::vector<double> scores;   ///< of a sorted set, one for each part
    std::size_t bytes = 0;        ///< encoded, at most
};

/// What is stored under a key: an item, or of a collection its elements; or nothing.
struct Value {
    ItemPtr item = {};
    std::uint64_t cas = 0;
    std::optional<Elements> elements = {};
};

/// Reads values for one reply, under the lock, and counts what their collections have.
class Reader {
public:
    /// Throws TooLarge, std::bad_alloc.
    [[nodiscard]] Value read(const Row& row)
    {
        if (!row) return {};
        if (!row->is_collection()) return {row.item(), row->cas, {}};
        return {nullptr, row->cas, elements_of(*row.item())};
    }

private:
    [[nodiscard]] Elements elements_of(const Item& item);
    [[nodiscard]] Elements begin(Container kind, std::size_t count);
    void add(Elements& elements, const BytesPtr& part);
    void add_bytes(Elements& elements, std::size_t bytes);
    static void take(std::size_t& left, std::size_t count);

    std::size_t values_left_ = max_nested_values;
    std::size_t bytes_left_ = max_typed_bytes;
};

Elements Reader::elements_of(const Item& item)
{
    const Collection& collection = *collection_of(item);
    const bool has_pairs = item.type == ItemType::hash || item.type == ItemType::sorted_set;
    Elements found = begin(has_pairs ? Container::dict : Container::list, collection.size());
    if (item.type == ItemType::list) {
        for (const BytesPtr& element : static_cast<const List&>(collection).elements()) {
            add(found, element);
        }
    } else if (item.type == ItemType::set) {
        static_cast<const Set&>(collection).for_each([&](const Set::Member& member) {
            add(found, member.name);
        });
    } else if (item.type == ItemType::hash) {
        static_cast<const Hash&>(collection).for_each([&](const Hash::Field& field) {
            add(found, field.name);
            add(found, field.value);
        });
    } else {
        add_bytes(found, 9 * found.count);
        const auto& sorted = static_cast<const SortedSet&>(collection);
        sorted.visit(0, found.count, false, [&](double score, const BytesPtr& member) {
            add(found, member);
            found.scores.push_back(score);
        });
    }
    return found;
}

Elements Reader::begin(Container kind, std::size_t count)
{
    const std::size_t values = kind == Container::dict ? 2 * count : count;
    take(values_left_, values + 1);
    Elements elements;
    elements.kind = kind;
    elements.count = count;
    elements.parts.reserve(values);
    return elements;
}

void Reader::add(Elements& elements, const BytesPtr& part)
{
    constexpr std::size_t head_bytes = 5;
    add_bytes(elements, head_bytes + part->size());
    elements.parts.push_back(part);
}

void Reader::add_bytes(Elements& elements, std::size_t bytes)
{
    take(bytes_left_, bytes);
    elements.bytes += bytes;
}

void Reader::take(std::size_t& left, std::size_t count)
{
    if (count > left) throw TooLarge();
    left -= count;
}

/// The item of `value`, which is made for a collection. Without the lock. Throws std::bad_alloc.
ItemPtr item_of(Value& value, std::string_view key, const Context& context)
{
    if (!value.elements) return std::move(value.item);
    const Elements elements = std::exchange(value.elements, {}).value();
    NestedWriter writer(context.store, key, elements.bytes);
    writer.begin(elements.kind, elements.count);
    for (std::size_t i = 0; i < elements.parts.size(); ++i) {
        writer.bytes(elements.parts[i]->view());
        if (!elements.scores.empty()) writer.real(elements.scores[i]);
    }
    auto draft = writer.refusal().empty() ? writer.finish() : std::nullopt;
    if (!draft) throw std::bad_alloc();
    ItemPtr item = draft->item;
    draft->charge.keep();
    context.store.unstored().unread.add(std::move(draft->item));
    return item;
}

}  // namespace

Reply run(const GetTyped& request, const Context& context)
{
    const HashedKey key = context.store.hashed(request.key);
    Value value;
    try {
        const WithLock store(context);
        const Row row = get(*store, key, true);
        if (!row) return NotFound{};
        value = Reader().read(row);
    } catch (const TooLarge&) {
        return larger_than_any_reply;
    }
    return Found{item_of(value, request.key, context), value.cas};
}

Reply run(const GetMany& request, const Context& context)
{
    std::vector<HashedKey> keys;
    keys.reserve(request.keys.size());
    for (const std::string& key : request.keys) keys.push_back(context.store.hashed(key));
    std::vector<Value> values;
    values.reserve(keys.size());
    try {
        Reader reader;
        in_steps(context, keys, [&](Transaction& store, const HashedKey& key) {
            values.push_back(reader.read(get(store, key, true)));
        });
    } catch (const TooLarge&) {
        return larger_than_any_reply;
    }
    FoundMany found;
    found.items.reserve(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        found.items.push_back(item_of(values[i], keys[i].bytes, context));
    }
    return found;
}

}  // namespace kv
