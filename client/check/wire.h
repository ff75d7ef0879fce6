// wire.h: the little protocol in its three spellings; which bytes ask, and which bytes must answer.
//
//              set                                        get that hits            get that misses
//   memcache   set key 0 0 len\r\n<bytes>\r\n             VALUE key 0 len\r\n      END\r\n
//                                                         <bytes>\r\nEND\r\n
//   tutorial   set key len\r\n<bytes>                     the same                 the same
//   unframed   set key len\r\n<bytes>                     <bytes>                  None
//
// `set` answers STORED\r\n everywhere. Protocol source: memcached's protocol.txt, "Storage
// commands" and "Retrieval command"; the other two come from socket tutorials.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kv::check {

struct Part {
    std::string name;        ///< what a teacher calls it: "command line", "value"
    std::size_t length = 0;  ///< bytes
};

/// Bytes of the wire with the names of their parts, so that a drawing can show where a command line
/// ends and its value begins.
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

/// Values are bits, so that a case can name all the modes it applies to.
enum class Mode : unsigned { memcache = 1, tutorial = 2, unframed = 4 };

constexpr unsigned in_memcache = 1;
constexpr unsigned in_every_mode = 7;

/// nullopt: no such mode.
[[nodiscard]] std::optional<Mode> mode_named(std::string_view name);
[[nodiscard]] std::string_view name_of(Mode mode);

class Wire {
public:
    explicit Wire(Mode mode) : mode_(mode) {}

    [[nodiscard]] Mode mode() const { return mode_; }

    [[nodiscard]] Message get(std::string_view key) const;
    [[nodiscard]] Message set(std::string_view key, std::string_view value) const;
    /// Only the first line of a set, with whatever the caller wants to claim as the length.
    [[nodiscard]] Message set_line(std::string_view key, std::string_view length) const;

    [[nodiscard]] Message stored() const;
    [[nodiscard]] Message hit(std::string_view key, std::string_view value) const;
    [[nodiscard]] Message miss() const;

private:
    Mode mode_;
};

}  // namespace kv::check
