#include "common/log.h"

#include "common/transport.h"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <mutex>

namespace kv {

namespace {

spdlog::level::level_enum to_spdlog(LogLevel level)
{
    switch (level) {
        case LogLevel::debug: return spdlog::level::debug;
        case LogLevel::info: return spdlog::level::info;
        case LogLevel::warning: return spdlog::level::warn;
        case LogLevel::error: return spdlog::level::err;
        case LogLevel::off: break;
    }
    return spdlog::level::off;
}

/// Standard error may be a pipe, socket or terminal that is not read. Its flags are shared with
/// other processes, so it stays blocking: once poll() says writable, it takes PIPE_BUF bytes
/// without blocking.
class LossySink final : public spdlog::sinks::base_sink<std::mutex> {
public:
    explicit LossySink(int descriptor) : descriptor_(descriptor) {}

private:
    /// Of a run of dropped lines only the first waits for the reader.
    void sink_it_(const spdlog::details::log_msg& message) override
    {
        const Deadline deadline =
            std::chrono::steady_clock::now() + std::chrono::milliseconds(dropped_ == 0 ? 100 : 0);
        if (dropped_ == 0 || tell_dropped(message, deadline)) {
            if (write(message, deadline)) return;
        }
        ++dropped_;
    }

    bool tell_dropped(const spdlog::details::log_msg& next, Deadline deadline)
    {
        const std::string text =
            fmt::format("{} lines of this log were dropped: stderr was not read", dropped_);
        if (!write({next.logger_name, spdlog::level::warn, text}, deadline)) return false;
        dropped_ = 0;
        return true;
    }

    /// false: not written, or only in part.
    bool write(const spdlog::details::log_msg& message, Deadline deadline)
    {
        spdlog::memory_buf_t line;
        if (is_torn_) line.push_back('\n');
        formatter_->format(message, line);
        std::string_view rest(line.data(), line.size());
        while (!rest.empty() &&
               wait_for(descriptor_, Event::writable, -1, deadline) == Wakeup::writable) {
            const auto written = write_some(rest);
            if (written <= 0 && errno != EAGAIN && errno != EINTR) break;
            if (written > 0) rest.remove_prefix(static_cast<std::size_t>(written));
        }
        if (rest.size() < line.size()) is_torn_ = !rest.empty();
        return rest.empty();
    }

    ssize_t write_some(std::string_view bytes) const
    {
        const auto sent =
            ::send(descriptor_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent != -1 || errno != ENOTSOCK) return sent;
        return ::write(descriptor_, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
    }

    void flush_() override {}

    const int descriptor_;
    std::uint64_t dropped_ = 0;  ///< lines since the last one written
    bool is_torn_ = false;       ///< the last line was written in part
};

}  // namespace

std::istream& operator>>(std::istream& in, LogLevel& level)
{
    constexpr std::array<std::string_view, 5> names{"debug", "info", "warning", "error", "off"};
    std::string text;
    in >> text;
    const auto* found = std::find(names.begin(), names.end(), text);
    if (found == names.end()) {
        in.setstate(std::ios::failbit);
    } else {
        level = static_cast<LogLevel>(found - names.begin());
    }
    return in;
}

Log::Log(LogLevel level, int descriptor)
    : logger_(std::make_unique<spdlog::logger>("kvserver", std::make_shared<LossySink>(descriptor)))
{
    logger_->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
    logger_->set_error_handler([](const std::string&) {});  // the default handler writes to stderr
    set_level(level);
}

Log::~Log() = default;

bool Log::is_on(LogLevel level) const
{
    return logger_->should_log(to_spdlog(level));
}

void Log::set_level(LogLevel level)
{
    logger_->set_level(to_spdlog(level));
}

void Log::debug(std::string_view line)
{
    logger_->debug(line);
}

void Log::info(std::string_view line)
{
    logger_->info(line);
}

void Log::warning(std::string_view line)
{
    logger_->warn(line);
}

void Log::error(std::string_view line)
{
    logger_->error(line);
}

void Log::tell(LogLevel level, std::string_view who, std::string_view what) noexcept
{
    if (level == LogLevel::off) return;
    try {
        logger_->log(to_spdlog(level), "{}: {}", who, what);
    } catch (const std::exception&) {  // out of memory
    }
}

std::string escaped(std::string_view bytes, std::size_t max_bytes)
{
    std::string text;
    for (const char byte : bytes.substr(0, max_bytes)) {
        if (byte >= ' ' && byte <= '~' && byte != '\\') {
            text += byte;
        } else {
            text += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
        }
    }
    if (bytes.size() > max_bytes) text += "...";
    return text;
}

}  // namespace kv
