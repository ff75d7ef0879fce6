// parser.h: a command line of the classic text protocol (memcached's doc/protocol.txt) -> request.
//
// Knows nothing of streams and stores. Where protocol.txt is silent, memcached 1.6 is the model:
// which words are counted, what is an error, and which text it has.
#pragma once

#include "server/memcached/keys.h"
#include "server/memcached/request.h"

#include <array>

namespace kv::memcached {

/// Where the key of a meta command that came in base64 is kept, decoded.
using KeyRoom = std::array<char, max_key_bytes>;

/// Parses `line` into `request`, which is new. The request has a block if that follows the line.
/// Views point into the line; a key that came in base64 into `key_room`.
void parse_line(std::string_view line, KeyRoom& key_room, Request& request);

/// Whether `line`, or its beginning, is a get, which may have many keys.
[[nodiscard]] bool is_get_line(std::string_view line);

/// The words of `keys` before the first that cannot be one.
[[nodiscard]] std::string_view good_keys(std::string_view keys);

/// Gives a get these keys: its own, unless it has one, and those that follow.
void add_more_keys(std::string_view keys, Request& request);

/// Whether `name` is one of mg, ms, md, ma, me, mn.
[[nodiscard]] bool is_meta(std::string_view name);

/// A meta command's line (protocol.txt, "Meta Commands") -> request. REQUIRES: is_meta() of the
/// line's first word. A key in base64 is decoded into `key_room`; the others are views into the
/// line.
void parse_meta_line(std::string_view line, KeyRoom& key_room, Request& request);

/// The request for the next key of a get with many. REQUIRES: it has more keys.
[[nodiscard]] Request next_of(const Request& get);

/// A dump of all keys comes as one request a step: this is the step from `cursor` on.
[[nodiscard]] Request dump_request(Dump dump, Table::Cursor cursor);

// What any command may be answered: its name is unknown or has too few or too many words; a word is
// not what it should be.
inline constexpr std::string_view bad_command = "ERROR";
inline constexpr std::string_view bad_format = "CLIENT_ERROR bad command line format";

/// Makes of `request` one whose answer is an error, and after which the conversation goes on or
/// ends.
void reject(Request& request, std::string_view text, bool closes = false);

/// The same for a storage command. Its block is read and dropped, so that it is not taken for
/// commands; unless its length is none.
void refuse_block(Request& request, std::string_view bytes_word, std::string_view text,
                  bool bare = false);

}  // namespace kv::memcached
