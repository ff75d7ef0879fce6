#include "server/launch/start.h"

#include "common/version.h"
#include "common/words.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string_view>
#include <system_error>

namespace kv {

void use_little_memory()
{
    ::mallopt(M_ARENA_MAX, 1);
#ifdef KV_SANITIZED_THREADS
    constexpr std::size_t stack_bytes =
        std::size_t{2'048} * 1'024;  // the sanitizer's runtime uses part of the stack
#else
    constexpr std::size_t stack_bytes = std::size_t{256} * 1'024;
#endif
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, stack_bytes);
    pthread_setattr_default_np(&attributes);
    pthread_attr_destroy(&attributes);
}

void provide_descriptors(std::size_t& max_clients, LogLevel log_level)
{
    // Standard streams, listeners, and a client being rejected.
    constexpr rlim_t others = 32;
    constexpr rlim_t most_each = 2;  // its socket, and its mailbox's wake-up descriptor
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    const rlim_t wanted = std::min(limit.rlim_max, others + most_each * max_clients);
    if (limit.rlim_cur < wanted) {
        limit.rlim_cur = wanted;
        if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) ::getrlimit(RLIMIT_NOFILE, &limit);
    }
    const rlim_t clients = std::max<rlim_t>(1, limit.rlim_cur - std::min(limit.rlim_cur, others));
    if (max_clients <= clients) return;
    Log(log_level).warning(
        fmt::format("serves at most {} clients, not {}: it may open no more than {} files", clients,
                    max_clients, limit.rlim_cur));
    max_clients = clients;
}

namespace {

std::string_view variable(const char* name)
{
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

/// Takes the text before the next colon off `names`.
std::string next_name(std::string_view& names)
{
    const std::string_view name = names.substr(0, names.find(':'));
    names.remove_prefix(std::min(names.size(), name.size() + 1));
    return std::string(name);
}

}  // namespace

std::vector<InheritedSocket> inherited_sockets()
{
    constexpr int first = 3;  // SD_LISTEN_FDS_START
    if (parse_number<std::uint32_t>(variable("LISTEN_PID")) !=
        static_cast<std::uint32_t>(::getpid())) {
        return {};
    }
    const int count = parse_number<std::uint8_t>(variable("LISTEN_FDS")).value_or(0);
    std::string_view names = variable("LISTEN_FDNAMES");
    std::vector<InheritedSocket> sockets;
    sockets.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) sockets.push_back({first + i, next_name(names)});
    return sockets;
}

namespace {

constexpr std::string_view on_stdout = "-";

bool names_a_file(const LaunchOptions& options)
{
    return !options.announce.empty() && options.announce != on_stdout;
}

std::string json_text(std::string_view text)
{
    std::string quoted = "\"";
    for (const char byte : text) {
        const auto code = static_cast<unsigned char>(byte);
        if (byte == '"' || byte == '\\') quoted += '\\';
        quoted += code < ' ' ? fmt::format("\\u{:04x}", code) : std::string(1, byte);
    }
    return quoted + '"';
}

[[noreturn]] void fail(const std::string& what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

void write_whole(int descriptor, std::string_view text, const std::string& what)
{
    while (!text.empty()) {
        const auto written = ::write(descriptor, text.data(), text.size());
        if (written == -1 && errno == EINTR) continue;
        if (written == -1) fail("cannot write " + what);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

/// The descriptor that a path such as /dev/fd/3 names; -1: none. Reopening would start a file at
/// its beginning, and fail for a socket.
int descriptor_of(std::string_view path)
{
    if (path == "/dev/stdout") return STDOUT_FILENO;
    if (path == "/dev/stderr") return STDERR_FILENO;
    for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
        if (!path.starts_with(folder)) continue;
        return parse_number<std::uint16_t>(path.substr(folder.size())).value_or(-1);
    }
    return -1;
}

/// Opens a device, or a FIFO once it has a reader, for which this waits a while.
int open_present(const std::string& path, bool is_fifo)
{
    const int most_tries = is_fifo ? 1000 : 1;
    constexpr useconds_t pause = 10'000;  // microseconds
    for (int tries = 1;; ++tries) {
        const int file = ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        if (file != -1) {
            ::fcntl(file, F_SETFL, 0);
            return file;
        }
        if (errno != ENXIO || tries == most_tries) fail("cannot write --announce " + path);
        ::usleep(pause);
    }
}

/// Writes a temporary file next to it and renames that, so that a reader never sees half of it.
void replace_file(const std::string& path, std::string_view text)
{
    const std::string draft = fmt::format("{}.{}", path, ::getpid());
    const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file == -1) fail("cannot write --announce " + path);
    try {
        write_whole(file, text, "--announce " + path);
        if (std::rename(draft.c_str(), path.c_str()) != 0) fail("cannot write --announce " + path);
    } catch (const std::runtime_error&) {
        ::close(file);
        ::unlink(draft.c_str());
        throw;
    }
    ::close(file);
}

/// Whether the process that wrote an announcement still runs.
bool is_of_a_live_server(const std::string& path)
{
    std::ifstream file(path);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    constexpr std::string_view before = "\"pid\":";
    const std::size_t begin = text.find(before);
    if (begin == std::string::npos) return false;
    const std::string_view rest = std::string_view(text).substr(begin + before.size());
    const auto pid = parse_number<pid_t>(rest.substr(0, rest.find_first_not_of("0123456789")));
    return pid && *pid > 0 && *pid != ::getpid() && (::kill(*pid, 0) == 0 || errno == EPERM);
}

/// The path with links resolved.
std::string target_of(const std::string& path)
{
    std::error_code error;
    const std::filesystem::path target = std::filesystem::weakly_canonical(path, error);
    return target.empty() ? path : target.string();
}

/// Replaces the file `target` and returns true; anything else is opened and written to.
bool write_to(const std::string& path, const std::string& target, std::string_view text)
{
    const std::string what = "--announce " + path;
    const int descriptor = descriptor_of(path);
    if (descriptor != -1) {
        write_whole(descriptor, text, what);
        return false;
    }
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::symlink_status(target, error);
    if (!std::filesystem::exists(status) || std::filesystem::is_regular_file(status)) {
        replace_file(target, text);
        return true;
    }
    const int file = open_present(path, std::filesystem::is_fifo(status));
    write_whole(file, text, what);
    ::close(file);
    return false;
}

/// Sends `state` to the unix socket at `path`; false, with errno, when that fails.
bool notify(std::string_view path, std::string_view state)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return false;
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    if (path.front() == '@') address.sun_path[0] = '\0';  // an abstract name (unix(7))
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket == -1) return false;
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    // sockaddr is the socket calls' type for an address of any family.
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    const auto sent = ::sendto(socket, state.data(), state.size(), MSG_NOSIGNAL, generic, size);
    const int error = errno;
    ::close(socket);
    errno = error;
    return sent != -1;
}

/// Sends READY=1 to the socket that NOTIFY_SOCKET names, if it is set. A failure is only logged:
/// the variable may be inherited where the socket is out of reach (sd_notify(3)).
void notify_supervisor(LogLevel log_level)
{
    const std::string_view path = variable("NOTIFY_SOCKET");
    if (path.empty() || notify(path, "READY=1")) return;
    Log(log_level).warning(fmt::format("cannot notify NOTIFY_SOCKET: {}", std::strerror(errno)));
}

}  // namespace

std::string announcement(const std::vector<Uri>& uris)
{
    std::string list;
    for (const Uri& uri : uris) {
        if (!list.empty()) list += ',';
        list += json_text(to_string(uri));
    }
    return fmt::format("{{\"uris\":[{}],\"pid\":{},\"version\":{}}}\n", list, ::getpid(),
                       json_text(version));
}

Announcement::Announcement(const LaunchOptions& options)
    : options_(options), target_(target_of(options.announce))
{
    if (options.ready_fd != -1) {
        const int flags = ::fcntl(options.ready_fd, F_GETFL);
        if (flags != -1 && (flags & O_ACCMODE) == O_RDONLY) errno = EBADF;
        if (flags == -1 || (flags & O_ACCMODE) == O_RDONLY) {
            fail(fmt::format("cannot write to --ready-fd {}", options.ready_fd));
        }
    }
    if (!names_a_file(options) || descriptor_of(options.announce) != -1) return;
    struct stat old = {};
    if (::lstat(target_.c_str(), &old) != 0 || !S_ISREG(old.st_mode)) return;
    if (is_of_a_live_server(target_)) return;  // replaced once our listeners are bound
    if (::unlink(target_.c_str()) != 0)
        fail("cannot remove the old --announce " + options.announce);
}

void Announcement::write(const std::vector<Uri>& uris)
{
    if (!names_a_file(options_)) return;
    const std::string text = announcement(uris);
    if (write_to(options_.announce, target_, text)) written_ = text;
}

void Announcement::withdraw()
{
    if (written_.empty()) return;
    std::ifstream file(target_);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    if (text == written_) ::unlink(target_.c_str());
    written_.clear();
}

void Announcement::tell_ready() const
{
    if (options_.ready_fd != -1) {
        write_whole(options_.ready_fd, "\n", fmt::format("to --ready-fd {}", options_.ready_fd));
        ::close(options_.ready_fd);
    }
    notify_supervisor(options_.log_level);
}

void Announcement::publish(const std::vector<Uri>& uris)
{
    write(uris);
    if (options_.announce == on_stdout) {
        std::cout << announcement(uris);
    } else {
        for (const Uri& uri : uris) std::cout << "ready " << to_string(uri) << '\n';
    }
    if (::isatty(STDOUT_FILENO) == 1) {
        std::cout << fmt::format("kvserver {} keeps everything in memory; Ctrl-C stops it\n",
                                 version);
    }
    std::cout.flush();
    tell_ready();
}

}  // namespace kv
