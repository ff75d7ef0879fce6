#include "server/zmq/pickle_reader.h"

#include "common/words.h"
#include "server/command/integer.h"
#include "server/zmq/opcodes.h"
#include "server/zmq/pickle_machine.h"
#include "server/zmq/pickle_text.h"

#include <array>
#include <bit>
#include <charconv>

namespace kv::zeromq {

namespace {

using Machine = PickleMachine;
using Kind = Object::Kind;
using Items = Object::Items;

// --- scalars ---

template <Kind kind, std::int64_t number>
void constant(Machine& machine)
{
    machine.push({kind, number});
}

template <std::size_t bytes>
void unsigned_integer(Machine& machine)
{
    machine.push({Kind::integer, static_cast<std::int64_t>(machine.take_number(bytes))});
}

void signed_integer(Machine& machine)
{
    machine.push({Kind::integer, std::int64_t{static_cast<std::int32_t>(machine.take_number(4))}});
}

template <Kind kind, std::size_t size_bytes>
void sized(Machine& machine)
{
    machine.push({kind, machine.take(machine.take_number(size_bytes))});
}

void real(Machine& machine)
{
    std::uint64_t bits = 0;
    for (const char byte : machine.take(8)) bits = bits << 8U | static_cast<unsigned char>(byte);
    machine.push({Kind::real, std::bit_cast<double>(bits)});
}

void real_line(Machine& machine)
{
    const std::string_view line = machine.take_line();
    double number = 0;
    const char* end = line.data() + line.size();
    const auto [stopped, error] = std::from_chars(line.data(), end, number);
    if (error != std::errc{} || stopped != end) throw BadPickle(malformed);
    machine.push({Kind::real, number});
}

/// In the oldest protocols the booleans are integers with a zero before them.
void integer_line(Machine& machine)
{
    const std::string_view line = machine.take_line();
    if (line == "00" || line == "01") {
        machine.push({Kind::boolean, std::int64_t{line == "01"}});
    } else {
        machine.push_decoded(Kind::long_integer, integer_bytes(line));
    }
}

void long_line(Machine& machine)
{
    std::string_view line = machine.take_line();
    if (line.ends_with('L')) line.remove_suffix(1);
    machine.push_decoded(Kind::long_integer, integer_bytes(line));
}

void unicode_line(Machine& machine)
{
    machine.push_decoded(Kind::text, from_raw_unicode_escape(machine.take_line()));
}

void string_line(Machine& machine)
{
    machine.push_decoded(Kind::bytes, from_quoted(machine.take_line()));
}

// --- containers ---

template <Kind kind>
void empty(Machine& machine)
{
    machine.push({kind, Items()});
}

template <std::size_t count>
void short_tuple(Machine& machine)
{
    machine.push({Kind::tuple, machine.take_top(count)});
}

void require_pairs(Kind kind, const Items& items)
{
    if (kind == Kind::dict && items.size() % 2 != 0) throw BadPickle(malformed);
}

template <Kind kind>
void from_mark(Machine& machine)
{
    Items items = machine.take_to_mark();
    require_pairs(kind, items);
    machine.push({kind, std::move(items)});
}

/// Adds objects to the container on top of the stack.
void add(Machine& machine, Kind kind, const Items& more)
{
    require_pairs(kind, more);
    Object& container = machine[machine.top()];
    if (container.kind != kind) throw BadPickle(malformed);
    container.items().insert(container.items().end(), more.begin(), more.end());
}

template <Kind kind, std::size_t count>
void add_some(Machine& machine)
{
    const Items more = machine.take_top(count);
    add(machine, kind, more);
}

template <Kind kind>
void add_from_mark(Machine& machine)
{
    const Items more = machine.take_to_mark();
    add(machine, kind, more);
}

// --- the stack and the memo ---

void mark(Machine& machine)
{
    machine.mark();
}

void pop(Machine& machine)
{
    machine.pop();
}

void pop_mark(Machine& machine)
{
    (void)machine.take_to_mark();
}

void dup(Machine& machine)
{
    machine.push(machine.top());
}

std::uint64_t take_place(Machine& machine)
{
    const auto place = parse_number<std::uint64_t>(machine.take_line());
    if (!place) throw BadPickle(malformed);
    return *place;
}

void put_line(Machine& machine)
{
    machine.memoize(take_place(machine));
}

template <std::size_t bytes>
void put(Machine& machine)
{
    machine.memoize(machine.take_number(bytes));
}

void memoize(Machine& machine)
{
    machine.memoize();
}

void get_line(Machine& machine)
{
    machine.push_memoized(take_place(machine));
}

template <std::size_t bytes>
void get(Machine& machine)
{
    machine.push_memoized(machine.take_number(bytes));
}

// --- names ---

void push_constructor(Machine& machine, std::string_view module, std::string_view name)
{
    const Constructor constructor = constructor_of(module, name);
    machine.push({Kind::constructor, static_cast<std::int64_t>(constructor)});
}

void global(Machine& machine)
{
    const std::string_view module = machine.take_line();
    push_constructor(machine, module, machine.take_line());
}

void stack_global(Machine& machine)
{
    const Object& name = machine[machine.take_top()];
    const Object& module = machine[machine.take_top()];
    if (name.kind != Kind::text || module.kind != Kind::text) throw BadPickle(malformed);
    push_constructor(machine, module.bytes(), name.bytes());
}

void reduce(Machine& machine)
{
    const ObjectId arguments = machine.take_top();
    const Object& callee = machine[machine.take_top()];
    if (callee.kind != Kind::constructor) throw BadPickle(not_plain);
    push_constructed(machine, static_cast<Constructor>(callee.number()), arguments);
}

// --- the whole pickle ---

void proto(Machine& machine)
{
    if (machine.take_number(1) > 5) throw BadPickle("unknown pickle protocol");
}

/// A frame only groups opcodes; all its bytes must be there.
void frame(Machine& machine)
{
    if (machine.take_number(8) > machine.left()) throw BadPickle(truncated);
}

void stop(Machine& machine)
{
    machine.stop();
}

using Instruction = void (*)(Machine&);
using Instructions = std::array<Instruction, 256>;

/// Opcodes that are not in the table are refused.
constexpr Instructions make_instructions()
{
    Instructions table{};
    const auto on = [&](Opcode opcode, Instruction instruction) {
        table[static_cast<std::size_t>(opcode)] = instruction;
    };
    on(Opcode::none, constant<Kind::null, 0>);
    on(Opcode::newtrue, constant<Kind::boolean, 1>);
    on(Opcode::newfalse, constant<Kind::boolean, 0>);
    on(Opcode::integer, integer_line);
    on(Opcode::binint, signed_integer);
    on(Opcode::binint1, unsigned_integer<1>);
    on(Opcode::binint2, unsigned_integer<2>);
    on(Opcode::long_integer, long_line);
    on(Opcode::long1, sized<Kind::long_integer, 1>);
    on(Opcode::long4, sized<Kind::long_integer, 4>);
    on(Opcode::real, real_line);
    on(Opcode::binfloat, real);
    on(Opcode::unicode, unicode_line);
    on(Opcode::binunicode, sized<Kind::text, 4>);
    on(Opcode::short_binunicode, sized<Kind::text, 1>);
    on(Opcode::binunicode8, sized<Kind::text, 8>);
    on(Opcode::string, string_line);
    on(Opcode::binstring, sized<Kind::bytes, 4>);
    on(Opcode::short_binstring, sized<Kind::bytes, 1>);
    on(Opcode::binbytes, sized<Kind::bytes, 4>);
    on(Opcode::short_binbytes, sized<Kind::bytes, 1>);
    on(Opcode::binbytes8, sized<Kind::bytes, 8>);

    on(Opcode::empty_list, empty<Kind::list>);
    on(Opcode::list, from_mark<Kind::list>);
    on(Opcode::append, add_some<Kind::list, 1>);
    on(Opcode::appends, add_from_mark<Kind::list>);
    on(Opcode::empty_tuple, empty<Kind::tuple>);
    on(Opcode::tuple, from_mark<Kind::tuple>);
    on(Opcode::tuple1, short_tuple<1>);
    on(Opcode::tuple2, short_tuple<2>);
    on(Opcode::tuple3, short_tuple<3>);
    on(Opcode::empty_dict, empty<Kind::dict>);
    on(Opcode::dict, from_mark<Kind::dict>);
    on(Opcode::setitem, add_some<Kind::dict, 2>);
    on(Opcode::setitems, add_from_mark<Kind::dict>);
    on(Opcode::empty_set, empty<Kind::set>);
    on(Opcode::additems, add_from_mark<Kind::set>);
    on(Opcode::frozenset, from_mark<Kind::frozenset>);

    on(Opcode::mark, mark);
    on(Opcode::pop, pop);
    on(Opcode::pop_mark, pop_mark);
    on(Opcode::dup, dup);
    on(Opcode::put, put_line);
    on(Opcode::binput, put<1>);
    on(Opcode::long_binput, put<4>);
    on(Opcode::memoize, memoize);
    on(Opcode::get, get_line);
    on(Opcode::binget, get<1>);
    on(Opcode::long_binget, get<4>);

    on(Opcode::global, global);
    on(Opcode::stack_global, stack_global);
    on(Opcode::reduce, reduce);
    on(Opcode::proto, proto);
    on(Opcode::frame, frame);
    on(Opcode::stop, stop);
    return table;
}

}  // namespace

Pickle read_pickle(std::string_view message)
{
    static constexpr Instructions instructions = make_instructions();
    Machine machine(message);
    while (!machine.is_stopped()) {
        const Instruction instruction = instructions[machine.take_number(1)];
        if (instruction == nullptr) throw BadPickle(not_plain);
        instruction(machine);
    }
    return machine.result();
}

}  // namespace kv::zeromq
