// rows.h: Redis' commands: one row each, one file for each of Redis' groups.
//
// All that is said of a command anywhere is made from its row: COMMAND and its subcommands, the
// arity check and the key lookup of the server, the shell's help, hints, completion and manual
// page, and server/COMMANDS.md. A row and a handler in server/resp are a command. A new group is a
// file with a function, declared here and listed in groups.cpp.
#pragma once

#include "common/command_table.h"

#include <cstddef>
#include <span>
#include <string_view>

namespace kv::redis {

/// What Redis says of a command in COMMAND INFO, and what the server's dispatcher goes by.
enum Flag : unsigned {
    writes = 1U << 0,
    reads = 1U << 1,
    needs_memory = 1U << 2,  ///< "denyoom"
    admin = 1U << 3,         ///< not shown to MONITOR
    fast = 1U << 4,
    unqueued = 1U << 5,  ///< carried out immediately even between MULTI and EXEC
    has_subcommands = 1U << 6,
    copies = 1U << 7,    ///< makes an item of a present value, though Redis needs no memory for it
    unlocked = 1U << 8,  ///< tells of the server: EXEC answers it when the store's lock is gone
    blocks = 1U << 9,    ///< "blocking": the client may wait for others
    no_script = 1U << 10,     ///< "noscript"
    movable_keys = 1U << 11,  ///< "movablekeys": more may be keys than have a fixed place
    varies = 1U << 12,        ///< "nondeterministic_output"
    any_order = 1U << 13,     ///< "nondeterministic_output_order"
};

constexpr unsigned stores = writes | needs_memory;

/// Which arguments are keys: the first, the last (negative: counted from the end), every step-th;
/// and what no place says, of a command with movable keys.
struct KeyPositions {
    int first = 0;
    int last = 0;
    int step = 0;
    int count = 0;            ///< the argument that says how many keys follow it; 0: none does
    bool of_options = false;  ///< SORT's: what follows STORE is a key
};

constexpr KeyPositions no_key{};
constexpr KeyPositions one_key{1, 1, 1};
constexpr KeyPositions two_keys{1, 2, 1};
constexpr KeyPositions all_keys{1, -1, 1};
constexpr KeyPositions all_keys_but_last{1, -2, 1};
constexpr KeyPositions pairs{1, -1, 2};
constexpr KeyPositions subcommands_key{2, 2, 1};
constexpr KeyPositions key_and_counted_keys{1, 1, 1, 2};
constexpr KeyPositions key_and_those_of_options{1, 1, 1, 0, true};

/// Argument `count` is the number of keys, and the keys follow it.
constexpr KeyPositions counted_keys(int count)
{
    return {0, 0, 0, count};
}

/// One command that the server has.
struct Row {
    std::string_view name;     ///< in small letters; a subcommand as "client|list"
    std::string_view grammar;  ///< of its arguments, as CommandInfo::arguments
    int arity;                 ///< words, name included; negative: at least so many
    unsigned flags;
    KeyPositions keys;
    std::size_t value;  ///< the first argument that is a value to be stored as it comes; 0: none
    std::string_view since;  ///< the version of Redis that had it first
    std::string_view summary;
    std::string_view categories{};  ///< in the place of the group's: "@keyspace @dangerous"
};

struct Group {
    std::string_view name;      ///< as Redis' documentation has it
    std::string_view title;     ///< for people: a heading in the shell's help
    std::string_view category;  ///< of access control, "@string"; empty: none
    std::span<const Row> rows;
};

[[nodiscard]] Group string_group();
[[nodiscard]] Group list_group();
[[nodiscard]] Group hash_group();
[[nodiscard]] Group set_group();
[[nodiscard]] Group sorted_set_group();
[[nodiscard]] Group bitmap_group();
[[nodiscard]] Group generic_group();
[[nodiscard]] Group connection_group();
[[nodiscard]] Group transactions_group();
[[nodiscard]] Group server_group();

/// The groups above, in this order. Lives as long as the program.
[[nodiscard]] std::span<const Group> groups();

/// Commands of Redis that this server does not have, which the shell knows for other servers.
/// `group` is a title.
[[nodiscard]] std::span<const CommandInfo> commands_elsewhere();

}  // namespace kv::redis
