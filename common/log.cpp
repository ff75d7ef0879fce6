#include "common/log.h"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <array>

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

Log::Log(LogLevel level)
    : logger_(std::make_unique<spdlog::logger>("kvserver",
                                               std::make_shared<spdlog::sinks::stderr_sink_mt>()))
{
    logger_->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
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
