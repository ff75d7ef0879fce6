// reply.h: what a Redis command answers, before anybody has said how it is written.
//
// The encoder writes the same reply in RESP2 and in RESP3, which has more forms (a map, a set, a
// null of its own). Values are not copied into a reply: it keeps their items alive until it is
// written, whatever happens to the keys meanwhile.
#pragma once

#include "server/store/collection.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace kv::resp {

struct NoReply {};
struct Null {};
struct NullArray {};  ///< EXEC that was not carried out; in RESP3 a null like any other

/// "+OK"; static storage.
struct Simple {
    std::string_view text;
};

/// "-ERR syntax error": the code word first. Line ends in it are written as blanks.
struct Error {
    std::string text;
};

/// The error for want of memory, which takes none itself.
struct OutOfMemory {};

struct Integer {
    std::int64_t value;
};

struct Bulk {
    std::string bytes;
};

/// A text for people, with line ends: in RESP3 marked as such.
struct Verbatim {
    std::string text;
};

/// A stored value, whole: the only reply that may be more than bytes (see write_item).
struct Stored {
    ItemPtr item;
};

/// A part of a stored value, or a part of its key: `bytes` points into the item.
struct PartOf {
    ItemPtr item;
    std::string_view bytes;
};

/// An array of many short texts, as they will be written: "$5\r\nhello\r\n" for each. Refers to no
/// item, and takes a third of what an Array of them would.
struct Texts {
    std::size_t count = 0;
    std::vector<std::string> pieces;
};

/// A number that need not be whole; in RESP2 its text.
struct Double {
    double value;
};

/// An element of a collection.
struct Element {
    BytesPtr bytes;  ///< null: a null
};

struct Reply;

/// Elements in order; those of a map are key, value, key, value.
struct Array {
    enum class Kind : std::uint8_t { array, map, set };
    Kind kind = Kind::array;
    std::vector<Reply> elements;
};

/// Elements of a collection, null ones as nulls.
struct Elements {
    Array::Kind kind = Array::Kind::array;
    std::vector<BytesPtr> elements;
};

/// Members of a sorted set with their scores: in RESP2 one behind the other, in RESP3 pairs.
struct Scored {
    std::vector<SortedSet::Ranked> members;
};

struct Reply
    : std::variant<NoReply, Null, NullArray, Simple, Error, OutOfMemory, Integer, Bulk, Verbatim,
                   Stored, PartOf, Texts, Array, Double, Element, Elements, Scored> {
    using variant::variant;
};

/// About how many bytes of memory a reply takes; items, elements and Texts left out, which are
/// charged by themselves.
[[nodiscard]] std::size_t footprint(const Reply& reply);

constexpr Simple ok{"OK"};

/// A static text as an Error.
[[nodiscard]] inline Error error(std::string_view text)
{
    return {std::string(text)};
}

[[nodiscard]] inline Bulk bulk(std::string_view bytes)
{
    return {std::string(bytes)};
}

[[nodiscard]] inline Integer integer(std::size_t value)
{
    return {static_cast<std::int64_t>(value)};
}

}  // namespace kv::resp
