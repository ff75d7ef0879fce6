// arguments.h: the words of one request in memory of their own, its command's name first.
//
//   SET greeting hello EX 10      blocks: "SETgreetingEX10"    drafts: [greeting: hello]
//
// For requests whose words do not lie whole in the stream's input, and for those that wait between
// MULTI and EXEC. Short words share a block of memory; a value that is to be stored is read
// straight into the item it will be, so it is never copied.
#pragma once

#include "server/store/draft.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace kv::resp {

/// Used by one session's thread. What it hands out as a view stays where it is until clear(), also
/// when the object is moved.
class Arguments {
public:
    [[nodiscard]] std::size_t size() const { return words_.size(); }
    [[nodiscard]] std::string_view operator[](std::size_t i) const { return words_[i]; }
    [[nodiscard]] std::span<const std::string_view> words() const { return words_; }

    /// Adds a word of `bytes` bytes; the caller fills them. They are not written to before.
    [[nodiscard]] std::span<char> add_room(std::size_t bytes);
    void add(std::string_view word);

    /// Adds a word that is a value on its way into the store; the caller fills it.
    std::span<char> add(Draft draft);
    [[nodiscard]] std::span<Draft> drafts() { return drafts_; }

    /// Notes that word `i` is a key, and its hash. In the order of the keys.
    void add_key(std::size_t i, std::uint32_t hash) { keys_.push_back({words_[i], hash}); }
    [[nodiscard]] std::span<const HashedKey> keys() const { return keys_; }

    /// Makes room for these many words, of so many bytes together, and for no more.
    void expect(std::size_t words, std::size_t bytes);

    /// Keeps `charge` for as long as the words; it is one of `bytes`.
    void keep(Charge charge, std::size_t bytes)
    {
        charge_.add(std::move(charge));
        charged_bytes_ += bytes;
    }
    [[nodiscard]] std::size_t charged_bytes() const { return charged_bytes_; }

    /// What the words take, roughly, drafts not counted: they are charged by themselves.
    [[nodiscard]] std::size_t bytes() const { return text_bytes_ + words_.size() * word_bytes; }

    /// What they take of the heap, drafts likewise.
    [[nodiscard]] std::size_t footprint() const;

    /// Forgets the words, and gives their memory back.
    void clear()
    {
        if (!words_.empty() || charged_bytes_ > 0) *this = Arguments();
    }

    /// The bookkeeping of one word: its view, in a list that may be twice as long as it needs to
    /// be, and if it is a key the same again.
    static constexpr std::size_t word_bytes = 64;

private:
    std::vector<std::unique_ptr<char[]>> blocks_;
    std::span<char> free_;  ///< what is left of the last block
    std::size_t text_bytes_ = 0;
    std::size_t block_bytes_ = 0;
    std::vector<std::string_view> words_;
    std::vector<Draft> drafts_;
    std::vector<HashedKey> keys_;
    Charge charge_;
    std::size_t charged_bytes_ = 0;
};

}  // namespace kv::resp
