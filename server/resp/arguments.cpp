#include "server/resp/arguments.h"

#include <algorithm>

namespace kv::resp {

namespace {

// Blocks grow with the request, so that one of many words does not need as many blocks.
constexpr std::size_t smallest_block = 256;
constexpr std::size_t largest_block = std::size_t{64} << 10;

}  // namespace

void Arguments::expect(std::size_t words, std::size_t bytes)
{
    words_.reserve(words);
    if (bytes == 0) return;
    blocks_.reserve(1);
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(bytes));
    free_ = {blocks_.back().get(), bytes};
    block_bytes_ += bytes;
}

std::size_t Arguments::footprint() const
{
    constexpr std::size_t block = 24;  // of the heap's own for a block, and what it rounds up
    const std::size_t lists = blocks_.capacity() * sizeof(std::unique_ptr<char[]>) +
                              words_.capacity() * sizeof(std::string_view) +
                              drafts_.capacity() * sizeof(Draft) +
                              keys_.capacity() * sizeof(HashedKey);
    return block_bytes_ + lists + (blocks_.size() + 4) * block;
}

std::span<char> Arguments::add_room(std::size_t bytes)
{
    if (bytes > free_.size()) {
        const std::size_t usual = std::clamp(text_bytes_, smallest_block, largest_block);
        const std::size_t size = std::max(bytes, usual);
        blocks_.push_back(std::make_unique_for_overwrite<char[]>(size));
        free_ = {blocks_.back().get(), size};
        block_bytes_ += size;
    }
    const std::span<char> room = free_.first(bytes);
    free_ = free_.subspan(bytes);
    words_.emplace_back(room.data(), room.size());
    text_bytes_ += bytes;
    return room;
}

void Arguments::add(std::string_view word)
{
    const std::span<char> room = add_room(word.size());
    std::copy(word.begin(), word.end(), room.begin());
}

std::span<char> Arguments::add(Draft draft)
{
    const std::span<char> room = draft.room();
    drafts_.push_back(std::move(draft));
    words_.emplace_back(room.data(), room.size());
    return room;
}

}  // namespace kv::resp
