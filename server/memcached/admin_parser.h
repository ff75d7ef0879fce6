// admin_parser.h: the commands for whoever looks after a server: stats, lru_crawler, shutdown ...
#pragma once

#include "common/words.h"
#include "server/memcached/parser.h"

namespace kv::memcached {

/// A command's words, its name first. No command but the gets has more than seven; an eighth only
/// shows that there are too many.
using CommandWords = Words<8>;

// Each reads the words of its command's line (their number is right already).
[[nodiscard]] Line parse_stats(const CommandWords& words, std::string_view line);
[[nodiscard]] Line parse_shutdown(const CommandWords& words, std::string_view line);
[[nodiscard]] Line parse_debugtime(const CommandWords& words, std::string_view line);
[[nodiscard]] Line parse_cache_memlimit(const CommandWords& words, std::string_view line);
[[nodiscard]] Line parse_lru_crawler(const CommandWords& words, std::string_view line);

/// slabs, lru: settings of parts that we do not have. What memcached would accept is accepted.
[[nodiscard]] Line parse_slabs(const CommandWords& words, std::string_view line);
[[nodiscard]] Line parse_lru(const CommandWords& words, std::string_view line);

}  // namespace kv::memcached
