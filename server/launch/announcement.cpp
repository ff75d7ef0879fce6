#include "server/launch/announcement.h"

#include "common/version.h"
#include "server/launch/notify.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <iostream>
#include <system_error>

namespace kv {

namespace {

constexpr std::string_view on_stdout = "-";

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

/// Beside its place first, then renamed to it: whoever waits for the file never reads half of it.
void write_file(const std::string& path, std::string_view text)
{
    const std::string draft = fmt::format("{}.{}", path, ::getpid());
    const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file == -1) fail("cannot write --announce " + path);
    write_whole(file, text, "--announce " + path);
    ::close(file);
    if (std::rename(draft.c_str(), path.c_str()) != 0) {
        const int error = errno;
        ::unlink(draft.c_str());
        errno = error;
        fail("cannot write --announce " + path);
    }
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

void tell_launcher(const std::vector<Uri>& uris, const LaunchOptions& options)
{
    if (!options.announce.empty() && options.announce != on_stdout) {
        write_file(options.announce, announcement(uris));
    }
    if (options.ready_fd != -1) {
        write_whole(options.ready_fd, "\n", fmt::format("to --ready-fd {}", options.ready_fd));
        ::close(options.ready_fd);
    }
    notify_supervisor("READY=1");
}

void announce(const std::vector<Uri>& uris, const LaunchOptions& options)
{
    if (options.announce == on_stdout) {
        std::cout << announcement(uris);
    } else {
        for (const Uri& uri : uris) std::cout << "ready " << to_string(uri) << '\n';
    }
    std::cout.flush();
    tell_launcher(uris, options);
}

}  // namespace kv
