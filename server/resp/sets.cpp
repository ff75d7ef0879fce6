// Sets (redis.io/commands, "set"); set_algebra.cpp has what makes one of several.
#include "server/resp/draw.h"
#include "server/resp/scan.h"

namespace kv::resp {

namespace {

Reply handle_sadd(Call& call)
{
    const Words words = call.words().subspan(2);
    auto room = room_for(call, words);
    if (!room) return OutOfMemory{};
    std::vector<Set::Member> members;
    members.reserve(words.size());
    for (const std::string_view word : words) members.push_back(member_of(call, word, NoValue()));
    const WithLock store(call.context);
    store->provide(std::move(*room));
    Opened<Set> set(*store, call.key());
    if (set.is_wrong_type()) return error(wrong_type);
    const std::size_t before = set.size();
    for (const Set::Member& member : members) {
        if (!set || set->find(member.key()) == nullptr) set.apply(AddMember{member});
    }
    return integer(set.size() - before);
}

Reply handle_srem(Call& call)
{
    return remove_words<Set, RemoveMember>(call);
}

Reply handle_scard(Call& call)
{
    return read_collection<Set>(call, Integer{0},
                                [](const Set& set) { return integer(set.size()); });
}

Reply handle_sismember(Call& call)
{
    const HashedKey name = call.context.store.hashed(call[2]);
    return read_collection<Set>(call, Integer{0}, [&](const Set& set) {
        return Integer{set.find(name) == nullptr ? 0 : 1};
    });
}

Reply handle_smismember(Call& call)
{
    const std::vector<HashedKey> names = hashed_words(call, call.words().subspan(2));
    Array answers;
    answers.elements.assign(names.size(), Integer{0});
    return read_collection<Set>(call, answers, [&](const Set& set) -> Reply {
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (set.find(names[i]) != nullptr) answers.elements[i] = Integer{1};
        }
        return std::move(answers);
    });
}

/// The members as an answer.
Elements reply_of_members(Array::Kind kind, std::vector<Set::Member> members)
{
    Elements reply{kind, {}};
    reply.elements.reserve(members.size());
    for (Set::Member& member : members) reply.elements.push_back(std::move(member.name));
    return reply;
}

Reply handle_smembers(Call& call)
{
    Drawn<NoValue> all = std::vector<Set::Member>();
    Reply read = read_collection<Set>(call, ok, [&](const Set& set) {
        all = draw_all(call, set);
        return ok;
    });
    if (std::holds_alternative<Error>(read)) return read;
    if (!all) return OutOfMemory{};
    return reply_of_members(Array::Kind::set, std::move(*all));
}

/// From a set to itself nothing moves.
Reply handle_smove(Call& call)
{
    auto room = room_for(call, call.words().subspan(3));
    if (!room) return OutOfMemory{};
    const HashedKey name = call.context.store.hashed(call[3]);
    const WithLock store(call.context);
    store->provide(std::move(*room));
    Opened<Set> source(*store, call.key(0));
    if (source.is_wrong_type()) return error(wrong_type);
    if (!source) return Integer{0};
    const Set::Member* const present = source->find(name);
    if (call.key(0).bytes == call.key(1).bytes) return Integer{present == nullptr ? 0 : 1};
    Opened<Set> destination(*store, call.key(1));
    if (destination.is_wrong_type()) return error(wrong_type);
    if (present == nullptr) return Integer{0};
    source.prepare(2);
    if (!destination || destination->find(name) == nullptr) destination.apply(AddMember{*present});
    source.apply(RemoveMember{name});
    return Integer{1};
}

Reply pop_one(Call& call)
{
    Dice dice;
    const WithLock store(call.context);
    Opened<Set> set(*store, call.key());
    if (set.is_wrong_type()) return error(wrong_type);
    if (!set) return Null{};
    const Set::Member popped = set->any(dice);
    if (!hold(call, popped.name)) return OutOfMemory{};
    set.apply(RemoveMember{popped.key()});
    return Element{popped.name};
}

/// A set that is popped whole is erased, which costs less than to remove its members.
Reply pop_many(Call& call)
{
    const auto count = parse_integer(call[2]);
    if (!count || *count < 0) return error("ERR value is out of range, must be positive");
    const auto most = static_cast<std::size_t>(*count);
    Dice dice;
    Reply reply;
    {
        const WithLock store(call.context);
        bool is_all = false;
        {
            Opened<Set> set(*store, call.key());
            if (set.is_wrong_type()) return error(wrong_type);
            if (!set || most == 0) return Elements{Array::Kind::set, {}};
            const Drawn<NoValue> popped = draw_different(call, *set, dice, most);
            if (!popped) return OutOfMemory{};
            reply = reply_of_members(Array::Kind::set, *popped);
            is_all = most >= set.size();
            if (!is_all) set.prepare(popped->size());
            for (std::size_t i = 0; !is_all && i < popped->size(); ++i) {
                set.apply(RemoveMember{(*popped)[i].key()});
            }
        }
        if (is_all) store->erase(call.key());
    }
    return reply;
}

Reply handle_spop(Call& call)
{
    if (call.size() > 3) return error(syntax_error);
    return call.size() == 2 ? pop_one(call) : pop_many(call);
}

Reply handle_srandmember(Call& call)
{
    if (call.size() > 3) return error(syntax_error);
    if (call.size() == 2) return draw_one<Set>(call);
    const auto parsed = parse_draw_count(call[2]);
    if (const auto* refused = std::get_if<Error>(&parsed)) return *refused;
    return draw_many<Set>(call, std::get<std::int64_t>(parsed), [](auto members) {
        return reply_of_members(Array::Kind::array, std::move(members));
    });
}

Reply handle_sscan(Call& call)
{
    return scan_elements<Set>(call, [&](const Set::Member& member, std::vector<Reply>& elements) {
        if (!hold(call, member)) return false;
        elements.emplace_back(Element{member.name});
        return true;
    });
}

}  // namespace

std::span<const Handler> set_handlers()
{
    static constexpr Handler table[] = {
        {"sadd", handle_sadd, words_as_elements},
        {"srem", handle_srem},
        {"smove", handle_smove, words_as_elements},
        {"spop", handle_spop},
        {"srandmember", handle_srandmember},
        {"smembers", handle_smembers},
        {"sismember", handle_sismember},
        {"smismember", handle_smismember},
        {"scard", handle_scard},
        {"sscan", handle_sscan},
    };
    return table;
}

}  // namespace kv::resp
