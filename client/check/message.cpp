#include "client/check/message.h"

#include <algorithm>

namespace kv::check {

Message cut_like(const Message& model, std::string_view bytes)
{
    Message message;
    for (const auto& part : model.parts) {
        if (bytes.empty()) return message;
        message.add(part.name, bytes.substr(0, part.length));
        bytes.remove_prefix(std::min(part.length, bytes.size()));
    }
    if (!bytes.empty()) message.add("too much", bytes);
    return message;
}

Message slice(const Message& message, std::size_t from, std::size_t to)
{
    Message piece;
    std::size_t begin = 0;
    for (const auto& part : message.parts) {
        const std::size_t first = std::max(begin, from);
        const std::size_t last = std::min(begin + part.length, to);
        if (first < last)
            piece.add(begin < from ? ".." + part.name : part.name,
                      std::string_view(message.bytes).substr(first, last - first));
        begin += part.length;
    }
    return piece;
}

std::size_t first_difference(std::string_view a, std::string_view b)
{
    const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    return static_cast<std::size_t>(in_a - a.begin());
}

}  // namespace kv::check
