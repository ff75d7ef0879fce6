// sort_options.h: what a request for SORT says.
#pragma once

#include "server/resp/elements.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace kv::resp {

/// What BY and GET refer to: "weight_*", "user_*->name", "#".
struct Pattern {
    bool is_element = false;    ///< "#": the element itself
    bool has_star = false;      ///< else it refers to nothing
    std::string_view before{};  ///< the star, for which the element stands
    std::string_view behind{};
    std::string_view field{};  ///< of the hash at that key; empty: the key has a string
};

/// The words of SORT behind its key.
struct SortOptions {
    bool sorts = true;  ///< a BY without a star says that nothing does
    std::optional<Pattern> by;
    std::vector<Pattern> get;
    std::int64_t offset = 0;
    std::int64_t count = -1;  ///< negative: all
    bool descending = false;
    bool alpha = false;
    bool stores = false;
};

/// Of a call of SORT or SORT_RO.
[[nodiscard]] std::variant<SortOptions, Error> parse_sort(const Call& call);

/// What LIMIT leaves of `size` elements.
[[nodiscard]] Places limited(const SortOptions& options, std::size_t size);

}  // namespace kv::resp
