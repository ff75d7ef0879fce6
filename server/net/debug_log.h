// debug_log.h: what a session does, a line an event, at --log-level debug.
#pragma once

#include "common/log.h"
#include "common/observer.h"

#include <fmt/format.h>

namespace kv {

/// Used by one session's thread. `log` and `name` outlive it.
class DebugLog final : public Observer {
public:
    DebugLog(Log& log, const std::string& name) : log_(log), name_(name) {}

    void thread_started() override { log_.debug(fmt::format("{}: accepted", name_)); }
    void read(std::string_view bytes) override
    {
        log_.debug(fmt::format("{}: read {} bytes: {}", name_, bytes.size(), escaped(bytes)));
    }
    void message_ended(std::size_t unread) override
    {
        log_.debug(
            fmt::format("{}: a request ends {} bytes before the end of the input", name_, unread));
    }
    void wrote(std::size_t bytes) override
    {
        log_.debug(fmt::format("{}: wrote {} bytes", name_, bytes));
    }
    void closed(std::string_view how) override
    {
        log_.debug(fmt::format("{}: closed: {}", name_, how));
    }

private:
    Log& log_;
    const std::string& name_;
};

}  // namespace kv
