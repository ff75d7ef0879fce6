#include "client/check/transcript.h"

namespace kv::check {

namespace {

// A drawing shows a few hundred bytes at most; a megabyte kept for each of a hundred reads is
// waste.
constexpr std::size_t max_kept_bytes = 4096;

Message beginning_of(const Message& message)
{
    if (message.bytes.size() <= max_kept_bytes) return message;
    Message kept;
    std::size_t from = 0;
    for (const auto& part : message.parts) {
        if (from >= max_kept_bytes) break;
        const auto bytes = message.bytes.substr(from, std::min(part.length, max_kept_bytes - from));
        kept.add(part.name, bytes);
        from += part.length;
    }
    return kept;
}

}  // namespace

void Transcript::note(std::string_view who, std::string_view deed, const Message& message)
{
    const std::lock_guard lock(mutex_);
    events_.push_back({std::string(who), std::string(deed), beginning_of(message)});
}

std::vector<Event> Transcript::events() const
{
    const std::lock_guard lock(mutex_);
    return events_;
}

}  // namespace kv::check
