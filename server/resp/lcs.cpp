// LCS: the longest common subsequence of two strings (redis.io/commands/lcs).
//
// Of the table of all pairs of beginnings each cell is computed once, without the store's lock, and
// the way back through it gives the common bytes from the last to the first.
#include "common/words.h"
#include "server/command/execute.h"
#include "server/resp/command.h"
#include "server/resp/number.h"
#include "server/resp/protocol.h"

#include <algorithm>
#include <memory>

namespace kv::resp {

namespace {

/// Of the table: two strings of 4,000 bytes, which take some 30 ms.
constexpr std::size_t max_table_bytes = std::size_t{64} << 20;

struct Options {
    bool length = false;            ///< LEN
    bool ranges = false;            ///< IDX
    bool with_lengths = false;      ///< WITHMATCHLEN
    std::int64_t least_length = 0;  ///< MINMATCHLEN: ranges of less are left out
};

std::variant<Options, Error> parse_options(const Call& call)
{
    Options options;
    for (std::size_t i = 3; i < call.size(); ++i) {
        if (equal_ignoring_case(call[i], "idx")) {
            options.ranges = true;
        } else if (equal_ignoring_case(call[i], "len")) {
            options.length = true;
        } else if (equal_ignoring_case(call[i], "withmatchlen")) {
            options.with_lengths = true;
        } else if (equal_ignoring_case(call[i], "minmatchlen") && i + 1 < call.size()) {
            const auto least = parse_integer(call[++i]);
            if (!least) return error(not_an_integer);
            options.least_length = *least;
        } else {
            return error(syntax_error);
        }
    }
    if (options.ranges && options.length) {
        return error("ERR If you want both the length and indexes, please just use IDX.");
    }
    return options;
}

/// How long the longest common subsequence is of each two beginnings of two strings.
class Lengths {
public:
    Lengths(std::string_view a, std::string_view b)
        : width_(b.size() + 1),
          cells_(std::make_unique_for_overwrite<std::uint32_t[]>((a.size() + 1) * width_))
    {
        std::fill_n(cells_.get(), width_, 0);
    }

    [[nodiscard]] static std::size_t bytes(std::string_view a, std::string_view b)
    {
        return (a.size() + 1) * (b.size() + 1) * sizeof(std::uint32_t);
    }

    /// Of the first `i` bytes of the one and the first `j` of the other.
    [[nodiscard]] std::uint32_t at(std::size_t i, std::size_t j) const
    {
        return cells_[i * width_ + j];
    }

    /// Computes the row of the first `i` bytes, the last of which is `byte`, from the one before.
    void fill_row(std::size_t i, char byte, std::string_view b)
    {
        const std::uint32_t* above = &cells_[(i - 1) * width_];
        std::uint32_t* row = &cells_[i * width_];
        row[0] = 0;
        for (std::size_t j = 1; j < width_; ++j) {
            row[j] = byte == b[j - 1] ? above[j - 1] + 1 : std::max(above[j], row[j - 1]);
        }
    }

private:
    std::size_t width_;
    std::unique_ptr<std::uint32_t[]> cells_;
};

/// Bytes that both strings have, from the one behind them on.
struct Match {
    std::size_t end_of_a;
    std::size_t end_of_b;
    std::size_t length;
};

/// Goes back through the table, and calls visit(match) for each, from the last to the first.
template <class Visit>
void visit_matches(const Lengths& table, std::string_view a, std::string_view b, Visit visit)
{
    std::size_t i = a.size();
    std::size_t j = b.size();
    Match match{};
    while (i > 0 && j > 0) {
        const bool same = a[i - 1] == b[j - 1];
        if (same && match.length++ == 0) match = {i, j, 1};
        if (!same && match.length > 0) visit(std::exchange(match, {}));
        if (same) {
            --i;
            --j;
        } else if (table.at(i - 1, j) > table.at(i, j - 1)) {
            --i;
        } else {
            --j;
        }
    }
    if (match.length > 0) visit(match);
}

Bulk common_bytes(const Lengths& table, std::string_view a, std::string_view b)
{
    std::string backwards;
    visit_matches(table, a, b, [&](const Match& match) {
        const std::string_view bytes = a.substr(match.end_of_a - match.length, match.length);
        backwards.append(bytes.rbegin(), bytes.rend());
    });
    std::reverse(backwards.begin(), backwards.end());
    return {std::move(backwards)};
}

Array range_ending(std::size_t end, std::size_t length)
{
    return {Array::Kind::array, {integer(end - length), integer(end - 1)}};
}

Array matches_of(const Lengths& table, std::string_view a, std::string_view b,
                 const Options& options)
{
    Array matches;
    visit_matches(table, a, b, [&](const Match& match) {
        if (static_cast<std::int64_t>(match.length) < options.least_length) return;
        Array entry{Array::Kind::array,
                    {range_ending(match.end_of_a, match.length),
                     range_ending(match.end_of_b, match.length)}};
        if (options.with_lengths) entry.elements.emplace_back(integer(match.length));
        matches.elements.emplace_back(std::move(entry));
    });
    return matches;
}

Reply answer(const Lengths& table, std::string_view a, std::string_view b, const Options& options)
{
    const Integer length{table.at(a.size(), b.size())};
    if (options.length) return length;
    if (!options.ranges) return common_bytes(table, a, b);
    return Array{Array::Kind::map,
                 {bulk("matches"), matches_of(table, a, b, options), bulk("len"), length}};
}

Reply compare(const Call& call, std::string_view a, std::string_view b, const Options& options)
{
    const std::size_t bytes = Lengths::bytes(a, b);
    if (bytes > max_table_bytes) {
        return error("ERR Insufficient memory, transient memory for LCS exceeds 64 MiB");
    }
    HeldBytes held;
    if (!held.add(call.context.store.unstored().held, bytes)) {
        return error("ERR Insufficient memory, failed allocating transient memory for LCS");
    }
    Lengths table(a, b);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        if (call.is_cut()) return NoReply{};
        table.fill_row(i, a[i - 1], b);
    }
    Reply reply = answer(table, a, b, options);
    if (!call.hold(footprint(reply))) return error(out_of_memory);
    return reply;
}

/// As Redis, it looks for the keys before it looks at the options.
Reply handle_lcs(Call& call)
{
    ItemPtr a;
    ItemPtr b;
    {
        const WithLock store(call.context);
        const Row row_of_a = get(*store, call.key(0), true);
        if (row_of_a) a = row_of_a.item();
        const Row row_of_b = get(*store, call.key(1), true);
        if (row_of_b) b = row_of_b.item();
        if ((row_of_a && !row_of_a->is_string()) || (row_of_b && !row_of_b->is_string())) {
            return error("ERR The specified keys must contain string values");
        }
    }
    const auto options = parse_options(call);
    if (const auto* refused = std::get_if<Error>(&options)) return *refused;
    return compare(call, a ? a->value() : "", b ? b->value() : "", std::get<Options>(options));
}

}  // namespace

std::span<const Handler> lcs_handlers()
{
    static constexpr Handler table[] = {
        {"lcs", handle_lcs},
    };
    return table;
}

}  // namespace kv::resp
