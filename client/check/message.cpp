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

std::size_t first_difference(std::string_view a, std::string_view b)
{
    const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    return static_cast<std::size_t>(in_a - a.begin());
}

}  // namespace kv::check
