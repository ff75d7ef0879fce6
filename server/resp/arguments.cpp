#include "server/resp/arguments.h"

#include <algorithm>

namespace kv::resp {

namespace {

// More than this is not kept from one request to the next: an idle client should cost little.
constexpr std::size_t kept_text_bytes = 4096;
constexpr std::size_t kept_slots = 64;

}  // namespace

std::string_view Arguments::operator[](std::size_t i) const
{
    const Slot& slot = slots_[i];
    if (!slot.in_draft) return std::string_view(text_).substr(slot.start, slot.bytes);
    const ItemPtr& item = drafts_[slot.start].item;
    return item ? item->value() : std::string_view();
}

std::span<char> Arguments::add_room(std::size_t bytes, bool more)
{
    const std::size_t start = text_.size();
    text_.resize(start + bytes);
    if (more) {
        slots_.back().bytes += bytes;
    } else {
        slots_.push_back({start, bytes, false});
    }
    return std::span(text_).subspan(start);
}

void Arguments::add(std::string_view word)
{
    const std::span<char> room = add_room(word.size());
    std::copy(word.begin(), word.end(), room.begin());
}

void Arguments::add(Draft draft)
{
    slots_.push_back({drafts_.size(), draft.room().size(), true});
    drafts_.push_back(std::move(draft));
}

Draft Arguments::take_draft(std::size_t i)
{
    return std::move(drafts_[slots_[i].start]);
}

void Arguments::clear()
{
    text_.clear();
    slots_.clear();
    drafts_.clear();
    charge_ = Charge();
    if (text_.capacity() > kept_text_bytes) text_ = std::string();
    if (slots_.capacity() > kept_slots) slots_ = std::vector<Slot>();
}

}  // namespace kv::resp
