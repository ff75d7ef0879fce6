// notify.h: tells a supervisor such as systemd what we are at.
#pragma once

#include <string_view>

namespace kv {

/// Sends `state` ("READY=1") to the socket that NOTIFY_SOCKET names (sd_notify(3)), if it does.
/// Throws std::runtime_error when that cannot be reached.
void notify_supervisor(std::string_view state);

}  // namespace kv
