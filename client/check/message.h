// message.h: bytes of the wire that remember the names of their parts, so that a drawing can
// show where a command line ends and its value begins.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kv::check {

struct Part {
    std::string name;        ///< what a teacher calls it: "command line", "value"
    std::size_t length = 0;  ///< bytes
};

struct Message {
    std::string bytes;
    std::vector<Part> parts;  ///< in order; their lengths add up to bytes.size()

    Message& add(std::string_view name, std::string_view piece)
    {
        bytes += piece;
        parts.push_back({std::string(name), piece.size()});
        return *this;
    }

    Message& operator+=(const Message& next)
    {
        bytes += next.bytes;
        parts.insert(parts.end(), next.parts.begin(), next.parts.end());
        return *this;
    }
};

inline Message operator+(Message first, const Message& second)
{
    return first += second;
}

/// `bytes` with the parts of `model` laid over them: fewer parts if they are short, a last one
/// named "too much" if they are long.
[[nodiscard]] Message cut_like(const Message& model, std::string_view bytes);

/// Bytes [from, to) with their parts; a part that began earlier is named "..command line".
[[nodiscard]] Message slice(const Message& message, std::size_t from, std::size_t to);

/// The first position at which the two differ; the shorter length when one begins the other.
[[nodiscard]] std::size_t first_difference(std::string_view a, std::string_view b);

}  // namespace kv::check
