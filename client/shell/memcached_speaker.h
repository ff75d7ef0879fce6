// memcached_speaker.h: the shell's side of the memcached text protocol.
#pragma once

#include "client/connection.h"
#include "client/shell/memcached_command.h"
#include "client/shell/speaker.h"

#include <memory>

namespace kv::shell {

/// Turns replies into values:
///   get of one key           the value, or null
///   get of several           map: key -> value or null
///   gets                     for each such value a map: value, flags, cas
///   stats                    map: name -> simple
///   a meta reply with value  array: its line, the value
///   lists (metadump, ...)    array of lines
///   a number                 integer
///   ERROR ...                error
///   any other line           simple
class MemcachedSpeaker final : public Speaker {
public:
    explicit MemcachedSpeaker(std::unique_ptr<Connection> connection)
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
    resp::Value read_reply(const Command& command);
    resp::Value read_until(std::string_view end_mark);
    resp::Value read_goodbye();
    resp::Value read_items(const Command& command, std::string line);
    resp::Value read_stats(std::string line);
    resp::Value read_meta_value(const std::string& line);
    resp::Value read_list(std::string line);

    std::unique_ptr<Connection> connection_;
};

}  // namespace kv::shell
