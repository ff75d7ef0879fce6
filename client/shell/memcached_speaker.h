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
///   stats                    map
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

    resp::Value ask(const Command& command) override;
    ExitCode judge(const Command& command, const resp::Value& reply) const override;
    std::span<const CommandInfo> commands() const override { return memcached_commands(); }
    bool is_open() const override { return connection_->is_open(); }

private:
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
