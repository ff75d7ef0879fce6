// nested.h: values that are more than bytes, as the bytes they are kept as.
//
// miniredis:// and zmq:// store lists, dictionaries, numbers and null. Such a value is encoded
// once, when it comes in, and sent from the encoded bytes ever after: nothing is rebuilt in
// between.
//
//   a value is a letter and what follows it:
//     n  null        t  true        f  false
//     d  real        8 bytes: IEEE 754, least significant byte first
//     i  integer     size, two's complement as in integer.h
//     s  text        size, UTF-8
//     b  bytes       size, bytes
//     x  error       size, bytes: RESP's type `-`, a value like any other
//     l  list, u  tuple, e  set, z  frozenset     count, so many values
//     m  dictionary                               count, so many pairs of a key and a value
//   A size is one byte, or four if the letter is a capital, which it is from 256 on.
//   A count is four bytes. Both have the least significant byte first.
//
//   [1, "a"]   6c 02 00 00 00   69 01 01   73 01 61
//
// There is one encoding for each value. Order is kept, also that of sets and dictionaries, and so
// is a key that comes twice: what it means is for whoever reads it.
//
// What is stored of a value, and what every dialect reads, is said in item.h, ItemType.
#pragma once

#include "server/store/item.h"

#include <cstddef>
#include <string_view>

namespace kv {

constexpr std::size_t max_nested_depth = 128;                    ///< containers inside each other
constexpr std::size_t max_nested_values = std::size_t{1} << 20;  ///< in one value, with itself

enum class Container : char { list = 'l', tuple = 'u', set = 'e', frozenset = 'z', dict = 'm' };

/// Is told the parts of a value in the order they were written. Views live as long as the item.
class NestedVisitor {
public:
    virtual ~NestedVisitor() = default;
    virtual void null() = 0;
    virtual void boolean(bool value) = 0;
    virtual void integer(std::string_view bytes) = 0;  ///< in the form of integer.h, the shortest
    virtual void real(double number) = 0;
    virtual void text(std::string_view utf8) = 0;
    virtual void bytes(std::string_view value) = 0;
    virtual void error(std::string_view text) = 0;
    virtual void begin(Container kind, std::size_t count) = 0;
    virtual void end(Container kind, std::size_t count) = 0;
};

/// Shows `visitor` the value of an item of any type; null for a collection: see typed.h. Needs no
/// lock. Throws what the visitor throws.
void visit(const Item& item, NestedVisitor& visitor);

/// The same for encoded bytes. Throws std::invalid_argument when they are not what a NestedWriter
/// has written.
void visit_nested(std::string_view encoded, NestedVisitor& visitor);

}  // namespace kv
