// redis_speaker.h: the Redis protocol, versions 2 and 3, for the shell.
#pragma once

#include "client/connection.h"
#include "client/shell/speaker.h"

#include <memory>

namespace kv::shell {

class RedisSpeaker final : public Speaker {
public:
    explicit RedisSpeaker(std::unique_ptr<client::Connection> connection)
        : connection_(std::move(connection))
    {
    }

    std::vector<resp::Value> ask_all(std::span<const Command> commands) override;
    bool is_stream(const Command& command) const override;
    void listen(const Command& command, std::chrono::milliseconds patience,
                const std::function<bool(const resp::Value&)>& take) override;
    ExitCode judge(const Command& command, const resp::Value& reply) const override;
    bool is_open() const override { return connection_->is_quiet(); }

private:
    resp::Value read_reply(const Command& command);

    std::unique_ptr<client::Connection> connection_;
};

}  // namespace kv::shell
