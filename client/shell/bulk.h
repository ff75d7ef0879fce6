// bulk.h: everything out of a server, and into one. The manual describes the format.
#pragma once

#include "client/shell/session.h"

#include <iosfwd>

namespace kv::shell {

/// Writes every item as commands to `out`; what was left out is told on standard error. Items that
/// change meanwhile are written in one of their states. Throws as Speaker::ask_all(), ServerError
/// when the server does not list its keys, UsageError when `out` cannot be written.
ExitCode dump(Session& session, std::ostream& out);

/// Carries out what dump wrote. A command that fails is told of with its line, and the rest goes
/// on; the result says whether there was one. Throws as Speaker::ask_all(), UsageError when `in`
/// cannot be read.
ExitCode load(Session& session, std::istream& in);

}  // namespace kv::shell
