// items.h: dumps a server's items, loads them, and edits a value in the user's editor. The manual
// page describes the format.
#pragma once

#include "client/shell/session.h"

#include <cstdint>
#include <iosfwd>
#include <string>

namespace kv::shell {

/// Writes every item as commands to `out`; items left out are reported on standard error. Items
/// that change meanwhile are written in one of their states. Throws as Speaker::ask_all(),
/// ServerError when the server does not list its keys, OutputLost when `out` cannot be written.
ExitCode dump(Session& session, std::ostream& out);

/// Runs the commands of a dump. A failing command is reported with its line, and the rest goes on;
/// the result says whether one failed. `size` is the number of bytes in `in`, 0 when unknown.
/// Throws as Speaker::ask_all(), UsageError when `in` cannot be read.
ExitCode load(Session& session, std::istream& in, std::uint64_t size);

/// Gets the value of `key` (a missing one is empty), starts $VISUAL, $EDITOR or vi on a private
/// file with it, and stores a changed text: with the same flags and expiry where the protocol can
/// express that, and only if no other client has changed the item meanwhile (cas; on Redis WATCH).
/// A line end that the editor added is removed. Throws UsageError when the editor fails, or when
/// another client was faster: the message then names the file with the text.
ExitCode edit(Session& session, const std::string& key);

}  // namespace kv::shell
