// memcached_speaker.h: the shell's side of the memcached text protocol.
#pragma once

#include "client/connection.h"
#include "client/shell/memcached_command.h"
#include "client/shell/speaker.h"

#include <memory>

namespace kv::shell {

class MemcachedSpeaker final : public Speaker {
public:
    explicit MemcachedSpeaker(std::unique_ptr<client::Connection> connection)
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
    std::vector<resp::Value> ask_batch(std::span<const Command> commands,
                                       std::span<const MemcachedRequest> requests);
    resp::Value read_answer(const Command& command, const MemcachedRequest& request);
    resp::Value read_until(std::string_view end_mark);
    resp::Value read_goodbye();

    std::unique_ptr<client::Connection> connection_;
};

}  // namespace kv::shell
