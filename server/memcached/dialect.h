// dialect.h: the memcached text protocol over a stream, and the three-word `set` of the tutorials.
#pragma once

#include "common/buffered_stream.h"
#include "server/memcached/execute.h"
#include "server/memcached/parser.h"

#include <vector>

namespace kv::memcached {

/// One client's side of the conversation; used by its session's thread.
///
/// Requests that have come together are parsed together, in place, and their keys are looked up
/// together; then they are handed out one by one. A get of many keys comes as one request a key, so
/// that only one value at a time is held and sent.
class Dialect {
public:
    /// `store` gives the memory for values and outlives the dialect. A larger value than
    /// `max_item_bytes` is refused, and its bytes are read and forgotten.
    Dialect(DraftSource& store, std::size_t max_item_bytes)
        : store_(store), max_item_bytes_(max_item_bytes)
    {
    }

    /// The next request, with its data block; valid until the next call. What cannot be understood
    /// is a request whose answer is the error. Null: the client closed. Throws as the stream does.
    [[nodiscard]] Request* read_request(BufferedStream& stream);

    void write_reply(BufferedStream& stream, const Request& request, const Reply& reply);

private:
    [[nodiscard]] bool read_batch(BufferedStream& stream);
    [[nodiscard]] bool goes_on() const;
    void go_on();
    [[nodiscard]] bool read_lines(BufferedStream& stream);
    [[nodiscard]] bool read_whole_lines(BufferedStream& stream);
    [[nodiscard]] bool begin_long_get(BufferedStream& stream);
    [[nodiscard]] bool read_more_keys(BufferedStream& stream);
    void add_long_keys(const LinePart& part);
    [[nodiscard]] bool read_first_line(BufferedStream& stream);
    void add_lines(BufferedStream& stream);
    void add(BufferedStream& stream, std::string_view line);
    void add_keys();
    void place_block(BufferedStream& stream, Request& request);
    void read_block(BufferedStream& stream, Request& request);
    void write_step(BufferedStream& stream, const Dump& dump, const WalkStep& step);
    [[nodiscard]] bool is_full() const;

    struct NextStep {
        Dump dump;
        Table::Cursor from;
    };

    /// A get whose line is too long to be read as a whole, and not at its end.
    struct LongGet {
        std::optional<GetAndTouch> touch = {};
        bool with_cas = false;
        enum State : std::uint8_t { reading, bad_key, dropped } state = reading;
        bool ends = false;  ///< its line has come to the end
        std::uint64_t bytes = 0;
    };

    DraftSource& store_;
    std::size_t max_item_bytes_;
    std::vector<Request> batch_;
    std::size_t next_ = 0;          ///< in the batch: the request to be handed out next
    std::size_t most_ = 1;          ///< requests in a batch
    KeyRoom key_room_;              ///< for the key that is not in the input; of the last request
    std::optional<NextStep> dump_;  ///< of one that is not at its end
    std::optional<LongGet> long_get_;
    bool drop_line_end_ = false;  ///< the last data block may be followed by one line end
};

}  // namespace kv::memcached
