#include "server/resp/elements.h"

#include <algorithm>

namespace kv::resp {

namespace {

/// The most that an element takes beside its bytes: a sorted set's, in its table and its order.
constexpr std::size_t entry_bytes = 128;

/// A collection of any type without elements, and its first blocks.
constexpr std::size_t empty_bytes = 1024;

std::size_t bytes_of(Words words)
{
    std::size_t bytes = 0;
    for (const std::string_view word : words) bytes += entry_bytes + Bytes::footprint(word.size());
    return bytes;
}

}  // namespace

std::optional<Charge> room_for(const Call& call, Words words)
{
    if (call.context.inside != nullptr) return Charge();
    const std::size_t item = Item::footprint(call.keys().back().bytes.size(), collection_room);
    return call.context.store.reserve(item + empty_bytes + bytes_of(words));
}

std::size_t words_as_elements(const Call& call, std::size_t present)
{
    return bytes_of(call.words()) + (present == 0 ? empty_bytes : 0);
}

std::vector<HashedKey> hashed_words(const Call& call, Words words)
{
    std::vector<HashedKey> names;
    names.reserve(words.size());
    for (const std::string_view word : words) names.push_back(call.context.store.hashed(word));
    return names;
}

Places places(std::int64_t start, std::int64_t end, std::size_t size)
{
    const auto count = static_cast<std::int64_t>(size);
    if (start < 0) start = std::max<std::int64_t>(0, count + start);
    if (end < 0) end += count;
    end = std::min(end, count - 1);
    if (start > end || start >= count) return {};
    return {static_cast<std::size_t>(start), static_cast<std::size_t>(end - start + 1)};
}

}  // namespace kv::resp
