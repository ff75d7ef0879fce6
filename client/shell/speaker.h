// speaker.h: what the shell needs of a dialect: ask, get an answer, know what it means.
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

/// What kvcli's exit status says; scripts rely on it.
enum class ExitCode {
    done = 0,
    miss = 1,            ///< a key that is not there, a condition that did not hold: "no"
    server_error = 2,    ///< the server answered an error, or nonsense, or broke off
    cannot_connect = 3,  ///< nothing answers there
    timeout = 4,         ///< no reply in time
    usage = 5,           ///< wrong options or arguments, or a local file that cannot be used
};

/// Of several commands the worst counts.
[[nodiscard]] constexpr ExitCode worse(ExitCode a, ExitCode b)
{
    return a > b ? a : b;
}

/// The command line or a command makes no sense, or a local file cannot be used: exit status 5.
struct UsageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A command as typed: its name, then its arguments. Never empty.
using Command = std::vector<std::string>;

/// Whether `reply` is an error, or several of which one is.
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

    /// Sends `commands` together and reads the whole reply to each, in order; an error the server
    /// answers is a Value of type error, a text for people one of type verbatim. Throws UsageError
    /// for a command this dialect cannot say, before anything is sent, and otherwise
    /// ConnectionLost, NoReplyInTime, NonsenseReply or Interrupted, with the connection closed.
    [[nodiscard]] virtual std::vector<resp::Value> ask_all(std::span<const Command> commands) = 0;

    [[nodiscard]] resp::Value ask(const Command& command)
    {
        return std::move(ask_all({&command, 1}).front());
    }

    /// Whether the reply to `command` never ends: MONITOR, SUBSCRIBE, `watch`.
    [[nodiscard]] virtual bool is_stream(const Command& command) const = 0;

    /// Sends a command whose reply is many messages, and hands over each as it comes, until `take`
    /// says false or the reply ends: with an error, which is handed over like the rest, or END.
    /// The first message is due in the usual time, each later one within `patience` more
    /// (client::Connection::for_ever: whenever). Throws as ask_all(). Left before its end, the
    /// reply closes the connection.
    virtual void listen(const Command& command, std::chrono::milliseconds patience,
                        const std::function<bool(const resp::Value&)>& take) = 0;

    /// What the reply to `command` means for the exit status.
    [[nodiscard]] virtual ExitCode judge(const Command& command,
                                         const resp::Value& reply) const = 0;

    /// Whether the connection can take a command: the server has not closed it since.
    [[nodiscard]] virtual bool is_open() const = 0;
};

}  // namespace kv::shell
