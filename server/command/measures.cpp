#include "server/command/measures.h"

#include <algorithm>

namespace kv {

namespace {

std::size_t footprint(const SlowRequest& request)
{
    std::size_t bytes = sizeof(SlowRequest) + request.address.capacity() +
                        request.client_name.capacity() +
                        request.words.capacity() * sizeof(std::string);
    for (const std::string& word : request.words) bytes += word.capacity();
    return bytes;
}

}  // namespace

void SlowLog::add(SlowRequest request, MemorySource& memory)
{
    const std::size_t bytes = footprint(request);
    const MutexLock lock(mutex_);
    if (longest_ == 0 || !memory.take(bytes)) return;
    memory_ = &memory;
    request.number = next_number_++;
    requests_.push_front(std::move(request));
    drop_oldest(static_cast<std::size_t>(longest_));
}

void SlowLog::drop_oldest(std::size_t left)
{
    while (requests_.size() > left) {
        memory_->give_back(footprint(requests_.back()));
        requests_.pop_back();
    }
}

std::vector<SlowRequest> SlowLog::newest(std::size_t most) const
{
    const MutexLock lock(mutex_);
    const auto count = static_cast<std::ptrdiff_t>(std::min(most, requests_.size()));
    return {requests_.begin(), requests_.begin() + count};
}

std::size_t SlowLog::size() const
{
    const MutexLock lock(mutex_);
    return requests_.size();
}

void SlowLog::clear()
{
    const MutexLock lock(mutex_);
    drop_oldest(0);
}

std::int64_t SlowLog::longest() const
{
    const MutexLock lock(mutex_);
    return longest_;
}

void SlowLog::set_longest(std::int64_t requests)
{
    const MutexLock lock(mutex_);
    longest_ = requests;
    drop_oldest(static_cast<std::size_t>(requests));
}

void LatencyEvents::add(std::string_view name, Sample sample)
{
    const MutexLock lock(mutex_);
    Event& event = events_[name];
    event.longest = std::max(event.longest, sample.milliseconds);
    auto& samples = event.samples;
    if (!samples.empty() && samples.back().unix_seconds == sample.unix_seconds) {
        samples.back().milliseconds = std::max(samples.back().milliseconds, sample.milliseconds);
        return;
    }
    samples.push_back(sample);
    if (samples.size() > most_samples) samples.pop_front();
}

std::map<std::string_view, LatencyEvents::Event> LatencyEvents::all() const
{
    const MutexLock lock(mutex_);
    return events_;
}

bool LatencyEvents::forget(std::string_view name)
{
    const MutexLock lock(mutex_);
    return events_.erase(name) > 0;
}

void ErrorCounts::add(std::string_view text)
{
    const std::string_view word = text.substr(0, text.find(' '));
    const MutexLock lock(mutex_);
    const auto found = counts_.find(word);
    if (found != counts_.end()) {
        ++found->second;
    } else if (counts_.size() < most_kinds) {
        counts_.emplace(word, 1);
    }
}

std::map<std::string, std::uint64_t, std::less<>> ErrorCounts::all() const
{
    const MutexLock lock(mutex_);
    return counts_;
}

void ErrorCounts::reset()
{
    const MutexLock lock(mutex_);
    counts_.clear();
}

void Measures::set_slow_from(std::int64_t microseconds)
{
    slow_from_ = microseconds;
    slow_ticks_ = 0;
}

void Measures::set_latency_from(std::int64_t milliseconds)
{
    latency_from_ = milliseconds;
    slow_ticks_ = 0;
}

void Measures::find_slow_ticks()
{
    if (slow_ticks_ != 0 || !rate.is_exact()) return;
    constexpr double never_slow = 1e18;
    double microseconds = never_slow;
    if (slow_from() >= 0) microseconds = static_cast<double>(slow_from());
    if (latency_from() > 0) {
        microseconds = std::min(microseconds, 1000 * static_cast<double>(latency_from()));
    }
    const double slow = std::min(never_slow, microseconds * rate.per_microsecond());
    slow_ticks_ = static_cast<std::uint64_t>(slow);
}

}  // namespace kv
