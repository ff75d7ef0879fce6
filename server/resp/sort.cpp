// SORT (redis.io/commands/sort): in steps that each take the lock, with the sorting between them;
// with STORE under one lock.
#include "server/command/steps.h"
#include "server/resp/protocol.h"
#include "server/resp/sort_options.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <utility>

namespace kv::resp {

namespace {

/// What a pattern refers to: nothing, an element, a hash's value, a string.
using Value = std::variant<std::monostate, BytesPtr, ItemPtr>;

std::string_view view(const Value& value)
{
    if (const auto* bytes = std::get_if<BytesPtr>(&value)) return (*bytes)->view();
    if (const auto* item = std::get_if<ItemPtr>(&value)) return (*item)->value();
    return {};
}

struct Sorted {
    BytesPtr element;
    double score = 0;
    Value weight{};  ///< what BY refers to
};

class Sort {
public:
    /// `context` is the call's, or inside a transaction.
    Sort(const Call& call, const Context& context, SortOptions options)
        : call_(call), context_(context), options_(std::move(options))
    {
    }

    /// Finds the elements and brings them into their order; an error: they cannot be.
    [[nodiscard]] std::optional<Error> run();

    [[nodiscard]] Reply answer();

    /// Under the lock that the context is inside of.
    [[nodiscard]] Reply store();

private:
    [[nodiscard]] std::optional<Error> load(Transaction& store);
    void load(const Collection& collection, ItemType type);
    void load(const List& list);
    void load(const SortedSet& set);
    void add(const BytesPtr& element) { entries_.push_back({element}); }
    void limit();
    [[nodiscard]] bool hold_elements() const;
    [[nodiscard]] bool read_scores();
    void sort();
    [[nodiscard]] int compare(const Sorted& a, const Sorted& b) const;
    [[nodiscard]] int compare_texts(std::string_view a, std::string_view b) const;
    template <class Visit>
    void look_up(const Pattern& pattern, Visit visit);
    template <class Visit>
    void look_up_few(const Pattern& pattern, std::span<const Sorted> entries, Visit visit);
    [[nodiscard]] std::vector<Value> find_values();

    const Call& call_;
    const Context& context_;
    SortOptions options_;
    std::vector<Sorted> entries_;
};

// --- the elements ---

/// Lists and sorted sets have an order of their own: when nothing sorts, only what LIMIT leaves of
/// it is looked at, from the other end when DESC says so.
void Sort::load(const List& list)
{
    const std::size_t size = list.size();
    const Places places = options_.sorts ? Places{0, size} : limited(options_, size);
    const bool backwards = !options_.sorts && options_.descending;
    for (std::size_t i = places.first; i < places.first + places.count; ++i) {
        add(list.elements()[backwards ? size - 1 - i : i]);
    }
}

void Sort::load(const SortedSet& set)
{
    const std::size_t size = set.size();
    const Places places = options_.sorts ? Places{0, size} : limited(options_, size);
    const bool backwards = !options_.sorts && options_.descending;
    set.visit(backwards ? size - 1 - places.first : places.first, places.count, backwards,
              [&](double, const BytesPtr& member) { add(member); });
}

void Sort::load(const Collection& collection, ItemType type)
{
    if (type == ItemType::list) return load(static_cast<const List&>(collection));
    if (type == ItemType::sorted_set) return load(static_cast<const SortedSet&>(collection));
    // What is stored is to be the same each time.
    if (!options_.sorts && options_.stores) {
        options_.sorts = true;
        options_.alpha = true;
        options_.by.reset();
    }
    static_cast<const Set&>(collection).for_each([&](const Set::Member& member) {
        add(member.name);
    });
    if (!options_.sorts) limit();
}

/// Drops all that LIMIT does not leave.
void Sort::limit()
{
    const Places places = limited(options_, entries_.size());
    entries_.resize(places.first + places.count);
    entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(places.first));
}

std::optional<Error> Sort::load(Transaction& store)
{
    const Row row = store.read(call_.key());
    if (!count(store.counters().get, static_cast<bool>(row))) return std::nullopt;
    if (!row->is_collection() || row->type == ItemType::hash) return error(wrong_type);
    const Collection& collection = *collection_of(*row.item());
    entries_.reserve(collection.size());
    load(collection, row->type);
    return std::nullopt;
}

/// Those that are stored remain with what they are elements of.
bool Sort::hold_elements() const
{
    return options_.stores ||
           std::all_of(entries_.begin(), entries_.end(), [&](const Sorted& entry) {
               return call_.hold(sizeof entry) && hold(call_, entry.element);
           });
}

// --- what patterns refer to ---

Value find_value(Transaction& store, const HashedKey& key, const HashedKey& field)
{
    const Row row = get(store, key, true);
    if (!row) return {};
    if (field.bytes.empty()) return row->is_string() ? Value(row.item()) : Value();
    if (row->type != ItemType::hash) return {};
    const auto* found = static_cast<const Hash&>(*collection_of(*row.item())).find(field);
    return found == nullptr ? Value() : Value(found->value);
}

/// The names are made and hashed before the lock is taken.
template <class Visit>
void Sort::look_up_few(const Pattern& pattern, std::span<const Sorted> entries, Visit visit)
{
    std::vector<std::string> names;
    std::vector<HashedKey> keys;
    names.reserve(entries.size());
    for (const Sorted& entry : entries) {
        std::string& name = names.emplace_back(pattern.before);
        name.append(entry.element->view()).append(pattern.behind);
        keys.push_back(context_.store.hashed(name));
    }
    const HashedKey field = context_.store.hashed(pattern.field);
    in_step(context_, [&](Transaction& store) {
        store.prefetch(keys);
        for (std::size_t i = 0; i < keys.size(); ++i) visit(i, find_value(store, keys[i], field));
    });
}

/// Calls visit(i, value) with what the pattern refers to for each of the entries.
template <class Visit>
void Sort::look_up(const Pattern& pattern, Visit visit)
{
    constexpr std::size_t keys_per_step = 32;
    const std::span<const Sorted> entries = entries_;
    if (pattern.is_element) {
        for (std::size_t i = 0; i < entries.size(); ++i) visit(i, Value(entries[i].element));
    }
    if (!pattern.has_star) return;
    for (std::size_t first = 0; first < entries.size(); first += keys_per_step) {
        const std::size_t few = std::min(keys_per_step, entries.size() - first);
        look_up_few(pattern, entries.subspan(first, few),
                    [&](std::size_t i, Value value) { visit(first + i, std::move(value)); });
    }
}

/// For each entry, what each GET refers to.
std::vector<Value> Sort::find_values()
{
    const std::size_t patterns = options_.get.size();
    std::vector<Value> values(entries_.size() * patterns);
    for (std::size_t p = 0; p < patterns; ++p) {
        look_up(options_.get[p],
                [&](std::size_t i, Value value) { values[i * patterns + p] = std::move(value); });
    }
    return values;
}

// --- the order ---

/// As C reads it, up to a NUL: with blanks before it, and nothing is 0.
std::optional<double> read_score(const std::string& text)
{
    char* end = nullptr;
    errno = 0;
    const double score = std::strtod(text.c_str(), &end);
    if (*end != '\0' || errno == ERANGE || std::isnan(score)) return std::nullopt;
    return score;
}

/// false: one is no number. An entry without a weight has 0.
bool Sort::read_scores()
{
    std::string text;
    for (Sorted& entry : entries_) {
        text = options_.by ? view(entry.weight) : entry.element->view();
        const auto score = read_score(text);
        if (!score) return false;
        entry.score = *score;
    }
    return true;
}

/// As strcoll() does in C's locale, up to a NUL; what is stored by all bytes.
int Sort::compare_texts(std::string_view a, std::string_view b) const
{
    if (options_.stores) return a.compare(b);
    return a.substr(0, a.find('\0')).compare(b.substr(0, b.find('\0')));
}

/// Entries without a weight stand before the others.
int Sort::compare(const Sorted& a, const Sorted& b) const
{
    if (!options_.alpha) {
        if (a.score != b.score) return a.score < b.score ? -1 : 1;
        return a.element->view().compare(b.element->view());
    }
    if (!options_.by) return compare_texts(a.element->view(), b.element->view());
    const bool has_a = a.weight.index() != 0;
    const bool has_b = b.weight.index() != 0;
    if (!has_a || !has_b) return static_cast<int>(has_a) - static_cast<int>(has_b);
    return compare_texts(view(a.weight), view(b.weight));
}

void Sort::sort()
{
    std::stable_sort(entries_.begin(), entries_.end(), [&](const Sorted& a, const Sorted& b) {
        return options_.descending ? compare(b, a) < 0 : compare(a, b) < 0;
    });
    limit();
}

std::optional<Error> Sort::run()
{
    auto refused = in_step(context_, [&](Transaction& store) { return load(store); });
    if (refused) return refused;
    if (!hold_elements()) return error(out_of_memory);
    if (!options_.sorts) return std::nullopt;
    if (options_.by) {
        look_up(*options_.by,
                [&](std::size_t i, Value value) { entries_[i].weight = std::move(value); });
    }
    if (!options_.alpha && !read_scores()) {
        return error("ERR One or more scores can't be converted into double");
    }
    sort();
    return std::nullopt;
}

// --- what becomes of it ---

Reply to_reply(Value& value)
{
    if (auto* bytes = std::get_if<BytesPtr>(&value)) return Element{std::move(*bytes)};
    if (auto* item = std::get_if<ItemPtr>(&value)) return Stored{std::move(*item)};
    return Null{};
}

Reply Sort::answer()
{
    if (options_.get.empty()) {
        Elements answer;
        answer.elements.reserve(entries_.size());
        for (Sorted& entry : entries_) answer.elements.push_back(std::move(entry.element));
        return answer;
    }
    const std::size_t count = entries_.size() * options_.get.size();
    if (!call_.hold(count * (sizeof(Reply) + sizeof(Value)))) return error(out_of_memory);
    Array answer;
    answer.elements.reserve(count);
    for (Value& value : find_values()) {
        const auto* bytes = std::get_if<BytesPtr>(&value);
        if (bytes != nullptr && !hold(call_, *bytes)) return error(out_of_memory);
        answer.elements.push_back(to_reply(value));
    }
    return answer;
}

/// What is no element yet becomes one; nullptr: there is no room to hold it.
BytesPtr to_element(const Call& call, const Value& value)
{
    if (const auto* bytes = std::get_if<BytesPtr>(&value)) return *bytes;
    if (!call.hold(Bytes::footprint(view(value).size()))) return nullptr;
    return Bytes::make(view(value));
}

Reply Sort::store()
{
    Transaction& store = *context_.inside;
    const HashedKey& destination = call_.keys().back();
    auto list = std::make_unique<List>();
    if (options_.get.empty()) {
        for (Sorted& entry : entries_) list->push(End::back, std::move(entry.element));
    }
    for (const Value& value : find_values()) {
        BytesPtr element = to_element(call_, value);
        if (!element) return error(out_of_memory);
        list->push(End::back, std::move(element));
    }
    const std::size_t size = list->size();
    if (size == 0) {
        store.erase(destination);
        return Integer{0};
    }
    const std::size_t item = Item::footprint(destination.bytes.size(), collection_room);
    auto room = store.reserve(item + list->footprint(), destination);
    if (!room) return error(out_of_memory);
    store.provide(std::move(*room));
    store.put(destination, std::move(list), List::type, never);
    return integer(size);
}

Reply handle_sort(Call& call)
{
    auto parsed = parse_sort(call);
    if (auto* refused = std::get_if<Error>(&parsed)) return std::move(*refused);
    auto& options = std::get<SortOptions>(parsed);
    if (!options.stores) {
        Sort sort(call, call.context, std::move(options));
        if (auto refused = sort.run()) return std::move(*refused);
        return sort.answer();
    }
    const WithLock store(call.context);
    Context inside = call.context;
    inside.inside = &*store;
    Sort sort(call, inside, std::move(options));
    if (auto refused = sort.run()) return std::move(*refused);
    return sort.store();
}

}  // namespace

std::span<const Handler> sort_handlers()
{
    static constexpr Handler table[] = {
        {"sort", handle_sort},
        {"sort_ro", handle_sort},
    };
    return table;
}

}  // namespace kv::resp
