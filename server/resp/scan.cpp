// KEYS, SCAN and RANDOMKEY: walks over the store, in steps with the lock released between them.
#include "server/resp/scan.h"
#include "common/words.h"
#include "server/command/steps.h"
#include "server/resp/number.h"
#include "server/resp/protocol.h"

#include <fmt/format.h>
#include <sodium/randombytes.h>

#include <algorithm>
#include <iterator>

namespace kv::resp {

namespace {

// One lock covers so many buckets, some 20 us; about one item each.
constexpr int buckets_per_step = 200;

// A walk of more steps takes longer than a client needs to leave.
constexpr int steps_of_long_walk = 50;

/// Items in the order of a walk.
using Items = std::vector<ItemPtr>;

struct Step {
    bool more = true;        ///< the walk is not through
    bool restarted = false;  ///< the shard has grown, so its keys come twice
};

/// One step of a walk: appends items until there are `enough`.
Step take_step(Call& call, Table::Cursor& cursor, Items& items, std::size_t enough)
{
    return in_step(call.context, [&](Transaction& store) {
        Step step;
        for (int i = 0; step.more && i < buckets_per_step && items.size() < enough; ++i) {
            step.more =
                store.visit_bucket(cursor, [&](const Row& row) { items.push_back(row.item()); });
            step.restarted = step.restarted || cursor.restarted;
        }
        return step;
    });
}

bool fits(const Item& item, const ScanOptions& options)
{
    if (!options.type.empty() && !equal_ignoring_case(options.type, type_name(item))) return false;
    return options.matches(item.key());
}

/// The keys found, copied as they will be written: a client that does not read its answer keeps no
/// item in memory.
class FoundKeys {
public:
    explicit FoundKeys(Call& call) : call_(call) {}

    /// false: there is no memory for it.
    [[nodiscard]] bool add(const Item& item)
    {
        const std::string_view key = item.key();
        const std::size_t shard = Table::shard_number(item.hash());
        if (keys_.pieces.empty() || keys_.pieces.back().size() + key.size() > piece_bytes) {
            if (!call_.hold(std::max(piece_bytes, key.size()) + frame_bytes)) return false;
            keys_.pieces.emplace_back().reserve(std::max(piece_bytes, key.size()) + frame_bytes);
        }
        if (shard != shard_ || keys_.count == 0) {
            shard_ = shard;
            begin_ = {keys_.pieces.size(), keys_.pieces.back().size(), keys_.count};
        }
        fmt::format_to(std::back_inserter(keys_.pieces.back()), "${}\r\n{}\r\n", key.size(), key);
        ++keys_.count;
        return true;
    }

    /// A shard that has grown meanwhile is walked again: what was found in it will come once more.
    void forget_shard(std::size_t shard)
    {
        if (keys_.count == 0 || shard != shard_) return;
        keys_.pieces.resize(begin_.pieces);
        keys_.pieces.back().resize(begin_.bytes);
        keys_.count = begin_.count;
    }

    [[nodiscard]] Texts take() { return std::move(keys_); }

private:
    static constexpr std::size_t piece_bytes = std::size_t{8} << 10;
    static constexpr std::size_t frame_bytes = 16;  // "$65536\r\n" and "\r\n"

    struct Place {
        std::size_t pieces = 0;
        std::size_t bytes = 0;  ///< in the last piece
        std::size_t count = 0;
    };

    Call& call_;
    Texts keys_;
    std::size_t shard_ = 0;  ///< of the last key
    Place begin_;            ///< of the keys of that shard
};

Reply handle_keys(Call& call)
{
    const auto pattern = Glob::compile(call[1]);
    if (!pattern) return error(pattern_too_long);
    FoundKeys found(call);
    Table::Cursor cursor;
    int steps = 0;
    for (Step step; step.more && !call.is_cut(); ++steps) {
        Items seen;
        const std::size_t shard = cursor.shard;
        step = take_step(call, cursor, seen, SIZE_MAX);
        cursor.restarted = false;
        if (step.restarted) found.forget_shard(shard);
        for (const ItemPtr& item : seen) {
            if (call.is_cut()) break;
            if (pattern->matches(item->key()) && !found.add(*item)) return error(out_of_memory);
        }
    }
    call.took_long = steps > steps_of_long_walk;
    return found.take();
}

Reply handle_scan(Call& call)
{
    const auto number = parse_cursor(call[1]);
    if (!number) return error(invalid_cursor);
    const auto parsed = parse_scan(call, 2, true);
    if (const auto* refused = std::get_if<Error>(&parsed)) return *refused;
    const auto& options = std::get<ScanOptions>(parsed);

    Table::Cursor cursor = to_cursor(*number);
    FoundKeys found(call);
    const auto enough = static_cast<std::size_t>(options.count);
    std::size_t seen = 0;
    bool more = true;
    // Empty buckets count too: a nearly empty store must not make one call a whole walk.
    std::size_t steps = 0;
    for (; more && seen < enough && steps < enough && !call.is_cut(); ++steps) {
        Items items;
        more = take_step(call, cursor, items, enough - seen).more;
        seen += items.size();
        for (const ItemPtr& item : items) {
            if (call.is_cut()) break;
            if (fits(*item, options) && !found.add(*item)) return error(out_of_memory);
        }
    }
    call.took_long = steps > steps_of_long_walk;
    const std::uint64_t next = more ? to_number(cursor) : 0;
    return Array{Array::Kind::array, {Bulk{std::to_string(next)}, found.take()}};
}

/// The first item behind a place by chance: not quite fair to those behind a gap, as Redis'.
Reply handle_randomkey(Call& call)
{
    Table::Cursor cursor;
    {
        const WithLock store(call.context);
        cursor = store->place(randombytes_random(), randombytes_random());
    }
    Items items;
    for (int ends = 0; items.empty() && ends < 2;) {
        if (!take_step(call, cursor, items, 1).more) ++ends;
    }
    if (items.empty()) return Null{};
    const ItemPtr& item = items[randombytes_uniform(static_cast<std::uint32_t>(items.size()))];
    return PartOf{item, item->key()};
}

}  // namespace

std::optional<std::uint64_t> parse_cursor(std::string_view text)
{
    text = text.substr(0, text.find('\0'));
    if (text.empty()) return 0;
    const bool is_negative = text.starts_with('-');
    if (is_negative || text.starts_with('+')) text.remove_prefix(1);
    const auto number = parse_number<std::uint64_t>(text);
    if (!number) return std::nullopt;
    return is_negative ? std::uint64_t{0} - *number : *number;
}

std::variant<ScanOptions, Error> parse_scan(const Call& call, std::size_t first, bool of_keys)
{
    ScanOptions options;
    for (std::size_t i = first; i < call.size(); i += 2) {
        if (i + 1 == call.size()) return error(syntax_error);
        if (equal_ignoring_case(call[i], "count")) {
            const auto count = parse_integer(call[i + 1]);
            if (!count) return error(not_an_integer);
            if (*count < 1) return error(syntax_error);
            options.count = *count;
        } else if (equal_ignoring_case(call[i], "match")) {
            options.pattern = Glob::compile(call[i + 1]);
            if (!options.pattern) return error(pattern_too_long);
        } else if (of_keys && equal_ignoring_case(call[i], "type")) {
            options.type = call[i + 1];
        } else {
            return error(syntax_error);
        }
    }
    return options;
}

std::span<const Handler> scan_handlers()
{
    static constexpr Handler table[] = {
        {"keys", handle_keys},
        {"scan", handle_scan},
        {"randomkey", handle_randomkey},
    };
    return table;
}

}  // namespace kv::resp
