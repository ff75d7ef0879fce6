#include "server/zmq/pickle.h"

#include "server/command/nested_writer.h"

namespace kv::zeromq {

namespace {

using Kind = Object::Kind;

Container container_of(Kind kind)
{
    switch (kind) {
        case Kind::tuple: return Container::tuple;
        case Kind::set: return Container::set;
        case Kind::frozenset: return Container::frozenset;
        case Kind::dict: return Container::dict;
        default: return Container::list;
    }
}

/// Writes an object, or the beginning of a container. Returns how many objects are in it.
std::size_t put(const Object& object, NestedWriter& writer)
{
    switch (object.kind) {
        case Kind::null: writer.null(); return 0;
        case Kind::boolean: writer.boolean(object.number() != 0); return 0;
        case Kind::integer: writer.integer(object.number()); return 0;
        case Kind::long_integer: writer.integer(object.bytes()); return 0;
        case Kind::real: writer.real(object.real()); return 0;
        case Kind::text: writer.text(object.bytes()); return 0;
        case Kind::bytes: writer.bytes(object.bytes()); return 0;
        case Kind::constructor: throw BadPickle("a class or function is not data");
        default: break;
    }
    const std::size_t items = object.items().size();
    writer.begin(container_of(object.kind), object.kind == Kind::dict ? items / 2 : items);
    return items;
}

}  // namespace

void write_object(const Pickle& pickle, ObjectId id, NestedWriter& writer)
{
    struct Open {
        const Object::Items& items;
        std::size_t next = 0;
    };
    std::vector<Open> open;  // its length is bounded by the writer
    const auto write = [&](const Object& object) {
        if (put(object, writer) > 0) open.push_back({object.items()});
    };
    write(pickle[id]);
    while (!open.empty() && writer.refusal().empty()) {
        Open& inmost = open.back();
        if (inmost.next == inmost.items.size()) {
            open.pop_back();
        } else {
            write(pickle[inmost.items[inmost.next++]]);
        }
    }
}

}  // namespace kv::zeromq
