// speaker.h: what the shell needs of a dialect: ask, get an answer, know what it means.
#pragma once

#include "client/shell/exit_code.h"
#include "common/command_table.h"
#include "common/resp_value.h"

#include <span>
#include <string>
#include <vector>

namespace kv::shell {

/// A command as typed: its name, then its arguments.
using Command = std::vector<std::string>;

/// Speaks one dialect over one connection; used by one thread.
class Speaker {
public:
    virtual ~Speaker() = default;

    /// Sends `command` and reads the whole reply; an error the server answers is a Value of type
    /// error. Throws UsageError for a command this dialect cannot say, before anything is sent,
    /// and otherwise ConnectionLost, NoReplyInTime, NonsenseReply or Interrupted, with the
    /// connection closed.
    [[nodiscard]] virtual resp::Value ask(const Command& command) = 0;

    /// What the reply to `command` means for the exit status.
    [[nodiscard]] virtual ExitCode judge(const Command& command,
                                         const resp::Value& reply) const = 0;

    [[nodiscard]] virtual std::span<const CommandInfo> commands() const = 0;
    [[nodiscard]] virtual bool is_open() const = 0;
};

}  // namespace kv::shell
