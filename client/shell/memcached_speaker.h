// memcached_speaker.h: the memcached text protocol for the shell: encodes words, decodes replies.
#pragma once

#include "client/connection.h"
#include "client/shell/speaker.h"

#include <memory>
#include <string>

namespace kv::shell {

/// How the reply to a request ends.
enum class ReplyEnd {
    whole,    ///< as the protocol says
    version,  ///< noreply: there may be no reply, so `version` is sent after it; VERSION ends it
    no_op,    ///< a quiet meta command, followed by `mn`; MN ends it
    close,    ///< the server closes the connection
};

struct MemcachedRequest {
    std::string bytes;
    bool has_block = false;  ///< a value follows the command line
    ReplyEnd end = ReplyEnd::whole;
};

/// Throws UsageError for words that cannot be sent: an invalid key, missing or surplus arguments.
/// An unknown command is sent unchanged.
[[nodiscard]] MemcachedRequest memcached_request(const Command& command);

/// Reads any reply to `command` as a value:
///   get of one key           the value, or null
///   get of several           map: key -> value or null
///   gets                     for each such value a map: value, flags, cas
///   stats                    map: name -> simple
///   a meta reply with value  array: its line, the value
///   lists (metadump, ...)    array of lines
///   a number                 integer
///   ERROR ...                error
///   any other line           simple
/// The first line decides, except that only `get` makes an empty list a miss. Throws as Connection;
/// an unexpected line is nonsense.
[[nodiscard]] resp::Value read_memcached_reply(client::Connection& connection,
                                               const Command& command);

/// Whether `line` ends a reply of several lines: END, EN, RESET.
[[nodiscard]] bool ends_memcached_reply(std::string_view line);

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
