// trace_ruler.h: the bytes of a read with a ruler under them, which shows the requests they belong
// to.
//
//   lloget a\r\n       the bytes, escaped; the middle of a long read is left out
//   <-][=======]       = of a line, - of a block; [ a request begins, ] it ends, | a part of it
//   ends, 1  2 get a         < it goes on from the previous read, > goes on with the next
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace kv {

/// Colours for a terminal, nothing for a file.
class TracePaint {
public:
    explicit TracePaint(bool coloured) : coloured_(coloured) {}

    [[nodiscard]] std::string line(std::string_view text) const { return in("36", text); }
    [[nodiscard]] std::string block(std::string_view text) const { return in("32", text); }
    [[nodiscard]] std::string quiet(std::string_view text) const { return in("2", text); }
    [[nodiscard]] std::string strong(std::string_view text) const { return in("1", text); }
    [[nodiscard]] std::string notable(std::string_view text) const { return in("33", text); }

    /// One of six colours, the same for the same client.
    [[nodiscard]] std::string client(std::uint64_t id, std::string_view text) const
    {
        constexpr std::string_view colours[] = {"1;34", "1;35", "1;33", "1;36", "1;31", "1;32"};
        return in(colours[id % std::size(colours)], text);
    }

private:
    [[nodiscard]] std::string in(std::string_view colour, std::string_view text) const
    {
        if (!coloured_ || text.empty()) return std::string(text);
        return std::string("\x1b[").append(colour).append("m").append(text).append("\x1b[0m");
    }

    bool coloured_;
};

/// Bytes of one read that belong to the same part of the same request.
struct Stretch {
    enum class Kind : std::uint8_t { line, block };

    std::size_t begin;
    std::size_t end;
    std::uint64_t request;
    Kind kind;
    bool begins_request;
    bool ends_part = false;
    bool ends_request = false;
};

/// Maps the lines and blocks that a stream takes onto the bytes of each read. Knows no dialect,
/// only that a line which begins with '*', '$' or '%' states a count, as in RESP. Used by one
/// session's thread. Called as in Observer.
class TraceMap {
public:
    void read(std::string_view bytes);
    void line_taken(std::string_view line, std::size_t bytes);
    void block_begins(std::uint64_t bytes);
    /// false: it took no bytes, so it is another step of the previous request.
    bool message_ended(std::size_t unread);

    /// All bytes of the last read.
    [[nodiscard]] const std::string& bytes() const { return bytes_; }

    /// Its stretches in order, including the bytes not taken yet.
    [[nodiscard]] std::vector<Stretch> stretches() const;

    /// How many of its bytes are not taken yet.
    [[nodiscard]] std::size_t untaken() const { return bytes_.size() - taken_; }

    /// A request's name: as much of its first two words as has arrived.
    [[nodiscard]] std::string name() const;

    /// The number of the present request, from 1.
    [[nodiscard]] std::uint64_t request() const { return request_; }

    /// "inside the value of `set a`, 3 of 5 bytes"; "where request 2 ended".
    [[nodiscard]] std::string where_it_ended() const;
    [[nodiscard]] bool ended_inside_a_request() const;

private:
    void add(std::size_t count, Stretch::Kind kind, bool ends_part);
    void take_block();
    void begin_word(std::string_view line);
    void forget_request();
    [[nodiscard]] std::string present_block() const;
    [[nodiscard]] std::string word_number() const;
    [[nodiscard]] bool begun() const { return begun_ || open_line_ > 0; }

    std::string bytes_;
    std::size_t taken_ = 0;  ///< bytes in stretches_
    std::vector<Stretch> stretches_;

    std::uint64_t request_ = 1;
    bool begun_ = false;             ///< some of its bytes have been taken
    std::uint64_t open_line_ = 0;    ///< bytes of an unfinished line from earlier reads
    std::uint64_t block_left_ = 0;   ///< bytes of the present block still to come
    std::uint64_t block_bytes_ = 0;  ///< as announced by its line; a block may come in steps
    std::uint64_t block_done_ = 0;
    bool block_begun_ = false;   ///< since the last line
    bool in_line_end_ = false;   ///< the block is the line end after a block
    bool counts_words_ = false;  ///< the request is an array of words, as in RESP
    std::string words_;          ///< their number, as the line states it
    std::uint64_t word_ = 0;     ///< the present word, from 1
    std::string name_;
};

struct RequestName {
    std::uint64_t request;
    std::string name;
};

/// The rows for a read, without line ends, each at most `columns` (24 or more) wide. `names` has
/// the names of its requests, in order; a missing one is not known yet.
[[nodiscard]] std::vector<std::string> draw_ruler(std::string_view bytes,
                                                  const std::vector<Stretch>& stretches,
                                                  const std::vector<RequestName>& names,
                                                  const TracePaint& paint, std::size_t columns);

/// `bytes` as shown above the ruler, on one row.
[[nodiscard]] std::string shown(std::string_view bytes, const TracePaint& paint);

}  // namespace kv
