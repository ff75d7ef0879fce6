#include "server/zmq/cache.h"

#include "server/command/execute.h"
#include "server/command/integer.h"
#include "server/command/nested_writer.h"
#include "server/command/utf8.h"
#include "server/zmq/pickle_reader.h"
#include "server/zmq/pickle_writer.h"

#include <new>

namespace kv::zeromq {

namespace {

using Kind = Object::Kind;

constexpr const char* out_of_memory = "out of memory storing object";

/// An integer as a key; empty when its text would be too long.
std::string text_of(std::string_view integer)
{
    return integer.size() <= max_key_bytes / 2 ? integer_text(integer) : std::string();
}

/// The key: a text's UTF-8, bytes unchanged, an integer's decimal text.
std::string key_of(const Object& object)
{
    std::string key;
    switch (object.kind) {
        case Kind::integer: key = std::to_string(object.number()); break;
        case Kind::long_integer: key = text_of(shortest(object.bytes())); break;
        case Kind::text:
            if (!is_utf8(object.bytes())) throw BadPickle("text is not UTF-8");
            key = object.bytes();
            break;
        case Kind::bytes: key = object.bytes(); break;
        default: throw BadPickle("a key is a str, bytes or an int");
    }
    if (key.empty() || key.size() > max_key_bytes) throw BadPickle("a key has 1 to 65536 bytes");
    return key;
}

/// The command's name; empty when it is not a string, as all of ours are.
std::string_view name_of(const Object& object)
{
    const bool is_string = object.kind == Kind::text || object.kind == Kind::bytes;
    return is_string ? object.bytes() : std::string_view();
}

std::string pickled_error(std::string_view why, int protocol)
{
    PickleWriter writer(protocol);
    writer.text(std::string("error: ").append(why));
    return writer.finish();
}

std::string set(const Pickle& pickle, const std::string& key, ObjectId data, const Context& context,
                std::size_t max_item_bytes)
{
    NestedWriter writer(context.store, key, max_item_bytes);
    write_object(pickle, data, writer);
    std::optional<Draft> draft;
    if (writer.refusal().empty()) draft = writer.finish();
    if (!draft) throw BadPickle(writer.refusal().data());
    Operation put = Put{std::move(*draft)};
    if (!std::holds_alternative<Stored>(execute(put, context))) throw BadPickle(out_of_memory);
    return "ok";
}

std::string get(const std::string& key, const Context& context, int protocol)
{
    PickleWriter writer(protocol);
    Operation get = GetTyped{key};
    const Reply reply = execute(get, context);
    if (const auto* refusal = std::get_if<Refusal>(&reply)) throw BadPickle(refusal->text.data());
    if (std::holds_alternative<OutOfMemory>(reply)) throw BadPickle(out_of_memory);
    if (const auto* found = std::get_if<Found>(&reply)) {
        visit(*found->item, writer);
    } else {
        writer.null();
    }
    return writer.finish();
}

std::string carry_out(const Pickle& pickle, const Context& context, std::size_t max_item_bytes,
                      int protocol)
{
    const Object& root = pickle[pickle.root];
    if (root.kind != Kind::tuple || root.items().size() != 3) {
        throw BadPickle("a request is a tuple (command, key, data)");
    }
    const Object::Items& request = root.items();
    const std::string_view command = name_of(pickle[request[0]]);
    if (command != "set" && command != "get") throw BadPickle("unknown command");
    const std::string key = key_of(pickle[request[1]]);
    if (command == "get") return get(key, context, protocol);
    return set(pickle, key, request[2], context, max_item_bytes);
}

}  // namespace

std::string answer(std::string_view message, const Context& context, std::size_t max_item_bytes)
{
    const int protocol = reply_protocol(message);
    try {
        return carry_out(read_pickle(message), context, max_item_bytes, protocol);
    } catch (const BadPickle& bad) {
        return pickled_error(bad.what(), protocol);
    } catch (const TooDeep&) {
        return pickled_error("values nested too deeply, or one inside itself", protocol);
    } catch (const std::bad_alloc&) {
        return pickled_error(out_of_memory, protocol);
    }
}

}  // namespace kv::zeromq
