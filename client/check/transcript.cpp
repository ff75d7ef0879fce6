#include "client/check/transcript.h"

#include <utility>

namespace kv::check {

namespace {

// A story shows how a message begins; a comparison is drawn from the Failure, which has all bytes.
constexpr std::size_t max_drawn_bytes = 128;
constexpr std::size_t kept_bytes = 64;

Message beginning_of(const Message& message)
{
    if (message.bytes.size() <= max_drawn_bytes) return message;
    return cut_like(message, std::string_view(message.bytes).substr(0, kept_bytes));
}

bool is_same(const Event& a, const Event& b)
{
    return a.who == b.who && a.deed == b.deed && a.message.bytes == b.message.bytes &&
           a.more_bytes == b.more_bytes;
}

}  // namespace

void Transcript::note(std::string_view who, std::string_view deed, const Message& message)
{
    Event event{std::string(who), std::string(deed), beginning_of(message)};
    event.more_bytes = message.bytes.size() - event.message.bytes.size();
    const MutexLock lock(mutex_);
    if (!events_.empty() && is_same(events_.back(), event))
        ++events_.back().times;
    else
        events_.push_back(std::move(event));
}

std::vector<Event> Transcript::events() const
{
    const MutexLock lock(mutex_);
    return events_;
}

}  // namespace kv::check
