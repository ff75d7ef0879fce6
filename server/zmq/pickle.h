// pickle.h: the objects of a pickle, parsed but not yet checked as a whole.
//
// A pickle is a program for a small stack machine (Python's Lib/pickletools.py describes each
// opcode), and its result is a graph: an object may be referred to more than once, or even contain
// itself. Objects are kept in a vector and named by their index.
#pragma once

#include <cstdint>
#include <deque>
#include <exception>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace kv {
class NestedWriter;
}

namespace kv::zeromq {

/// Not a pickle, or one with more than plain data.
class BadPickle : public std::exception {
public:
    /// `why` is in static storage.
    explicit BadPickle(const char* why) : why_(why) {}
    [[nodiscard]] const char* what() const noexcept override { return why_; }

private:
    const char* why_;
};

using ObjectId = std::uint32_t;

struct Object {
    enum class Kind : std::uint8_t {
        null,
        boolean,
        integer,
        long_integer,  ///< as in server/command/integer.h, perhaps not the shortest form
        real,
        text,
        bytes,
        list,
        tuple,
        set,
        frozenset,
        dict,         ///< keys and values alternate
        constructor,  ///< one of the few names needed for plain data
    };
    using Items = std::vector<ObjectId>;

    Kind kind;
    std::variant<std::int64_t, double, std::string_view, Items> content;

    [[nodiscard]] std::int64_t number() const { return std::get<std::int64_t>(content); }
    [[nodiscard]] double real() const { return std::get<double>(content); }
    [[nodiscard]] std::string_view bytes() const { return std::get<std::string_view>(content); }
    [[nodiscard]] const Items& items() const { return std::get<Items>(content); }
    [[nodiscard]] Items& items() { return std::get<Items>(content); }
};

/// The objects' views point into the message that was read, or into `decoded`.
struct Pickle {
    std::vector<Object> objects;
    std::deque<std::string> decoded;
    ObjectId root = 0;

    [[nodiscard]] const Object& operator[](ObjectId id) const { return objects[id]; }
};

/// Writes the object and all objects in it to `writer`, once for each reference; stops when the
/// writer refuses. Throws BadPickle, and TooDeep, also for an object that contains itself.
void write_object(const Pickle& pickle, ObjectId id, NestedWriter& writer);

}  // namespace kv::zeromq
