// request_reader.h: bytes -> the words of one Redis request.
//
//   *3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nhello\r\n     an array of bulk strings, as clients send it
//   SET k hello\r\n                                 an inline command, as people type it
//
// Source: redis.io, "Redis serialization protocol specification", "Sending commands to a Redis
// server" and "Inline commands".
#pragma once

#include "common/buffered_stream.h"
#include "server/resp/arguments.h"
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

    /// Reads one request into request.arguments, and finds its command; what could not be kept is
    /// noted as its refusal. false: the client closed. Throws ProtocolError, ForeignProtocol, and
    /// what the stream throws.
    [[nodiscard]] bool read(BufferedStream& stream, Request& request);

private:
    void read_array(BufferedStream& stream, std::int64_t count, Request& request);
    void read_word(BufferedStream& stream, std::size_t bytes, Request& request);
    void read_inline(std::string_view line, Request& request);
    [[nodiscard]] bool read_into_draft(BufferedStream& stream, std::size_t bytes, Request& request);
    void skip_word(BufferedStream& stream, std::size_t bytes, Request& request,
                   std::string_view why);

    DraftSource& memory_;
};

}  // namespace kv::resp
