// items.h: everything out of a server, into one, and a value in the user's own editor. The manual
// describes the format.
#pragma once

#include "client/shell/session.h"

#include <cstdint>
#include <iosfwd>
#include <string>

namespace kv::shell {

/// Writes every item as commands to `out`; standard error says what was left out. Items that
/// change meanwhile are written in one of their states. Throws as Speaker::ask_all(), ServerError
/// when the server does not list its keys, OutputLost when `out` cannot be written.
ExitCode dump(Session& session, std::ostream& out);

/// Runs the commands that dump wrote. One that fails is reported with its line, and the rest goes
/// on; the result says whether one failed. `size` is how many bytes `in` has, 0 when nobody knows.
/// Throws as Speaker::ask_all(), UsageError when `in` cannot be read.
ExitCode load(Session& session, std::istream& in, std::uint64_t size);

/// Gets the value of `key` (none: an empty one), starts $VISUAL, $EDITOR or vi on a private file
/// with it, and stores what has changed: with flags and expiry as they were where the protocol can
/// say so, and only if nobody else has changed it meanwhile (cas; on Redis WATCH). A line end that
/// the editor added after a value without one is taken off again. Throws UsageError when the
/// editor fails, or when somebody else was faster: the text then names the file that keeps the
/// work.
ExitCode edit(Session& session, const std::string& key);

}  // namespace kv::shell
