#include "client/shell/line_reader.h"

#include <cstdlib>

namespace kv::shell {

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
