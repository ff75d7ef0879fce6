#include "common/letter_case.h"
#include "server/resp/dialect.h"
#include "server/resp/protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <new>

namespace kv::resp {

namespace {

/// What an error shows of a word that a client sent, at most: nothing behind a NUL.
std::string_view shown_of(std::string_view word, std::size_t most)
{
    return word.substr(0, std::min(most, word.find('\0')));
}

/// Redis shows the first 128 bytes of the name, and of the arguments together.
Error unknown_command(const Arguments& words)
{
    constexpr std::size_t shown = 128;
    std::string arguments;
    for (std::size_t i = 1; i < words.size() && arguments.size() < shown; ++i) {
        arguments += fmt::format("'{}' ", shown_of(words[i], shown - arguments.size()));
    }
    return {fmt::format("ERR unknown command '{}', with args beginning with: {}",
                        shown_of(words[0], shown), arguments)};
}

bool keys_are_valid(const Command& command, const Arguments& words)
{
    bool valid = true;
    for_each_key(command, words.size(), [&](std::size_t i) {
        valid = valid && !words[i].empty() && words[i].size() <= max_key_bytes;
    });
    return valid;
}

/// "CLIENT LIST" has a row of its own. nullptr: there is no such subcommand.
const Command* most_specific(const Command* command, const Arguments& words)
{
    if (command == nullptr || words.size() < 2 || (command->flags & has_subcommands) == 0) {
        return command;
    }
    return find_command(fmt::format("{}|{}", command->name, words[1]));
}

Error unknown_subcommand(const Command& command, std::string_view name)
{
    return {fmt::format("ERR unknown subcommand '{}'. Try {} HELP.", shown_of(name, 128),
                        in_capitals(command.name))};
}

/// Why a request cannot even be queued; nullopt: it can.
std::optional<Error> fault(Request& request)
{
    const Arguments& words = request.arguments;
    if (!request.refusal.empty()) return error(request.refusal);
    if (request.command == nullptr) return unknown_command(words);
    const Command* specific = most_specific(request.command, words);
    if (specific == nullptr) return unknown_subcommand(*request.command, words[1]);
    request.command = specific;
    const Command& command = *specific;
    if (!fits_arity(command, words.size())) return wrong_arity(command);
    if (!keys_are_valid(command, words)) return error(bad_key);
    return std::nullopt;
}

/// The words are charged for as long as they wait: a transaction is a request too.
Reply enqueue(Request& request, const Context& context)
{
    auto charge = context.store.reserve(sizeof(Queued) + request.arguments.bytes());
    if (!charge) {
        request.state.multi_failed = true;
        return error(out_of_memory);
    }
    request.arguments.keep(std::move(*charge));
    request.state.queue.push_back({request.command, std::move(request.arguments)});
    request.arguments = Arguments();
    return Simple{"QUEUED"};
}

Reply run(Request& request, const Context& context)
{
    show_to_monitors(*request.command, request.arguments, context);
    Call call(*request.command, request.arguments, request.state, context);
    Reply reply = call.command.handle(call);
    request.closes = call.closes;
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

/// Whether CLIENT REPLY keeps the answer back.
bool is_muted(State& state)
{
    using Muted = State::Muted;
    const Muted muted = state.muted;
    if (muted == Muted::for_two) state.muted = Muted::for_one;
    if (muted == Muted::for_one) state.muted = Muted::no;
    return muted != Muted::no;
}

}  // namespace

Reply execute(Request& request, const Context& context)
{
    if (!request.protocol_error.empty()) return Error{request.protocol_error};
    if (request.arguments.size() == 0 && request.refusal.empty()) return NoReply{};
    try {
        Reply reply = carry_out(request, context);
        if (is_muted(request.state)) return NoReply{};
        return reply;
    } catch (const std::bad_alloc&) {
        return error(out_of_memory);
    }
}

}  // namespace kv::resp
