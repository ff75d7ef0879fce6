#include "common/letter_case.h"
#include "server/resp/dialect.h"
#include "server/resp/protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <new>
#include <utility>

namespace kv::resp {

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
    for_each_key(command, own.size(),
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
    Reply reply = call.command.handle(call);
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

Reply carry_out(Request& request, const Context& context)
{
    if (auto why_not = fault(request)) return refuse(request, std::move(*why_not));
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
