#include "server/resp/command.h"

#include "common/words.h"
#include "server/resp/diagnostics.h"
#include "server/resp/dialect.h"
#include "server/resp/number.h"
#include "server/resp/protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <new>
#include <unordered_map>
#include <utility>

namespace kv::resp {

namespace {

constexpr std::array files{bitfield_handlers,
                           bitmap_handlers,
                           blocking_handlers,
                           command_handlers,
                           connection_handlers,
                           database_handlers,
                           diagnostic_handlers,
                           hash_handlers,
                           info_handlers,
                           key_handlers,
                           lcs_handlers,
                           list_handlers,
                           scan_handlers,
                           server_handlers,
                           set_algebra_handlers,
                           set_handlers,
                           sort_handlers,
                           sorted_set_algebra_handlers,
                           sorted_set_handlers,
                           sorted_set_pick_handlers,
                           sorted_set_range_handlers,
                           string_edit_handlers,
                           string_handlers,
                           transaction_handlers};

struct Joined {
    std::vector<Command> commands;
    std::vector<std::string> unpaired;
};

using HandlersByName = std::unordered_map<std::string_view, const Handler*>;

/// A name with a second handler goes to `unpaired`.
HandlersByName all_handlers(std::vector<std::string>& unpaired)
{
    HandlersByName by_name;
    for (const auto& handlers_of_file : files) {
        for (const Handler& handler : handlers_of_file()) {
            if (!by_name.emplace(handler.name, &handler).second) {
                unpaired.emplace_back(handler.name);
            }
        }
    }
    return by_name;
}

/// "CLIENT" alone has too few words; COMMAND alone is a command.
bool needs_handler(const redis::Row& row)
{
    return (row.flags & has_subcommands) == 0 || row.arity == -1;
}

Joined join_rows_and_handlers()
{
    Joined joined;
    HandlersByName handlers = all_handlers(joined.unpaired);
    for (const redis::Group& group : redis::groups()) {
        for (const redis::Row& row : group.rows) {
            const auto found = handlers.extract(row.name);
            if (found.empty() && needs_handler(row)) {
                joined.unpaired.emplace_back(row.name);
            } else {
                const Handler none{row.name, nullptr};
                const Handler& handler = found.empty() ? none : *found.mapped();
                joined.commands.push_back({row, &group, handler.handle, handler.most_bytes,
                                           handler.makes, joined.commands.size()});
            }
        }
    }
    for (const auto& [name, handler] : handlers) joined.unpaired.emplace_back(name);
    return joined;
}

constexpr std::size_t longest_name = 32;

/// The rows by name, in any case of letters: an open hash table, at most half full, so that a
/// request's command is found in one look or two, without a copy of its name.
class CommandTable {
public:
    CommandTable();

    [[nodiscard]] const Command* find(std::string_view name) const
    {
        if (name.size() > longest_name) return nullptr;
        std::size_t slot = first_slot(name);
        while (slots_[slot] != nullptr && !is_name_of(*slots_[slot], name)) slot = behind(slot);
        return slots_[slot];
    }

private:
    /// Four marks of a name tell nearly all of them apart: its length, and its first, middle and
    /// last byte, without the bit in which a capital differs from its small letter.
    [[nodiscard]] static std::size_t first_slot(std::string_view name)
    {
        if (name.empty()) return 0;
        const std::size_t middle = name.size() / 2;
        const std::size_t hash =
            name.size() + mark(name.front()) * 3 + mark(name[middle]) * 37 + mark(name.back()) * 65;
        return hash % slots;
    }
    [[nodiscard]] static std::size_t mark(char byte)
    {
        return static_cast<unsigned char>(byte) | 0x20U;
    }

    /// A row's name is in small letters.
    [[nodiscard]] static bool is_name_of(const Command& command, std::string_view name)
    {
        const std::string_view small = command.name;
        if (small.size() != name.size()) return false;
        for (std::size_t i = 0; i < small.size(); ++i) {
            if (small_letter(name[i]) != small[i]) return false;
        }
        return true;
    }

    [[nodiscard]] static std::size_t behind(std::size_t slot) { return (slot + 1) % slots; }

    static constexpr std::size_t slots = 1024;
    std::array<const Command*, slots> slots_{};
};

/// Not inlined into what looks commands up, which is to stay small.
[[gnu::noinline]] CommandTable::CommandTable()
{
    assert(2 * all_commands().size() <= slots);
    for (const Command& command : all_commands()) {
        std::size_t slot = first_slot(command.name);
        while (slots_[slot] != nullptr) slot = behind(slot);
        slots_[slot] = &command;
    }
}

[[gnu::noinline]] const Command* find_subcommand(const Command& container, std::string_view name)
{
    return find_command(fmt::format("{}|{}", container.name, name));
}

}  // namespace

std::span<const Command> all_commands()
{
    static const auto commands = [] {
        Joined joined = join_rows_and_handlers();
        assert(joined.unpaired.empty());  // a row or a handler alone: see unpaired_names()
        return std::move(joined.commands);
    }();
    return commands;
}

std::vector<std::string> unpaired_names()
{
    return join_rows_and_handlers().unpaired;
}

const Command* find_command(std::string_view name)
{
    static const CommandTable table;
    return table.find(name);
}

const Command* command_of(Words words)
{
    if (words.empty()) return nullptr;
    const Command* command = find_command(words[0]);
    if (command == nullptr || words.size() < 2 || (command->flags & has_subcommands) == 0) {
        return command;
    }
    return find_subcommand(*command, words[1]);
}

bool is_subcommand(const Command& command)
{
    return command.name.find('|') != std::string_view::npos;
}

bool is_subcommand_of(const Command& command, const Command& container)
{
    return command.name.size() > container.name.size() &&
           command.name.starts_with(container.name) && command.name[container.name.size()] == '|';
}

namespace {

/// What stands behind the last STORE of SORT; what follows another option is no option itself.
KeyRange key_behind_store(Words words)
{
    KeyRange key;
    for (std::size_t i = 2; i + 1 < words.size(); ++i) {
        if (equal_ignoring_case(words[i], "store")) {
            key = {++i, 1};
        } else if (equal_ignoring_case(words[i], "limit")) {
            i += 2;
        } else if (equal_ignoring_case(words[i], "by") || equal_ignoring_case(words[i], "get")) {
            ++i;
        }
    }
    return key;
}

}  // namespace

std::optional<KeyRange> keys_without_place(const Command& command, Words words)
{
    if (command.keys.of_options) return key_behind_store(words);
    if (command.keys.count == 0) return KeyRange{};
    const auto place = static_cast<std::size_t>(command.keys.count);
    if (place >= words.size()) return std::nullopt;
    const auto count = parse_integer(words[place]);
    const std::size_t behind = words.size() - place - 1;
    if (!count || *count < 1 || static_cast<std::uint64_t>(*count) > behind) return std::nullopt;
    return KeyRange{place + 1, static_cast<std::size_t>(*count)};
}

Error wrong_arity(const Command& command)
{
    return {fmt::format("ERR wrong number of arguments for '{}' command", command.name)};
}

std::size_t present_and_words(const Call& call, std::size_t present)
{
    std::size_t bytes = present;
    for (std::size_t i = 0; i < call.size(); ++i) bytes += call[i].size();
    return bytes;
}

std::size_t footprint(const Reply& reply)
{
    constexpr std::size_t own_bytes = sizeof(std::string) / 2;  // a short text has no heap block
    const Reply::variant& form = reply;
    std::size_t bytes = sizeof(Reply);
    const auto add_text = [&](const std::string& text) {
        if (text.capacity() >= own_bytes) bytes += text.capacity() + own_bytes;
    };
    if (const auto* bulk = std::get_if<Bulk>(&form)) add_text(bulk->bytes);
    if (const auto* text = std::get_if<Verbatim>(&form)) add_text(text->text);
    if (const auto* error = std::get_if<Error>(&form)) add_text(error->text);
    if (const auto* array = std::get_if<Array>(&form)) {
        bytes += (array->elements.capacity() - array->elements.size()) * sizeof(Reply) + own_bytes;
        for (const Reply& element : array->elements) bytes += footprint(element);
    }
    return bytes;
}

namespace {

/// What an error shows of a word that a client sent, at most: nothing behind a NUL.
std::string_view shown_of(std::string_view word, std::size_t most)
{
    return word.substr(0, std::min(most, word.find('\0')));
}

/// Redis shows the first 128 bytes of the name, and of the arguments together.
Error unknown_command(Words words)
{
    constexpr std::array<std::string_view, 4> of_clusters{"cluster", "readonly", "readwrite",
                                                          "asking"};
    const bool is_of_clusters =
        std::any_of(of_clusters.begin(), of_clusters.end(),
                    [&](std::string_view name) { return equal_ignoring_case(words[0], name); });
    if (is_of_clusters) return error("ERR This instance has cluster support disabled");
    constexpr std::size_t shown = 128;
    std::string arguments;
    for (std::size_t i = 1; i < words.size() && arguments.size() < shown; ++i) {
        arguments += fmt::format("'{}' ", shown_of(words[i], shown - arguments.size()));
    }
    return {fmt::format("ERR unknown command '{}', with args beginning with: {}",
                        shown_of(words[0], shown), arguments)};
}

Error unknown_subcommand(const Command& command, std::string_view name)
{
    return {fmt::format("ERR unknown subcommand '{}'. Try {} HELP.", shown_of(name, 128),
                        in_capitals(command.name))};
}

Error unknown(Words words)
{
    const Command* container = find_command(words[0]);
    return container == nullptr ? unknown_command(words) : unknown_subcommand(*container, words[1]);
}

/// Why a request cannot even be queued; nullopt: it can.
std::optional<Error> fault(const Request& request)
{
    if (!request.refusal.empty()) return error(request.refusal);
    if (request.command == nullptr) return unknown(request.words);
    const Command& command = *request.command;
    if (!fits_arity(command, request.words.size())) return wrong_arity(command);
    for (const HashedKey& key : request.keys) {
        if (!is_key(key.bytes)) return error(bad_key);
    }
    return std::nullopt;
}

/// The words of a request, to keep: copied, unless they are in memory of their own already.
Arguments own_words(Request& request)
{
    if (request.own != nullptr) return std::exchange(*request.own, Arguments());
    Arguments own;
    const Command& command = *request.command;
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < request.words.size(); ++i) {
        if (command.key_of_value(i) == 0) bytes += request.words[i].size();
    }
    own.expect(request.words.size(), bytes);
    std::size_t values = 0;
    for (std::size_t i = 0; i < request.words.size(); ++i) {
        if (command.key_of_value(i) != 0) {
            own.add(std::move(request.values[values++]));
        } else {
            own.add(request.words[i]);
        }
    }
    std::size_t keys = 0;
    for_each_key(command, own.words(),
                 [&](std::size_t i) { own.add_key(i, request.keys[keys++].hash); });
    return own;
}

/// The words are charged for as long as they wait, with what EXEC will make of them: a transaction
/// is a request too.
Reply enqueue(Request& request, const Context& context)
{
    constexpr std::size_t key_bytes = 96;  // of a key, among those that EXEC looks up beforehand
    Arguments own = own_words(request);
    const std::size_t whole = sizeof(Queued) + own.footprint() + sizeof(Call) + sizeof(Reply) +
                              own.keys().size() * key_bytes;
    const std::size_t bytes = whole - std::min(whole, own.charged_bytes());
    auto charge = context.store.reserve(bytes);
    if (!charge) {
        request.state.multi_failed = true;
        return error(out_of_memory);
    }
    own.keep(std::move(*charge), bytes);
    request.state.queue.push_back({request.command, std::move(own)});
    return Simple{"QUEUED"};
}

Reply run(Request& request, const Context& context)
{
    constexpr std::size_t few_words = 256;
    std::string seen;
    if (context.server.monitors().any()) {
        seen = line_for_monitors(*request.command, request.words, context);
    }
    Call call(request, request.state, context);
    // The answer may have an element for each.
    if (call.size() > few_words && !call.hold(call.size() * sizeof(Reply))) {
        return error(out_of_memory);
    }
    Reply reply = carry_out_and_note(call, request.own != nullptr);
    request.closes = call.closes;
    if (!seen.empty()) context.server.monitors().tell(seen);
    request.took_long = call.took_long;
    return reply;
}

/// For CLIENT LIST, which other threads make.
void note(const Request& request, const Context& context)
{
    Activity& activity = context.client.activity();
    const State& state = request.state;
    activity.queued = state.in_multi ? static_cast<int>(state.queue.size()) : -1;
    activity.watched = state.watch ? static_cast<int>(state.watch->size()) : 0;
}

/// A transaction of which one command is missing will not be carried out.
Error refuse(Request& request, Error why_not)
{
    State& state = request.state;
    if (request.command != nullptr && request.command->name == "exec") {
        state.end_transaction();
        return {"EXECABORT Transaction discarded because of: " + why_not.text.substr(4)};
    }
    state.multi_failed = state.in_multi;
    return why_not;
}

/// For INFO, which tells of requests that were not carried out, too.
void note_refused(const Request& request, const Context& context, std::string_view why_not)
{
    Measures& measures = context.server.measures();
    measures.errors.add(why_not);
    if (request.command == nullptr) return;
    measures.times.count_rejected(request.command->number, context.client.id());
}

/// Whether a command changes something, or EXEC a command of its queue.
bool changes(const Request& request)
{
    const auto& queue = request.state.queue;
    if (request.command->name != "exec") return (request.command->flags & writes) != 0;
    return std::any_of(queue.begin(), queue.end(),
                       [](const Queued& queued) { return (queued.command->flags & writes) != 0; });
}

/// Waits while CLIENT PAUSE says so; what ends a pause does not wait. false: the client has gone.
bool wait_for_pause(Request& request, const Context& context)
{
    if (request.command->name == "client|unpause") return true;
    const bool waits = context.server.pause().of() == Pause::Of::everything || changes(request);
    if (!waits) return true;
    request.state.stream->flush();
    return context.server.pause().wait(context.client, changes(request));
}

Reply carry_out(Request& request, const Context& context)
{
    if (auto why_not = fault(request)) {
        note_refused(request, context, why_not->text);
        return refuse(request, std::move(*why_not));
    }
    if (context.server.pause().of() != Pause::Of::nothing && !wait_for_pause(request, context)) {
        request.closes = true;
        return NoReply{};
    }
    context.client.activity().began(request.command->name);
    const bool was_in_multi = request.state.in_multi;
    const bool queues = was_in_multi && (request.command->flags & unqueued) == 0;
    Reply reply = queues ? enqueue(request, context) : run(request, context);
    if (was_in_multi || request.state.in_multi || request.state.watch != nullptr) {
        note(request, context);
    }
    return reply;
}

}  // namespace

Reply execute(Request& request, const Context& context)
{
    if (!request.protocol_error.empty()) return error(request.protocol_error);
    if (request.words.empty() && request.refusal.empty()) return NoReply{};
    try {
        return carry_out(request, context);
    } catch (const std::bad_alloc&) {
        request.state.multi_failed = request.state.in_multi;  // the queue may lack a command
        return OutOfMemory{};
    }
}

}  // namespace kv::resp
