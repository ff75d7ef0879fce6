// wire.h: the protocol's four modes: the bytes of each request, and of the right reply.
//
//              set                                        get that hits            get that misses
//   memcache   set key 0 0 len\r\n<bytes>\r\n             VALUE key 0 len\r\n      END\r\n
//                                                         <bytes>\r\nEND\r\n
//   tutorial   set key len\r\n<bytes>                     the same                 the same
//   unframed   set key len\r\n<bytes>                     <bytes>                  None
//
//   resp       *3 $3 SET $n key $n bytes              $len\r\n<bytes>\r\n                   $-1\r\n
//              each of these words ended by \r\n
//
// `set` answers STORED\r\n, under resp :1\r\n. Protocol source: memcached's protocol.txt, "Storage
// commands" and "Retrieval command"; the others come from tutorials.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kv::check {

struct Part {
    std::string name;        ///< for people: "command line", "value"
    std::size_t length = 0;  ///< bytes
};

/// Bytes on the wire with names for their parts, so that a diagram can show where a command line
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

/// `bytes` divided into the parts of `model`: fewer if there are too few bytes, with a last part
/// named "too much" if there are too many.
[[nodiscard]] Message cut_like(const Message& model, std::string_view bytes);

/// Bytes [from, to) with their parts; a part that began earlier is named "..command line".
[[nodiscard]] Message slice(const Message& message, std::size_t from, std::size_t to);

/// The first position at which the two differ; the shorter length when one is a prefix of the
/// other.
[[nodiscard]] std::size_t first_difference(std::string_view a, std::string_view b);

/// Values are bits, so that a case can combine the modes it applies to.
enum class Mode : unsigned { memcache = 1, tutorial = 2, unframed = 4, resp = 8 };

constexpr unsigned in_line_modes = 7;
constexpr unsigned in_resp = 8;
constexpr unsigned in_every_mode = 15;

/// Mistakes that change every reply, or every request. Once reported they are overlooked, so that
/// the other cases are graded for their own subjects. Values are bits.
enum Allowance : unsigned {
    none = 0,
    no_end = 1,               ///< END CR LF is missing after a value
    no_crlf_after_value = 2,  ///< in a get reply
    bare_newlines = 4,        ///< lines end in LF alone
    nul_after_reply = 8,
    crlf_after_reply = 16,  ///< after an unframed value
    no_flags = 32,          ///< the VALUE line has key and length only
    wants_crlf = 64,        ///< a set waits for CR LF after its value
};

/// nullopt: no such mode.
[[nodiscard]] std::optional<Mode> mode_named(std::string_view name);
[[nodiscard]] std::string_view name_of(Mode mode);

class Wire {
public:
    explicit Wire(Mode mode, unsigned allowances = none) : mode_(mode), allowances_(allowances) {}

    [[nodiscard]] Mode mode() const { return mode_; }
    [[nodiscard]] unsigned allowances() const { return allowances_; }

    /// Any command: words on a line, or strings in an array; the first in this mode's letter case.
    [[nodiscard]] Message command(const std::vector<std::string_view>& words) const;

    [[nodiscard]] Message get(std::string_view key) const;
    [[nodiscard]] Message set(std::string_view key, std::string_view value) const;
    /// Only the first line of a set, with any text as its length.
    [[nodiscard]] Message set_line(std::string_view key, std::string_view length) const;

    [[nodiscard]] Message stored() const;
    [[nodiscard]] Message hit(std::string_view key, std::string_view value) const;
    [[nodiscard]] Message miss() const;

    /// Whether `line` is an error in this mode.
    [[nodiscard]] bool is_error(std::string_view line) const;

private:
    [[nodiscard]] bool allows(Allowance allowance) const { return (allowances_ & allowance) != 0; }
    /// A reply with this server's known mistakes.
    [[nodiscard]] Message reply(const Message& message) const;

    Mode mode_;
    unsigned allowances_;
};

}  // namespace kv::check
