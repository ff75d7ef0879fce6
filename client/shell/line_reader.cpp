#include "client/shell/line_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <system_error>

namespace kv::shell {

namespace {

/// Global, because a signal handler has no context argument.
volatile std::sig_atomic_t handler_writes_to = -1;

extern "C" void on_interrupt(int)
{
    const int saved_errno = errno;
    const char byte = 'c';
    // It fails only when the pipe is full of earlier interrupts: then the reader is awake anyway.
    [[maybe_unused]] const auto written = ::write(handler_writes_to, &byte, 1);
    errno = saved_errno;
}

}  // namespace

Interrupts::Interrupts()
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
        throw std::system_error(errno, std::system_category(), "pipe2");
    }
    read_end_ = ends[0];
    write_end_ = ends[1];
    handler_writes_to = write_end_;
    struct sigaction action = {};
    action.sa_handler = on_interrupt;  // without SA_RESTART, so that readline's read ends
    ::sigaction(SIGINT, &action, nullptr);
}

Interrupts::~Interrupts()
{
    std::signal(SIGINT, SIG_DFL);
    ::close(read_end_);
    ::close(write_end_);
}

bool Interrupts::take()
{
    std::array<char, 64> bytes{};
    bool any = false;
    while (::read(read_end_, bytes.data(), bytes.size()) > 0) any = true;
    return any;
}

std::string history_path()
{
    if (const char* path = std::getenv("KVCLI_HISTORY")) return path;
    const char* home = std::getenv("HOME");
    return home == nullptr ? std::string() : std::string(home) + "/.kvcli_history";
}

}  // namespace kv::shell

#ifndef KV_WITH_READLINE

#include <iostream>

namespace kv::shell {

LineReader::LineReader(std::string path, LineAdvice&, Interrupts&) : history_path_(std::move(path))
{
}

LineReader::~LineReader() = default;

std::optional<std::string> LineReader::read(const std::string& prompt)
{
    std::cout << prompt << std::flush;
    std::string line;
    if (!std::getline(std::cin, line)) return std::nullopt;
    return line;
}

bool LineReader::was_cancelled() const
{
    return false;
}

void LineReader::remember(const std::string&) {}

}  // namespace kv::shell

#endif
