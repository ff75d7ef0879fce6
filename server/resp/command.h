// command.h: a command, a request for one, and what a handler is given to answer it.
#pragma once

#include "common/redis/rows.h"
#include "server/command/execute.h"
#include "server/resp/reply.h"
#include "server/resp/state.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kv::resp {

class Arguments;
class Call;

using enum redis::Flag;

/// Answers a call whose number of words fits its row and whose keys are valid; answers an error for
/// everything else a client can get wrong; throws only std::bad_alloc, with the store as before.
/// Locks the store itself, and for as short as it can: see WithLock.
using Handle = Reply (*)(Call& call);

/// What a call makes that needs memory, beside values that are stored as they came.
enum class Makes : std::uint8_t {
    value,        ///< one for the last of its keys, in the place of what that has
    elements,     ///< more of them in the collection of the last of its keys
    from_others,  ///< a collection for the first of its keys from those of the others
};

/// How many bytes that may take, when what its keys have takes `present` bytes: the longest of
/// them; when it makes elements, that of the last key; when it makes a collection from others,
/// those others together. EXEC sees to that memory before it begins. Asked under the store's lock.
using MostBytes = std::size_t (*)(const Call& call, std::size_t present);

/// The present bytes with all words of the call.
[[nodiscard]] std::size_t present_and_words(const Call& call, std::size_t present);

/// The words of a call as elements, and their collection if none is present.
[[nodiscard]] std::size_t words_as_elements(const Call& call, std::size_t present);

/// A line of the handler table at the end of a file of handlers; `name` as in the row.
struct Handler {
    std::string_view name;
    Handle handle;
    MostBytes most_bytes = present_and_words;
    Makes makes = most_bytes == words_as_elements ? Makes::elements : Makes::value;
};

/// A row (common/redis/) and its handler.
struct Command : redis::Row {
    const redis::Group* group;
    Handle handle;  ///< null: it is nothing without a subcommand
    MostBytes most_bytes;
    Makes makes;
    std::size_t number;  ///< its place among all_commands()

    /// Where the key stands under which argument `i` is to be stored; 0: it is not such a value.
    [[nodiscard]] std::size_t key_of_value(std::size_t i) const
    {
        if (value == 0 || i < value) return 0;
        const auto step = static_cast<std::size_t>(keys.step);
        if (step > 1) return (i - value) % step == 0 ? i - 1 : 0;
        return i == value ? 1 : 0;
    }

    /// Where the value stands that is to be stored under the key at argument `i`; 0: there is none.
    [[nodiscard]] std::size_t value_of_key(std::size_t i) const
    {
        if (value == 0) return 0;
        return keys.step > 1 ? i + 1 : value;
    }
};

/// The handlers of each file; command.cpp lists these functions.
[[nodiscard]] std::span<const Handler> blocking_handlers();
[[nodiscard]] std::span<const Handler> bitfield_handlers();
[[nodiscard]] std::span<const Handler> bitmap_handlers();
[[nodiscard]] std::span<const Handler> command_handlers();
[[nodiscard]] std::span<const Handler> connection_handlers();
[[nodiscard]] std::span<const Handler> database_handlers();
[[nodiscard]] std::span<const Handler> hash_handlers();
[[nodiscard]] std::span<const Handler> diagnostic_handlers();
[[nodiscard]] std::span<const Handler> info_handlers();
[[nodiscard]] std::span<const Handler> key_handlers();
[[nodiscard]] std::span<const Handler> list_handlers();
[[nodiscard]] std::span<const Handler> lcs_handlers();
[[nodiscard]] std::span<const Handler> scan_handlers();
[[nodiscard]] std::span<const Handler> server_handlers();
[[nodiscard]] std::span<const Handler> set_algebra_handlers();
[[nodiscard]] std::span<const Handler> set_handlers();
[[nodiscard]] std::span<const Handler> sort_handlers();
[[nodiscard]] std::span<const Handler> sorted_set_algebra_handlers();
[[nodiscard]] std::span<const Handler> sorted_set_handlers();
[[nodiscard]] std::span<const Handler> sorted_set_pick_handlers();
[[nodiscard]] std::span<const Handler> sorted_set_range_handlers();
[[nodiscard]] std::span<const Handler> string_handlers();
[[nodiscard]] std::span<const Handler> string_edit_handlers();
[[nodiscard]] std::span<const Handler> transaction_handlers();

/// All commands and subcommands, by group; made when first called.
[[nodiscard]] std::span<const Command> all_commands();

/// Names that have a row but no handler, or a handler but no row, or two handlers: a fault of this
/// program. Such commands are unknown to clients.
[[nodiscard]] std::vector<std::string> unpaired_names();

/// The words of a request, its command's name first. Views: the bytes lie in the stream's input, or
/// in Arguments.
using Words = std::span<const std::string_view>;

/// The row of a name in any case of letters, or null.
[[nodiscard]] const Command* find_command(std::string_view name);

/// The row of what the words ask for: that of "client|list" for CLIENT LIST. null: there is none.
[[nodiscard]] const Command* command_of(Words words);

[[nodiscard]] bool is_subcommand(const Command& command);
[[nodiscard]] bool is_subcommand_of(const Command& command, const Command& container);
[[nodiscard]] inline bool fits_arity(const Command& command, std::size_t words)
{
    const auto count = static_cast<int>(words);
    return command.arity < 0 ? count >= -command.arity : count == command.arity;
}
[[nodiscard]] Error wrong_arity(const Command& command);

/// Arguments in a row that are keys.
struct KeyRange {
    std::size_t first = 0;
    std::size_t count = 0;
};

/// The keys that have no fixed place: those that an argument counts, or the one that SORT stores
/// under. nullopt: the count is no number from 1 up, or is of more words than follow it.
[[nodiscard]] std::optional<KeyRange> keys_without_place(const Command& command, Words words);

/// Calls visit(i) for every argument that is a key, in the order of the words. A wrong
/// count counts no keys: the handler answers the error.
template <class Visit>
void for_each_key(const Command& command, Words words, Visit visit)
{
    if (command.keys.first != 0) {
        const int count = static_cast<int>(words.size());
        const int last = command.keys.last < 0 ? count + command.keys.last : command.keys.last;
        for (int i = command.keys.first; i <= last && i < count; i += command.keys.step) {
            visit(static_cast<std::size_t>(i));
        }
    }
    if ((command.flags & movable_keys) == 0) return;
    const KeyRange more = keys_without_place(command, words).value_or(KeyRange{});
    for (std::size_t i = 0; i < more.count; ++i) visit(more.first + i);
}

/// A key may be of any bytes.
[[nodiscard]] inline bool is_key(std::string_view word)
{
    return !word.empty() && word.size() <= max_key_bytes;
}

/// A command and the words it comes with. What it refers to outlives it: for a request until the
/// next is read, for a command in a transaction until EXEC.
struct Invocation {
    const Command* command = nullptr;  ///< null: unknown
    Words words{};
    std::span<const HashedKey> keys{};  ///< those of the words that are keys
    std::span<Draft> values{};  ///< copies of those that are to be stored, one for each valid key
};

/// What those who MONITOR are told of a command, once it has been carried out; empty: nothing. To
/// be made before that, which may use the words up, and without the store's lock.
[[nodiscard]] std::string line_for_monitors(const Command& command, Words words,
                                            const Context& context);

/// TYPE's answer. Redis has no type that is nested as those values are.
[[nodiscard]] inline std::string_view type_name(const Item& item)
{
    switch (item.type) {
        case ItemType::nested: return "nested";
        case ItemType::list: return "list";
        case ItemType::hash: return "hash";
        case ItemType::set: return "set";
        case ItemType::sorted_set: return "zset";
        default: return "string";
    }
}

/// Whether the server runs with --when-full evict.
[[nodiscard]] bool evicts(const ServerControl& server);

/// A request as read.
struct Request : Invocation {
    explicit Request(State& client_state, const Invocation& asked = {})
        : Invocation(asked), state(client_state)
    {
    }

    State& state;
    Arguments* own = nullptr;           ///< what the words lie in; null: in the stream's input
    std::string_view refusal{};         ///< why it cannot be carried out; empty: it can
    std::string_view protocol_error{};  ///< likewise, and it was the last one
    bool closes = false;                ///< the conversation ends with this request's answer
    bool took_long = false;             ///< as Call has it
};

/// One command on its way through its handler. Used by one thread.
class Call {
public:
    /// `asked` has a command. Everything referred to outlives the call.
    Call(const Invocation& asked, State& client_state, const Context& session)
        : command(*asked.command),
          state(client_state),
          context(session),
          words_(asked.words),
          keys_(asked.keys),
          values_(asked.values)
    {
    }

    [[nodiscard]] std::size_t size() const { return words_.size(); }
    [[nodiscard]] std::string_view operator[](std::size_t i) const { return words_[i]; }
    [[nodiscard]] Words words() const { return words_; }

    [[nodiscard]] std::span<const HashedKey> keys() const { return keys_; }
    [[nodiscard]] const HashedKey& key(std::size_t i = 0) const { return keys_[i]; }

    /// The values to be stored under the keys, in their order, for moving into the store.
    [[nodiscard]] std::span<Draft> values() const { return values_; }

    /// Counts `bytes` that the reply takes until it is written. false: there is no room for them,
    /// and the reply is to be an error. Evicts nothing.
    [[nodiscard]] bool hold(std::size_t bytes) const
    {
        return state.held.add(context.store.unstored().held, bytes);
    }

    const Command& command;
    State& state;
    const Context& context;
    bool closes = false;      ///< set by a handler: end the conversation
    bool took_long = false;   ///< likewise: the client may have gone meanwhile
    std::uint64_t slept = 0;  ///< likewise: ticks of waiting for other clients, not its own time

    /// Nobody will read the answer: what changes nothing need not go on.
    [[nodiscard]] bool is_cut() const { return context.client.is_cut(); }

private:
    Words words_;
    std::span<const HashedKey> keys_;
    std::span<Draft> values_;
};

}  // namespace kv::resp
