// opcodes.h: the opcodes of pickles that we execute (Python, Lib/pickletools.py).
#pragma once

#include <cstdint>

namespace kv::zeromq {

enum class Opcode : std::uint8_t {
    // The machine itself.
    proto = 0x80,
    frame = 0x95,
    stop = '.',
    mark = '(',
    pop = '0',
    pop_mark = '1',
    dup = '2',
    // The memo: stored objects can be pushed again.
    put = 'p',
    binput = 'q',
    long_binput = 'r',
    memoize = 0x94,
    get = 'g',
    binget = 'h',
    long_binget = 'j',
    // Scalars.
    none = 'N',
    newtrue = 0x88,
    newfalse = 0x89,
    integer = 'I',
    binint = 'J',
    binint1 = 'K',
    binint2 = 'M',
    long_integer = 'L',
    long1 = 0x8a,
    long4 = 0x8b,
    real = 'F',
    binfloat = 'G',
    unicode = 'V',
    binunicode = 'X',
    short_binunicode = 0x8c,
    binunicode8 = 0x8d,
    string = 'S',
    binstring = 'T',
    short_binstring = 'U',
    binbytes = 'B',
    short_binbytes = 'C',
    binbytes8 = 0x8e,
    // Containers.
    empty_list = ']',
    list = 'l',
    append = 'a',
    appends = 'e',
    empty_tuple = ')',
    tuple = 't',
    tuple1 = 0x85,
    tuple2 = 0x86,
    tuple3 = 0x87,
    empty_dict = '}',
    dict = 'd',
    setitem = 's',
    setitems = 'u',
    empty_set = 0x8f,
    additems = 0x90,
    frozenset = 0x91,
    // Names, and calls.
    global = 'c',
    stack_global = 0x93,
    reduce = 'R',
};

}  // namespace kv::zeromq
