// speaker.h: the shell's interface to a dialect: send commands, read replies, judge them.
#pragma once

#include "common/command_table.h"
#include "common/resp_value.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace kv::shell {

/// kvcli's exit status; scripts rely on it.
enum class ExitCode {
    done = 0,
    miss = 1,            ///< no such key, or a condition that did not hold
    server_error = 2,    ///< the server answered an error or nonsense, or closed
    cannot_connect = 3,  ///< nothing answers there
    timeout = 4,         ///< no reply in time
    usage = 5,           ///< wrong options or arguments, or a local file that cannot be used
};

/// The exit code of several commands is the worst.
[[nodiscard]] constexpr ExitCode worse(ExitCode a, ExitCode b)
{
    return a > b ? a : b;
}

/// A wrong command line or command, or an unusable local file: exit status 5.
struct UsageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A command as typed: its name, then its arguments. Never empty.
using Command = std::vector<std::string>;

/// Whether `reply` is an error or contains one.
[[nodiscard]] inline bool has_error(const resp::Value& reply)
{
    const auto is_error = [](const resp::Value& value) {
        return value.type == resp::Type::error || value.type == resp::Type::bulk_error;
    };
    return is_error(reply) || std::any_of(reply.elements.begin(), reply.elements.end(), is_error);
}

/// Speaks one dialect over one connection; used by one thread.
class Speaker {
public:
    virtual ~Speaker() = default;

    /// Sends `commands` together and reads the reply to each, in order; an error reply is a Value
    /// of type error, text for people one of type verbatim. Throws UsageError, before anything is
    /// sent, for a command that this dialect cannot express, and otherwise ConnectionLost,
    /// NoReplyInTime, NonsenseReply or Interrupted, with the connection closed.
    [[nodiscard]] virtual std::vector<resp::Value> ask_all(std::span<const Command> commands) = 0;

    [[nodiscard]] resp::Value ask(const Command& command)
    {
        return std::move(ask_all({&command, 1}).front());
    }

    /// Whether the reply to `command` never ends: MONITOR, SUBSCRIBE, `watch`.
    [[nodiscard]] virtual bool is_stream(const Command& command) const = 0;

    /// Sends a command whose reply is a stream of messages, and passes each to `take` until that
    /// returns false or the reply ends: with END, or with an error, which is passed on too. The
    /// first message is due in the usual time, each later one within `patience` more
    /// (client::Connection::for_ever: no limit). Throws as ask_all(). Stopping before the end
    /// closes the connection.
    virtual void listen(const Command& command, std::chrono::milliseconds patience,
                        const std::function<bool(const resp::Value&)>& take) = 0;

    /// The exit code for the reply to `command`.
    [[nodiscard]] virtual ExitCode judge(const Command& command,
                                         const resp::Value& reply) const = 0;

    /// Whether the connection is usable, that is, not closed by the server.
    [[nodiscard]] virtual bool is_open() const = 0;
};

}  // namespace kv::shell
