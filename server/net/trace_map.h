// trace_map.h: which bytes of a read belong to which part of which request.
//
// A stream says what it takes: lines, and blocks of so many bytes. Each read is laid over that, and
// the stretches that come of it are what the trace draws its ruler from. Knows no dialect: only
// that a line which begins with '*' or '$' tells a count, as in RESP.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kv {

/// Some bytes of one read, all of one part of one request.
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

/// Used by one session's thread. Calls as in Observer.
class TraceMap {
public:
    void read(std::string_view bytes);
    void line_taken(std::string_view line, std::size_t bytes);
    void block_begins(std::uint64_t bytes);
    /// false: it has no bytes of its own, but is one more step of the request before.
    bool message_ended(std::size_t unread);

    /// The last read, whole.
    [[nodiscard]] const std::string& bytes() const { return bytes_; }

    /// Its stretches in order, what nobody has taken yet included.
    [[nodiscard]] std::vector<Stretch> stretches() const;

    /// How many bytes of it nobody has taken yet.
    [[nodiscard]] std::size_t untaken() const { return bytes_.size() - taken_; }

    /// What a request is called: its first two words, as far as they have come.
    [[nodiscard]] std::string name() const;

    /// Requests are counted from 1; the present one.
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
    std::size_t taken_ = 0;  ///< how many of them are in stretches_
    std::vector<Stretch> stretches_;

    std::uint64_t request_ = 1;
    bool begun_ = false;             ///< a part of it has been taken, or some bytes of one
    std::uint64_t open_line_ = 0;    ///< bytes from earlier reads of a line that has no end yet
    std::uint64_t block_left_ = 0;   ///< of the block being taken
    std::uint64_t block_bytes_ = 0;  ///< as its line announced it; a block may come in steps
    std::uint64_t block_done_ = 0;
    bool block_begun_ = false;   ///< since the last line
    bool in_line_end_ = false;   ///< the block is the line end behind a block
    bool counts_words_ = false;  ///< it is an array of words, as in RESP
    std::string words_;          ///< how many, as the line says it
    std::uint64_t word_ = 0;     ///< the present one, from 1
    std::string name_;
};

}  // namespace kv
