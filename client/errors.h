// errors.h: everything a client can throw, and what has become of its connection.
//
//   BadArgument      the caller's mistake, found before a byte was sent     still usable
//   ServerError      the server read the request and answered an error      still usable
//   CannotConnect    nobody answers there, or not within the deadline       closed
//   ConnectionLost   the server closed, or the network broke                closed
//   NoReplyInTime    the deadline of a reply passed                         closed
//   NonsenseReply    what came back is no reply of the protocol             closed
//
// "Closed" is not a courtesy. After half a reply nobody knows where the next one begins, and a
// client that went on reading would hand one caller the answer meant for another: a bug that
// several well-known clients have had. So such a connection is never used again.
//
// An ordinary outcome (a miss, NOT_STORED, a cas that lost) is never an exception.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace kv {

/// The base of all below: catch this one to catch them all.
struct ClientError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A key, a value or an option that the protocol cannot carry. Nothing was sent.
struct BadArgument : ClientError {
    using ClientError::ClientError;
};

/// The server refused: what() is its answer ("SERVER_ERROR object too large for cache",
/// "ERR unknown command"), escaped, so that it can go to a terminal or a log as it is.
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

/// The server answered something that is no reply to this request. what() says which bytes came, at
/// which byte of the reply, and what was expected there.
struct NonsenseReply : ClientError {
    using ClientError::ClientError;
};

}  // namespace kv
