#include "server/zmq/pickle_machine.h"

#include "server/zmq/pickle_text.h"

#include <algorithm>
#include <array>

namespace kv::zeromq {

std::string_view PickleMachine::take(std::uint64_t count)
{
    if (count > left_.size()) throw BadPickle(truncated);
    const std::string_view taken = left_.substr(0, count);
    left_.remove_prefix(count);
    return taken;
}

std::string_view PickleMachine::take_line()
{
    const std::size_t end = left_.find('\n');
    if (end == std::string_view::npos) throw BadPickle(truncated);
    const std::string_view line = take(end);
    left_.remove_prefix(1);
    return line;
}

std::uint64_t PickleMachine::take_number(std::size_t bytes)
{
    std::uint64_t number = 0;
    unsigned shift = 0;
    for (const char byte : take(bytes)) {
        number |= std::uint64_t{static_cast<unsigned char>(byte)} << shift;
        shift += 8;
    }
    return number;
}

void PickleMachine::push(ObjectId id)
{
    if (stack_.size() >= max_objects) throw BadPickle(too_many);
    stack_.push_back(id);
}

void PickleMachine::push(Object object)
{
    if (pickle_.objects.size() >= max_objects) throw BadPickle(too_many);
    pickle_.objects.push_back(std::move(object));
    push(static_cast<ObjectId>(pickle_.objects.size() - 1));
}

void PickleMachine::push_decoded(Object::Kind kind, std::optional<std::string> decoded)
{
    if (!decoded) throw BadPickle(malformed);
    pickle_.decoded.push_back(std::move(*decoded));
    push({kind, std::string_view(pickle_.decoded.back())});
}

ObjectId PickleMachine::top() const
{
    if (stack_.size() <= floor()) throw BadPickle(malformed);
    return stack_.back();
}

ObjectId PickleMachine::take_top()
{
    const ObjectId id = top();
    stack_.pop_back();
    return id;
}

Object::Items PickleMachine::take_top(std::size_t count)
{
    if (stack_.size() - floor() < count) throw BadPickle(malformed);
    return cut_stack(stack_.size() - count);
}

Object::Items PickleMachine::take_to_mark()
{
    if (marks_.empty()) throw BadPickle(malformed);
    const std::size_t mark = marks_.back();
    marks_.pop_back();
    return cut_stack(mark);
}

Object::Items PickleMachine::cut_stack(std::size_t size)
{
    count_references(stack_.size() - size);
    const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(size);
    Object::Items items(begin, stack_.end());
    stack_.erase(begin, stack_.end());
    return items;
}

void PickleMachine::mark()
{
    if (marks_.size() >= max_objects) throw BadPickle(too_many);
    marks_.push_back(stack_.size());
}

void PickleMachine::pop()
{
    if (!marks_.empty() && marks_.back() == stack_.size()) {
        marks_.pop_back();
    } else {
        (void)take_top();
    }
}

void PickleMachine::count_references(std::size_t count)
{
    references_ += count;
    if (references_ > max_references) throw BadPickle(too_many);
}

void PickleMachine::count_decoded(std::size_t bytes)
{
    if (bytes > decodable_) throw BadPickle(too_many);
    decodable_ -= bytes;
}

void PickleMachine::memoize(std::uint64_t place)
{
    if (place >= max_objects) throw BadPickle(too_many);
    if (place >= memo_.size()) memo_.resize(place + 1, no_object);
    if (memo_[place] == no_object) ++memoized_;
    memo_[place] = top();
}

void PickleMachine::push_memoized(std::uint64_t place)
{
    if (place >= memo_.size() || memo_[place] == no_object) throw BadPickle(malformed);
    push(memo_[place]);
}

void PickleMachine::stop()
{
    if (!marks_.empty()) throw BadPickle(malformed);
    pickle_.root = take_top();
    stopped_ = true;
}

namespace {

using Kind = Object::Kind;

struct Name {
    std::string_view module;
    std::string_view name;
    Constructor constructor;
};

constexpr std::array<Name, 7> names{{
    {"_codecs", "encode", Constructor::encode},
    {"__builtin__", "bytes", Constructor::bytes},  // Python 2's name of the module
    {"builtins", "bytes", Constructor::bytes},
    {"__builtin__", "set", Constructor::set},
    {"builtins", "set", Constructor::set},
    {"__builtin__", "frozenset", Constructor::frozenset},
    {"builtins", "frozenset", Constructor::frozenset},
}};

/// The arguments. Throws BadPickle unless there are exactly `count`.
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
