#include "server/launch/notify.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <system_error>

namespace kv {

namespace {

[[noreturn]] void fail()
{
    throw std::system_error(errno, std::generic_category(), "cannot notify NOTIFY_SOCKET");
}

}  // namespace

void notify_supervisor(std::string_view state)
{
    const char* path = std::getenv("NOTIFY_SOCKET");
    if (path == nullptr || *path == '\0') return;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::size_t length = std::strlen(path);
    if (length >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        fail();
    }
    std::memcpy(address.sun_path, path, length);
    if (*path == '@') address.sun_path[0] = '\0';  // an abstract name (unix(7))
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket == -1) fail();
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
    // sockaddr is how the calls of every family spell an address.
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    const auto sent = ::sendto(socket, state.data(), state.size(), MSG_NOSIGNAL, generic, size);
    const int error = errno;
    ::close(socket);
    errno = error;
    if (sent == -1) fail();
}

}  // namespace kv
