#include "server/launch/child.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <system_error>

namespace kv {

namespace {

constexpr int cannot_run = 126;
constexpr int not_found = 127;

/// Everything the parent writes until it closes its end.
std::string read_all(int pipe)
{
    std::string text;
    std::array<char, 1024> piece;
    for (;;) {
        const auto got = ::read(pipe, piece.data(), piece.size());
        if (got == -1 && errno == EINTR) continue;
        if (got <= 0) return text;
        text.append(piece.data(), static_cast<std::size_t>(got));
    }
}

/// Adds NAME=VALUE texts, each ended by a zero byte.
void add_to_environment(const std::string& variables)
{
    for (std::size_t begin = 0; begin < variables.size();) {
        const std::size_t end = variables.find('\0', begin);
        const std::string variable = variables.substr(begin, end - begin);
        const std::size_t equals = variable.find('=');
        ::setenv(variable.substr(0, equals).c_str(), variable.c_str() + equals + 1, 1);
        begin = end + 1;
    }
}

/// The child's side: waits for its variables, then becomes the command.
[[noreturn]] void become(char* const* command, int pipe, pid_t parent)
{
    // Not SIGTERM, which the command may ignore: nothing may be left running.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) std::_Exit(cannot_run);  // the parent ended before that call
    const std::string variables = read_all(pipe);
    if (variables.empty()) std::_Exit(cannot_run);  // the server could not start
    // Do not inherit the address of an outer server.
    for (const char* theirs : {"KV_URL", "KV_MEMCACHE_URL", "KV_REDIS_URL"}) ::unsetenv(theirs);
    add_to_environment(variables);
    for (const char* ours : {"NOTIFY_SOCKET", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) {
        ::unsetenv(ours);
    }
    ::execvp(command[0], command);
    const int error = errno;
    std::cerr << "kvserver: cannot run " << command[0] << ": " << std::strerror(error) << '\n';
    std::cerr.flush();
    std::_Exit(error == ENOENT ? not_found : cannot_run);
}

}  // namespace

Child::Child(char* const* command, Signals& signals)
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        throw std::system_error(errno, std::generic_category(), "pipe");
    }
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ == 0) {
        ::close(ends[1]);
        signals.release();
        become(command, ends[0], parent);
    }
    const int error = errno;
    ::close(ends[0]);
    pipe_ = ends[1];
    if (pid_ == -1) {
        ::close(pipe_);
        throw std::system_error(error, std::generic_category(), "fork");
    }
}

Child::~Child()
{
    if (pipe_ != -1) ::close(pipe_);
    if (exit_status()) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

void Child::start(const std::vector<std::string>& variables)
{
    std::string text;
    for (const std::string& variable : variables) text.append(variable).push_back('\0');
    // A few hundred bytes, which a pipe takes without blocking. A killed child reads none.
    [[maybe_unused]] const auto written = ::write(pipe_, text.data(), text.size());
    ::close(pipe_);
    pipe_ = -1;
}

void Child::send(int signal) const
{
    if (!status_) ::kill(pid_, signal);
}

std::optional<int> Child::exit_status()
{
    int status = 0;
    if (!status_ && ::waitpid(pid_, &status, WNOHANG) == pid_) {
        status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
    return status_;
}

}  // namespace kv
