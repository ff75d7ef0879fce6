// parser.h: a command line of the classic text protocol (memcached's doc/protocol.txt) -> request.
//
// Knows nothing of streams and stores. Where protocol.txt is silent, memcached 1.6 is the model:
// which words are counted, what is an error, and which text it has.
#pragma once

#include "server/memcached/limits.h"
#include "server/memcached/request.h"

#include <array>
#include <cstdint>
#include <optional>

namespace kv::memcached {

/// A storage command's line: everything but the data block that follows it.
struct PutLine {
    Put::Mode mode = Put::Mode::set;
    std::string_view key;
    std::uint32_t flags = 0;
    Expiry expiry;
    std::uint64_t value_bytes = 0;
    std::optional<std::uint64_t> compare;
    std::optional<std::uint64_t> new_cas;
    std::optional<Expiry> vivify;
    bool invalidate = false;
    bool noreply = false;
    bool bare = false;  ///< the three-word `set key len`: no line end is required after the data
    std::string_view
        error;  ///< if there is one: the block is read and forgotten, and this answered
    std::optional<MetaFlags> meta;
};

/// A retrieval command's line: its keys are still to be taken off it, one by one.
struct GetLine {
    std::string_view keys;
    bool with_cas = false;
    std::optional<Expiry> touch;
};

/// What a line can be: a request that is whole already, one whose data block follows, or one with
/// many keys. Views into the line.
using Line = std::variant<Request, PutLine, GetLine>;

/// Where the key of a meta command is kept, decoded: unlike the line, it lasts until the answer.
using KeyRoom = std::array<char, max_key_bytes>;

[[nodiscard]] Line parse_line(std::string_view line, KeyRoom& key_room);

/// A dump of all keys comes as one request a step: this is the step from `cursor` on.
[[nodiscard]] Request dump_request(DumpForm form, Table::Cursor cursor);

// What any command may be answered: its name is unknown or has too few or too many words; a word is
// not what it should be.
inline constexpr std::string_view bad_command = "ERROR";
inline constexpr std::string_view bad_format = "CLIENT_ERROR bad command line format";

/// A request whose answer is an error, and after which the conversation goes on or ends.
[[nodiscard]] Request reject(std::string_view text, bool noreply = false, bool closes = false);

}  // namespace kv::memcached
