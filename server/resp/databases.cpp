// Databases, and private spaces, which have a name instead of a number.
#include "common/words.h"
#include "server/command/steps.h"
#include "server/resp/command.h"
#include "server/resp/number.h"
#include "server/resp/protocol.h"

namespace kv::resp {

namespace {

/// Redis' order of complaints: no number, one that no int holds, no such database.
std::variant<SpacePtr, Error> database_called(Transaction& store, std::string_view word)
{
    const auto number = parse_int(word);
    if (const auto* refused = std::get_if<Error>(&number)) return *refused;
    SpacePtr space = std::get<int>(number) < 0 ? nullptr : store.find_space(word);
    if (!space) return error(db_out_of_range);
    return space;
}

/// What is no number is the name of a private space.
std::variant<SpacePtr, Error> space_called(Transaction& store, std::string_view word)
{
    const bool is_name = !parse_integer(word) && is_space_name(word);
    if (is_name) return store.find_space(word);
    return database_called(store, word);
}

bool is_int(std::string_view word)
{
    return std::holds_alternative<int>(parse_int(word));
}

Reply handle_select(Call& call)
{
    const WithLock store(call.context);
    auto found = space_called(*store, call[1]);
    if (auto* refused = std::get_if<Error>(&found)) return std::move(*refused);
    const auto& space = std::get<SpacePtr>(found);
    store->use(*space);
    store->leave(call.context.client.enter(space));
    return ok;
}

Reply handle_swapdb(Call& call)
{
    if (!is_int(call[1])) return error("ERR invalid first DB index");
    if (!is_int(call[2])) return error("ERR invalid second DB index");
    const WithLock store(call.context);
    const auto first = database_called(*store, call[1]);
    if (const auto* refused = std::get_if<Error>(&first)) return *refused;
    const auto second = database_called(*store, call[2]);
    if (const auto* refused = std::get_if<Error>(&second)) return *refused;
    store->swap(*std::get<SpacePtr>(first), *std::get<SpacePtr>(second));
    return ok;
}

Reply handle_move(Call& call)
{
    const WithLock store(call.context);
    const auto found = database_called(*store, call[2]);
    if (const auto* refused = std::get_if<Error>(&found)) return *refused;
    Space& to = *std::get<SpacePtr>(found);
    if (&to == &store->space()) return error("ERR source and destination objects are the same");
    return Integer{store->move(call.key(), to) ? 1 : 0};
}

Reply handle_dbsize(Call& call)
{
    const WithLock store(call.context);
    return integer(store->size());
}

std::optional<Error> parse_flush(const Call& call)
{
    const bool fits =
        call.size() == 1 || (call.size() == 2 && (equal_ignoring_case(call[1], "async") ||
                                                  equal_ignoring_case(call[1], "sync")));
    return fits ? std::nullopt : std::optional(error(syntax_error));
}

Reply handle_flushdb(Call& call)
{
    if (auto refused = parse_flush(call)) return std::move(*refused);
    const WithLock store(call.context);
    store->flush(store->now());
    return ok;
}

/// From within a private space all that its clients can see, which is that space.
Reply handle_flushall(Call& call)
{
    if (auto refused = parse_flush(call)) return std::move(*refused);
    const WithLock store(call.context);
    if (store->space().is_private()) {
        store->flush(store->now());
        return ok;
    }
    for (Space* const database : store->databases()) {
        const InSpace there(*store, *database);
        store->flush(store->now());
    }
    return ok;
}

/// The little server's FLUSH says how many keys there were.
Reply handle_flush(Call& call)
{
    return integer(clear(call.context));
}

}  // namespace

std::span<const Handler> database_handlers()
{
    static constexpr Handler table[] = {
        {"select", handle_select}, {"move", handle_move},       {"swapdb", handle_swapdb},
        {"dbsize", handle_dbsize}, {"flushdb", handle_flushdb}, {"flushall", handle_flushall},
        {"flush", handle_flush},
    };
    return table;
}

}  // namespace kv::resp
