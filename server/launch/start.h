// start.h: inherited sockets and limits, and reporting readiness to the launcher.
#pragma once

#include "common/log.h"
#include "common/uri.h"

#include <chrono>
#include <string>
#include <vector>

namespace kv {

/// How the process reports to its launcher, and when it stops by itself.
struct LaunchOptions {
    std::string announce;  ///< the file to write our addresses to; "-": stdout; empty: none
    int ready_fd = -1;     ///< a descriptor to write a byte to, then close; -1: none
    bool exit_with_parent = false;
    bool exit_on_eof = false;                     ///< when standard input ends
    std::chrono::milliseconds max_lifetime{0};    ///< 0: no limit
    std::chrono::milliseconds exit_when_idle{0};  ///< without a client; 0: never
    LogLevel log_level = LogLevel::info;
};

/// Sets the default stack size of threads, which std::thread cannot choose: the default 8 MiB,
/// though only reserved, would be 80 GB of address space for 10,000 clients. Also makes all threads
/// share one heap, so that one thread can reuse memory freed by another. Main calls this before it
/// starts a thread.
void use_little_memory();

/// Raises the soft limit of open files to what `max_clients` need. Where the hard limit is too low,
/// lowers `max_clients` to match it, and logs a warning.
void provide_descriptors(std::size_t& max_clients, LogLevel log_level);

/// A listening socket that the launcher has opened (sd_listen_fds(3)).
struct InheritedSocket {
    int descriptor;
    std::string name;  ///< FileDescriptorName= of the socket unit; may be empty
};

/// The sockets of LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES; empty when LISTEN_PID is another
/// process.
[[nodiscard]] std::vector<InheritedSocket> inherited_sockets();

/// {"uris":["memcache://127.0.0.1:4711"],"pid":42,"version":"1.0.0"} and a newline.
[[nodiscard]] std::string announcement(const std::vector<Uri>& uris);

/// Reports to the launcher that we are ready, and where. Constructed before anything is bound;
/// main's thread only.
class Announcement {
public:
    /// Removes an --announce file left by another server, so that no process waiting for it reads
    /// old addresses. Throws std::runtime_error when that fails, or when --ready-fd cannot be
    /// written.
    explicit Announcement(const LaunchOptions& options);

    ~Announcement() { withdraw(); }
    Announcement(const Announcement&) = delete;
    Announcement& operator=(const Announcement&) = delete;

    /// Writes the announcement, unless it goes to stdout: a file appears whole; a device, a FIFO
    /// (once it has a reader, for up to 10 s) or a descriptor is written to. Throws
    /// std::runtime_error naming what could not be written.
    void write(const std::vector<Uri>& uris);

    /// Writes a byte to --ready-fd, or throws std::runtime_error, and READY=1 to NOTIFY_SOCKET; a
    /// failure there is only logged.
    void tell_ready() const;

    /// Calls the two above. Between them it prints a line "ready URI" for each listener to stdout,
    /// or the announcement if --announce is "-".
    void publish(const std::vector<Uri>& uris);

    /// Removes the file that was written, unless another server has replaced it.
    void withdraw();

private:
    const LaunchOptions& options_;  ///< outlives this
    const std::string target_;      ///< the path of --announce, with links resolved
    std::string written_;           ///< the contents of our file; empty: none
};

}  // namespace kv
