// announcement.h: tells whoever started us that the server is ready, and where.
#pragma once

#include "common/uri.h"
#include "server/launch/options.h"

#include <string>
#include <vector>

namespace kv {

/// {"uris":["memcache://127.0.0.1:4711"],"pid":42,"version":"1.0.0"} and a newline.
[[nodiscard]] std::string announcement(const std::vector<Uri>& uris);

/// Writes the file of --announce, which appears whole, the descriptor of --ready-fd, and to
/// NOTIFY_SOCKET. Throws std::runtime_error naming what could not be written.
void tell_launcher(const std::vector<Uri>& uris, const LaunchOptions& options);

/// The same, and a line "ready URI" for each listener on stdout, or the announcement if that is
/// wanted there.
void announce(const std::vector<Uri>& uris, const LaunchOptions& options);

}  // namespace kv
