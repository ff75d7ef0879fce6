#include "server/zmq/constructor.h"

#include "server/zmq/pickle_text.h"

#include <algorithm>
#include <array>

namespace kv::zeromq {

namespace {

using Kind = Object::Kind;

struct Name {
    std::string_view module;
    std::string_view name;
    Constructor constructor;
};

constexpr std::array<Name, 7> names{{
    {"_codecs", "encode", Constructor::encode},
    {"__builtin__", "bytes", Constructor::bytes},  // as Python 2 called its module
    {"builtins", "bytes", Constructor::bytes},
    {"__builtin__", "set", Constructor::set},
    {"builtins", "set", Constructor::set},
    {"__builtin__", "frozenset", Constructor::frozenset},
    {"builtins", "frozenset", Constructor::frozenset},
}};

/// The arguments, of which there must be so many.
const Object::Items& require(PickleMachine& machine, ObjectId arguments, std::size_t count)
{
    const Object& tuple = machine[arguments];
    if (tuple.kind != Kind::tuple || tuple.items().size() != count) throw BadPickle(not_plain);
    return tuple.items();
}

void push_encoded(PickleMachine& machine, ObjectId arguments)
{
    const Object::Items& items = require(machine, arguments, 2);
    const Object& text = machine[items[0]];
    const Object& encoding = machine[items[1]];
    if (text.kind != Kind::text || encoding.kind != Kind::text || encoding.bytes() != "latin1") {
        throw BadPickle(not_plain);
    }
    const std::string_view utf8 = text.bytes();
    machine.count_decoded(utf8.size());
    machine.push_decoded(Kind::bytes, to_latin1(utf8));
}

void push_set(PickleMachine& machine, Kind kind, ObjectId arguments)
{
    const Object& list = machine[require(machine, arguments, 1)[0]];
    if (list.kind != Kind::list) throw BadPickle(not_plain);
    machine.count_references(list.items().size());
    machine.push({kind, Object::Items(list.items())});
}

}  // namespace

Constructor constructor_of(std::string_view module, std::string_view name)
{
    const auto* found = std::find_if(names.begin(), names.end(), [&](const Name& known) {
        return known.module == module && known.name == name;
    });
    if (found == names.end()) {
        throw BadPickle("the pickle names a class or function that is not plain data");
    }
    return found->constructor;
}

void push_constructed(PickleMachine& machine, Constructor constructor, ObjectId arguments)
{
    switch (constructor) {
        case Constructor::encode: return push_encoded(machine, arguments);
        case Constructor::bytes:
            (void)require(machine, arguments, 0);
            return machine.push({Kind::bytes, std::string_view()});
        case Constructor::set: return push_set(machine, Kind::set, arguments);
        case Constructor::frozenset: return push_set(machine, Kind::frozenset, arguments);
    }
}

}  // namespace kv::zeromq
