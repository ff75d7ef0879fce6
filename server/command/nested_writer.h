// nested_writer.h: builds the encoded bytes of a nested value, part by part.
#pragma once

#include "server/command/nested.h"
#include "server/store/draft.h"

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace kv {

/// More containers inside each other than max_nested_depth.
struct TooDeep : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Encodes one value, told part by part in the order of reading. A container says first how many
/// values (pairs) it has, so nothing needs to say where it ends.
///
/// What cannot be kept is refused: from then on parts are counted and not kept, so that whoever
/// reads them from a stream finds the end of the value all the same. Used by one thread.
class NestedWriter {
public:
    /// For a value of at most `max_bytes`, its outermost letter and size not counted, to be stored
    /// under `key`. `drafts` gives the memory; it and the bytes of `key` outlive the writer.
    NestedWriter(DraftSource& drafts, std::string_view key, std::size_t max_bytes);

    /// For a value nobody wants: refused from the start.
    explicit NestedWriter(std::string_view refusal) : refusal_(refusal) {}

    void null();
    void boolean(bool value);
    void integer(std::int64_t number);
    void integer(std::string_view bytes);  ///< in the form of integer.h; need not be the shortest
    void real(double number);
    void text(std::string_view utf8);
    void bytes(std::string_view value);
    void error(std::string_view text);

    /// Bytes that are yet to come: the caller fills the room, before the next call of anything. An
    /// empty room for a size that is not 0: refused.
    [[nodiscard]] std::span<char> bytes(std::size_t size);

    /// Throws TooDeep; then the value's end cannot be found any more.
    void begin(Container kind, std::size_t count);

    /// A whole value has been told.
    [[nodiscard]] bool complete() const { return values_ > 0 && open_.empty(); }

    /// Why the value is not kept, for the client (static storage); empty: it is.
    [[nodiscard]] std::string_view refusal() const { return refusal_; }

    /// The item to store; nullopt when there is no memory for it, which is a refusal too.
    /// REQUIRES: complete and not refused.
    [[nodiscard]] std::optional<Draft> finish();

private:
    struct Open {
        Container kind;
        bool in_key;  ///< what is in it is a part of a dictionary's key or a set's member
        std::size_t left;
    };

    void refuse(std::string_view why);
    void count_value();
    [[nodiscard]] bool at_key() const;
    [[nodiscard]] char* extend(std::size_t count);
    [[nodiscard]] bool grow(std::size_t bytes);
    [[nodiscard]] char* put_sized(char letter, std::size_t size);
    void put_letter(char letter);
    void put_sized(char letter, std::string_view bytes);

    DraftSource* drafts_ = nullptr;
    std::string_view key_;
    std::size_t max_bytes_ = 0;
    std::optional<Draft> draft_;  ///< what is encoded so far is at the front of its room
    std::size_t used_ = 0;
    std::size_t values_ = 0;
    std::vector<Open> open_;
    std::string_view refusal_;
};

}  // namespace kv
