// admin_parser.h: the commands for whoever looks after a server: stats, lru_crawler, shutdown ...
#pragma once

#include "common/words.h"
#include "server/memcached/parser.h"

namespace kv::memcached {

/// A line and its words, the command's name first. No command but the gets has more than seven; an
/// eighth only shows that there are too many.
struct CommandWords : Words<8> {
    explicit CommandWords(std::string_view whole) : Words<8>(split_words<8>(whole)), line(whole) {}

    std::string_view line;
};

// Each reads the words of its command's line (their number is right already).
void parse_stats(const CommandWords& words, Request& request);
void parse_watch(const CommandWords& words, Request& request);
void parse_shutdown(const CommandWords& words, Request& request);
void parse_debugtime(const CommandWords& words, Request& request);
void parse_cache_memlimit(const CommandWords& words, Request& request);
void parse_lru_crawler(const CommandWords& words, Request& request);

/// slabs, lru: settings of parts that we do not have. What memcached would accept is accepted.
void parse_slabs(const CommandWords& words, Request& request);
void parse_lru(const CommandWords& words, Request& request);

}  // namespace kv::memcached
