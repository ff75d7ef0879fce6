// log.h: one event, one line, with the time, on stderr. spdlog does the writing.
#pragma once

#include <istream>
#include <memory>
#include <string>
#include <string_view>

namespace spdlog {
class logger;
}

namespace kv {

enum class LogLevel { debug, info, warning, error, off };

/// Reads a level's name, as an option's value.
std::istream& operator>>(std::istream& in, LogLevel& level);

/// Any thread may write; lines are never mixed. What comes from the wire must be escaped by the
/// caller (escaped() below) before it is logged.
class Log {
public:
    explicit Log(LogLevel level);
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    [[nodiscard]] bool is_on(LogLevel level) const;
    void set_level(LogLevel level);

    void debug(std::string_view line);
    void info(std::string_view line);
    void warning(std::string_view line);
    void error(std::string_view line);

private:
    std::unique_ptr<spdlog::logger> logger_;
};

/// `bytes` with everything but printable ASCII as \xNN, cut after `max_bytes` with "...": a client
/// cannot forge a log line or send control characters to the reader's terminal.
[[nodiscard]] std::string escaped(std::string_view bytes, std::size_t max_bytes = 128);

}  // namespace kv
