// log.h: one line per event, with the time, on stderr. spdlog does the formatting.
//
// If the reader of stderr stops reading, lines are dropped; the next line that can be written is
// preceded by their count. A thread waits only briefly for the reader.
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

/// Reads the name of a level, for option parsing.
std::istream& operator>>(std::istream& in, LogLevel& level);

/// Any thread may write; lines are never mixed. The caller escapes bytes from the wire (escaped()
/// below). Without memory a line is dropped.
class Log {
public:
    /// Writes to `descriptor`, which the caller keeps.
    explicit Log(LogLevel level, int descriptor = 2);
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    [[nodiscard]] bool is_on(LogLevel level) const;
    void set_level(LogLevel level);

    void debug(std::string_view line);
    void info(std::string_view line);
    void warning(std::string_view line);
    void error(std::string_view line);

    /// "who: what"; nothing at LogLevel::off. For places that must not throw.
    void tell(LogLevel level, std::string_view who, std::string_view what) noexcept;

private:
    std::unique_ptr<spdlog::logger> logger_;
};

/// `bytes` with everything but printable ASCII as \xNN, cut after `max_bytes` with "...": a client
/// cannot forge a log line or send control characters to the reader's terminal.
[[nodiscard]] std::string escaped(std::string_view bytes, std::size_t max_bytes = 128);

}  // namespace kv
