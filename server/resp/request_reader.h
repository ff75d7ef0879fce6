// request_reader.h: bytes -> the words of one Redis request, however few of them come at a time.
//
//   *3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nhello\r\n     an array of bulk strings, as clients send it
//   SET k hello\r\n                                 an inline command, as people type it
//
// Source: redis.io, "Redis serialization protocol specification", "Sending commands to a Redis
// server" and "Inline commands".
#pragma once

#include "common/buffered_stream.h"
#include "server/resp/arguments.h"
#include "server/resp/batch.h"
#include "server/resp/command.h"

#include <stdexcept>
#include <string>

namespace kv::resp {

/// Nobody knows where the next request begins: the text is answered, and the conversation ends.
struct ProtocolError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The peer does not speak Redis' protocol (a browser, TLS, SSH): nothing is answered.
struct ForeignProtocol {};

class RequestReader {
public:
    /// `memory` outlives the reader.
    explicit RequestReader(DraftSource& memory) : memory_(memory) {}

    /// Reads one request, of which `begun` has come already, into *request.own, and finds its
    /// command; what could not be kept is noted as its refusal. false: the client closed. Throws
    /// ProtocolError, ForeignProtocol, and what the stream throws.
    [[nodiscard]] bool read(BufferedStream& stream, const Batch::Begun& begun, Request& request);

private:
    [[nodiscard]] bool read_whole(BufferedStream& stream, Request& request);
    void read_rest(BufferedStream& stream, const Batch::Begun& begun, Request& request);
    void read_words(BufferedStream& stream, std::size_t first, std::size_t count, Request& request);
    void read_word(BufferedStream& stream, std::size_t bytes, Request& request);
    void read_inline(std::string_view line, Request& request);
    void keep_word(std::string_view word, Request& request);
    [[nodiscard]] std::optional<std::span<char>> room_for(std::size_t bytes, Request& request);
    [[nodiscard]] std::optional<std::span<char>> add_word(std::size_t bytes, Request& request);
    void find_keys(Request& request);

    DraftSource& memory_;
};

}  // namespace kv::resp
