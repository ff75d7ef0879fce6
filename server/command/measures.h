// measures.h: what the server notes of the requests of redis://: times, errors, and what took long.
#pragma once

#include "common/memory_source.h"
#include "common/mutex.h"
#include "server/command/command_times.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kv {

/// A request that took long, as SLOWLOG tells it.
struct SlowRequest {
    std::int64_t number = 0;  ///< given by the log
    std::int64_t unix_seconds = 0;
    std::int64_t microseconds = 0;
    std::vector<std::string> words;
    std::string address;
    std::string client_name;
};

/// The last requests that took long. Any thread may call it.
class SlowLog {
public:
    SlowLog() = default;
    ~SlowLog() { clear(); }
    SlowLog(const SlowLog&) = delete;
    SlowLog& operator=(const SlowLog&) = delete;

    /// Keeps it, and drops the oldest ones beyond the log's length. `memory`, which outlives the
    /// log, is asked for it; when it has none the request is left out.
    void add(SlowRequest request, MemorySource& memory);

    /// The last `most` of them, the newest first.
    [[nodiscard]] std::vector<SlowRequest> newest(std::size_t most) const;

    [[nodiscard]] std::size_t size() const;
    void clear();

    [[nodiscard]] std::int64_t longest() const;
    void set_longest(std::int64_t requests);

private:
    void drop_oldest(std::size_t left) KV_REQUIRES(mutex_);

    mutable Mutex mutex_;
    std::deque<SlowRequest> requests_ KV_GUARDED_BY(mutex_);
    std::int64_t longest_ KV_GUARDED_BY(mutex_) = 128;
    std::int64_t next_number_ KV_GUARDED_BY(mutex_) = 0;
    MemorySource* memory_ KV_GUARDED_BY(mutex_) = nullptr;  ///< that of what is kept
};

/// The longest times of a kind of event, one for each second that had any, as LATENCY tells them.
/// Any thread may call it.
class LatencyEvents {
public:
    struct Sample {
        std::int64_t unix_seconds;
        std::int64_t milliseconds;
    };
    struct Event {
        std::int64_t longest = 0;    ///< in milliseconds
        std::deque<Sample> samples;  ///< the oldest first; at most 160
    };

    /// `name` has static storage.
    void add(std::string_view name, Sample sample);

    [[nodiscard]] std::map<std::string_view, Event> all() const;

    /// false: there is none of that name.
    bool forget(std::string_view name);

private:
    static constexpr std::size_t most_samples = 160;

    mutable Mutex mutex_;
    std::map<std::string_view, Event> events_ KV_GUARDED_BY(mutex_);
};

/// Errors by their first word. Any thread may call it.
class ErrorCounts {
public:
    /// Counts the first word of an error's text, unless it is new and there are many already.
    void add(std::string_view text);
    [[nodiscard]] std::map<std::string, std::uint64_t, std::less<>> all() const;
    void reset();

private:
    static constexpr std::size_t most_kinds = 128;

    mutable Mutex mutex_;
    std::map<std::string, std::uint64_t, std::less<>> counts_ KV_GUARDED_BY(mutex_);
};

/// All of them, and from when on a request has taken long. Any thread may call it.
class Measures {
public:
    CommandTimes times;
    ErrorCounts errors;
    SlowLog slow_log;
    LatencyEvents latency;
    const TickRate rate{};

    /// Costs a load and a comparison: to be asked before the two below are looked at. May say yes
    /// without need while the rate is not known yet.
    [[nodiscard]] bool may_be_slow(std::uint64_t taken) const
    {
        return taken >= slow_ticks_.load(std::memory_order_relaxed);
    }

    /// The slow log has what takes so many microseconds or more; -1: nothing.
    [[nodiscard]] std::int64_t slow_from() const { return slow_from_; }
    void set_slow_from(std::int64_t microseconds);

    /// The latency monitor has what takes so many milliseconds or more; 0: nothing.
    [[nodiscard]] std::int64_t latency_from() const { return latency_from_; }
    void set_latency_from(std::int64_t milliseconds);

    /// Sets what may_be_slow() goes by, once the rate is known.
    void find_slow_ticks();

private:
    std::atomic<std::int64_t> slow_from_{10'000};
    std::atomic<std::int64_t> latency_from_{0};
    std::atomic<std::uint64_t> slow_ticks_{0};
};

}  // namespace kv
