// errors.h: the exceptions of a client, and the state of its connection after each.
//
//   BadArgument      the caller's mistake, found before a byte was sent     still usable
//   ServerError      the server read the request and answered an error      still usable
//   CannotConnect    no server answers there within the deadline            closed
//   ConnectionLost   the server closed, or the network broke                closed
//   NoReplyInTime    the deadline of a reply passed                         closed
//   NonsenseReply    what came back is no reply of the protocol             closed
//
// Closing matters: after half a reply it is unknown where the next one begins, and a client that
// went on reading would hand one caller the answer meant for another, a bug that several well-known
// clients have had. So such a connection is never used again.
//
// An ordinary outcome (a miss, NOT_STORED, a cas that lost) is never an exception.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace kv {

/// The base class of all below.
struct ClientError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A key, value or option that the protocol cannot represent. Nothing was sent.
struct BadArgument : ClientError {
    using ClientError::ClientError;
};

/// The server answered an error: what() is its text ("SERVER_ERROR object too large for cache",
/// "ERR unknown command"), escaped for a terminal or a log.
struct ServerError : ClientError {
    using ClientError::ClientError;
};

/// No connection: no such name, refused, or not within ClientOptions::connect_timeout.
struct CannotConnect : ClientError {
    using ClientError::ClientError;
};

/// The connection ended or broke before the reply was whole. Whether the server has carried out the
/// request is not known.
struct ConnectionLost : ClientError {
    using ClientError::ClientError;
};

/// The reply was not whole within ClientOptions::reply_timeout. Whether the server has carried out
/// the request is not known.
struct NoReplyInTime : ClientError {
    using ClientError::ClientError;
};

/// The server's answer is not a reply to this request. what() says which bytes came, at which byte
/// of the reply, and what was expected there.
struct NonsenseReply : ClientError {
    using ClientError::ClientError;
};

}  // namespace kv
