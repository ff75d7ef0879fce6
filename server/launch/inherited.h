// inherited.h: listening sockets that whoever started us has opened (sd_listen_fds(3)).
#pragma once

#include <string>
#include <vector>

namespace kv {

struct InheritedSocket {
    int descriptor;
    std::string name;  ///< FileDescriptorName= of the socket unit; may be empty
};

/// What LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES say; none when they are meant for another
/// process.
[[nodiscard]] std::vector<InheritedSocket> inherited_sockets();

}  // namespace kv
