// arguments.h: the words of one request, its command's name first.
//
//   SET greeting hello EX 10      text: "SETgreetingEX10"    drafts: [greeting: hello]
//
// Short words lie one behind another in one piece of memory, which the next request uses again. A
// value that is to be stored is read straight into the item it will be, so it is never copied.
#pragma once

#include "server/store/draft.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kv::resp {

/// Used by one session's thread.
class Arguments {
public:
    [[nodiscard]] std::size_t size() const { return slots_.size(); }

    /// A word. The view dies with the next change.
    [[nodiscard]] std::string_view operator[](std::size_t i) const;

    /// Adds a word of `bytes` bytes; the caller fills them. With `more` they join the last word.
    [[nodiscard]] std::span<char> add_room(std::size_t bytes, bool more = false);
    void add(std::string_view word);

    /// Adds a word that is a value on its way into the store.
    void add(Draft draft);

    /// Whether the word came in a draft, and that draft, for storing.
    [[nodiscard]] bool is_draft(std::size_t i) const { return slots_[i].in_draft; }
    [[nodiscard]] Draft take_draft(std::size_t i);

    /// The hash of the key under which that draft is to be stored.
    [[nodiscard]] std::uint32_t key_hash(std::size_t i) const
    {
        return drafts_[slots_[i].start].item->hash();
    }

    /// Keeps `charge` for as long as the words.
    void keep(Charge charge) { charge_.add(std::move(charge)); }

    /// What the words take, drafts not counted: they are charged by themselves.
    [[nodiscard]] std::size_t bytes() const { return text_.size() + slots_.size() * sizeof(Slot); }

    /// Forgets the words, and gives memory back that a usual request does not need.
    void clear();

private:
    struct Slot {
        std::size_t start;  ///< in text_, or the number of the draft
        std::size_t bytes;
        bool in_draft;
    };

    std::string text_;
    std::vector<Slot> slots_;
    std::vector<Draft> drafts_;
    Charge charge_;
};

}  // namespace kv::resp
