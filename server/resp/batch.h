// batch.h: the requests that one read has brought whole, parsed where they lie.
//
//   input:   *2 $3 GET $1 a   *3 $3 SET $1 b $5 hello   *2 $3 GE...
//   words:          GET    a          SET    b    hello     GET      views into the input
//   keys:                  a                 b                       with their hashes
//            request 1        request 2                 begun
//
// A client that sends many requests at once has them parsed in one pass; the keys of all are hashed
// in it, and looked up together before the first is carried out. Nothing is copied. What is not a
// plain array of bulk strings ends the batch: the request reader takes over at that place when
// everything before it has been answered, and says what is wrong, or reads what has not come yet.
#pragma once

#include "common/buffered_stream.h"
#include "server/resp/command.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace kv::resp {

class InPlace;

/// Used by one session's thread. Views die at the stream's next read.
class Batch {
public:
    /// `memory` outlives the batch. A request with a longer word than `max_word_bytes` is left to
    /// the request reader.
    Batch(DraftSource& memory, std::size_t max_word_bytes)
        : memory_(memory), max_word_bytes_(max_word_bytes)
    {
    }

    /// Takes the requests that lie whole in the stream's input, without a read, in the place of the
    /// batch before; and has what is stored under their keys brought into the processor's cache.
    void take(BufferedStream& stream);

    /// Throws std::bad_alloc from take() with nothing taken; then the batch is to be cleared.
    void clear();

    [[nodiscard]] bool is_used_up() const;

    /// The next request, without its values. REQUIRES: !is_used_up().
    [[nodiscard]] Invocation next();

    /// A request of which not all was plain, or had come: the words before that. It has not been
    /// taken out of the stream.
    struct Begun {
        std::size_t bytes = 0;  ///< of the input; 0: there is none
        std::size_t count = 0;  ///< of words in the whole request
        Words words{};
    };
    [[nodiscard]] bool has_begun() const;

    /// The request behind the batch, which is the caller's from now on.
    [[nodiscard]] Begun take_begun() { return std::exchange(begun_, {}); }

private:
    /// Where a request's words and keys are among all: there are fewer of them than bytes.
    struct Place {
        const Command* command;
        std::uint16_t word;
        std::uint16_t words;
        std::uint16_t key;
        std::uint16_t keys;
    };

    [[nodiscard]] bool parse(InPlace& input);

    DraftSource& memory_;
    std::size_t max_word_bytes_;
    std::vector<std::string_view> words_;
    std::vector<HashedKey> keys_;
    std::vector<Place> requests_;
    std::size_t next_ = 0;
    Begun begun_;
};

}  // namespace kv::resp
