// pickle_machine.h: the stack machine that pickles are programs for: its stack, marks and memo.
//
//   message:  | taken | left ... |          memo: place -> object
//   stack:    a b ( c d ( e f               ( is a mark: what lies below it is out of reach
//
// Throws BadPickle for anything it does not have.
#pragma once

#include "server/command/nested.h"
#include "server/zmq/pickle.h"

#include <optional>

namespace kv::zeromq {

constexpr const char* malformed = "the pickle is malformed";
constexpr const char* truncated = "the pickle is truncated";
constexpr const char* too_many = "the pickle holds too many values";
constexpr const char* not_plain = "the pickle holds more than plain data";

constexpr std::size_t max_objects = max_nested_values;  ///< created, on the stack, or in the memo
constexpr std::size_t max_references = 4 * max_nested_values;  ///< taken off the stack, in total

class PickleMachine {
public:
    explicit PickleMachine(std::string_view message)
        : left_(message), decodable_(2 * message.size())
    {
    }

    // --- the message ---

    [[nodiscard]] std::string_view take(std::uint64_t count);
    [[nodiscard]] std::string_view take_line();
    [[nodiscard]] std::uint64_t take_number(std::size_t bytes);  ///< least significant byte first
    [[nodiscard]] std::size_t left() const { return left_.size(); }

    // --- the stack ---

    void push(ObjectId id);
    void push(Object object);
    /// Throws BadPickle for nullopt, a text that could not be decoded.
    void push_decoded(Object::Kind kind, std::optional<std::string> decoded);

    [[nodiscard]] ObjectId top() const;
    [[nodiscard]] ObjectId take_top();
    [[nodiscard]] Object::Items take_top(std::size_t count);
    [[nodiscard]] Object::Items take_to_mark();
    void mark();
    void pop();  ///< the top object, or a mark if one is on top

    /// The view is valid until the next object is pushed.
    [[nodiscard]] Object& operator[](ObjectId id) { return pickle_.objects[id]; }

    /// Counts objects about to be put into a container; throws when there are too many.
    void count_references(std::size_t count);

    /// The same for UTF-8 about to be decoded. A good pickle decodes each text once, at most two
    /// bytes for each byte of the message; a bad one decodes a text of the memo again and again.
    void count_decoded(std::size_t bytes);

    // --- the memo ---

    void memoize(std::uint64_t place);  ///< the top stays where it is
    void memoize() { memoize(memoized_); }
    void push_memoized(std::uint64_t place);

    // --- the end ---

    [[nodiscard]] bool is_stopped() const { return stopped_; }
    void stop();
    [[nodiscard]] Pickle result() { return std::move(pickle_); }

private:
    /// Objects below a mark cannot be reached until the mark is popped.
    [[nodiscard]] std::size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }
    [[nodiscard]] Object::Items cut_stack(std::size_t size);

    static constexpr ObjectId no_object = UINT32_MAX;

    std::string_view left_;
    Pickle pickle_;
    std::vector<ObjectId> stack_;
    std::vector<std::size_t> marks_;  ///< the height of the stack at each
    std::vector<ObjectId> memo_;
    std::size_t memoized_ = 0;
    std::size_t references_ = 0;
    std::size_t decodable_;
    bool stopped_ = false;
};

// The only names a pickle may use, and the result of "calling" them. Each spells plain data in
// protocols that have no opcode for it. The name is compared, never looked up, and nothing is
// called.

enum class Constructor : std::int64_t {
    encode,     ///< _codecs.encode(text, 'latin1'): bytes, in protocols 0 to 2
    bytes,      ///< bytes(): empty bytes, in the same protocols
    set,        ///< set([...]), in protocols 0 to 3
    frozenset,  ///< frozenset([...]), in the same protocols
};

/// Throws BadPickle for any other name.
[[nodiscard]] Constructor constructor_of(std::string_view module, std::string_view name);

/// Pushes the constructor's result for its arguments, a tuple. Throws BadPickle.
void push_constructed(PickleMachine& machine, Constructor constructor, ObjectId arguments);

}  // namespace kv::zeromq
