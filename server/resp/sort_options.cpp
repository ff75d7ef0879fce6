#include "server/resp/sort_options.h"

#include "common/words.h"
#include "server/resp/number.h"
#include "server/resp/protocol.h"

#include <algorithm>

namespace kv::resp {

namespace {

Pattern parse_pattern(std::string_view text)
{
    if (text == "#") return {.is_element = true};
    const std::size_t star = text.find('*');
    if (star == std::string_view::npos) return {};
    Pattern pattern{.has_star = true, .before = text.substr(0, star)};
    const std::string_view rest = text.substr(star + 1);
    const std::size_t arrow = rest.find("->");
    pattern.behind = rest;
    if (arrow != std::string_view::npos && arrow + 2 < rest.size()) {
        pattern.behind = rest.substr(0, arrow);
        pattern.field = rest.substr(arrow + 2);
    }
    return pattern;
}

/// Takes the option at argument `i`, and moves on to the last word of it.
std::optional<Error> parse_option(const Call& call, std::size_t& i, SortOptions& options)
{
    const std::size_t left = call.size() - i - 1;
    const auto is = [&](std::string_view name, std::size_t words) {
        return left >= words && equal_ignoring_case(call[i], name);
    };
    if (is("asc", 0)) {
        options.descending = false;
    } else if (is("desc", 0)) {
        options.descending = true;
    } else if (is("alpha", 0)) {
        options.alpha = true;
    } else if (is("limit", 2)) {
        const auto offset = parse_integer(call[i + 1]);
        const auto count = parse_integer(call[i + 2]);
        if (!offset || !count) return error(not_an_integer);
        options.offset = *offset;
        options.count = *count;
        i += 2;
    } else if (is("store", 1) && call.command.name == "sort") {
        options.stores = true;
        ++i;
    } else if (is("by", 1)) {
        options.by = parse_pattern(call[++i]);
        options.sorts = options.sorts && options.by->has_star;
    } else if (is("get", 1)) {
        options.get.push_back(parse_pattern(call[++i]));
    } else {
        return error(syntax_error);
    }
    return std::nullopt;
}

}  // namespace

std::variant<SortOptions, Error> parse_sort(const Call& call)
{
    SortOptions options;
    for (std::size_t i = 2; i < call.size(); ++i) {
        if (auto refused = parse_option(call, i, options)) return std::move(*refused);
    }
    return options;
}

Places limited(const SortOptions& options, std::size_t size)
{
    const auto all = static_cast<std::int64_t>(size);
    const std::int64_t first = std::clamp<std::int64_t>(options.offset, 0, all);
    const std::int64_t left = all - first;
    const std::int64_t count = options.count < 0 ? left : std::min(options.count, left);
    return {static_cast<std::size_t>(first), static_cast<std::size_t>(count)};
}

}  // namespace kv::resp
