#include "client/shell/line_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

namespace kv::shell {

std::string history_path()
{
    if (const char* path = std::getenv("KVCLI_HISTORY")) return path;
    const char* home = std::getenv("HOME");
    return home == nullptr ? std::string() : std::string(home) + "/.kvcli_history";
}

}  // namespace kv::shell

#ifdef KV_WITH_READLINE

#include <cstdio>  // readline's header uses FILE without including it

#include <readline/history.h>
#include <readline/readline.h>

namespace kv::shell {

namespace {

constexpr int most_history_lines = 1000;

/// Readline creates its file with the user's umask; values typed here are nobody else's business.
void create_private(const std::string& path)
{
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file >= 0) ::close(file);
}

}  // namespace

LineReader::LineReader(std::string path) : history_path_(std::move(path))
{
    rl_readline_name = "kvcli";  // for "$if kvcli" in ~/.inputrc
    ::using_history();
    ::stifle_history(most_history_lines);
    if (!history_path_.empty()) ::read_history(history_path_.c_str());
}

std::optional<std::string> LineReader::read(const std::string& prompt)
{
    char* typed = ::readline(prompt.c_str());
    if (typed == nullptr) return std::nullopt;
    std::string line = typed;
    std::free(typed);  // readline allocates with malloc
    return line;
}

void LineReader::remember(const std::string& line)
{
    if (line.empty()) return;
    ::add_history(line.c_str());
    if (history_path_.empty()) return;
    create_private(history_path_);
    if (::append_history(1, history_path_.c_str()) == 0) {
        ::history_truncate_file(history_path_.c_str(), most_history_lines);
    }
}

}  // namespace kv::shell

#else

namespace kv::shell {

LineReader::LineReader(std::string path) : history_path_(std::move(path)) {}

std::optional<std::string> LineReader::read(const std::string& prompt)
{
    std::cout << prompt << std::flush;
    std::string line;
    if (!std::getline(std::cin, line)) return std::nullopt;
    return line;
}

void LineReader::remember(const std::string&) {}

}  // namespace kv::shell

#endif
