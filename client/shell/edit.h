// edit.h: a value in the user's own editor.
#pragma once

#include "client/shell/session.h"

#include <string>

namespace kv::shell {

/// Gets the value of `key` (none: an empty one), starts $VISUAL, $EDITOR or vi on a private file
/// with it, and stores what has changed: with flags and expiry as they were where the protocol can
/// say so, and only if nobody else has changed it meanwhile (cas; on Redis WATCH). A line end that
/// the editor added behind a value without one is taken off again. Throws UsageError when the
/// editor fails, or when somebody else was faster: the text then names the file that keeps the
/// work.
ExitCode edit(Session& session, const std::string& key);

}  // namespace kv::shell
