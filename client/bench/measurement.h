// measurement.h: what a run measures: durations, replies, and a process's CPU time and memory.
#pragma once

#include <sys/types.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace kv::bench {

/// Counts durations in buckets whose width grows with the duration. As in HdrHistogram, every power
/// of two is divided into the same number of equal buckets, so that microseconds and seconds are
/// both kept to better than 1 %, in fixed memory.
///
///   0 ns          128         256               512                          1024
///   |1 ns buckets | 1 ns each | 2 ns buckets ... | 4 ns buckets ...           |  and so on
///
/// Used by one thread; threads keep one each and merge them at the end. Never allocates after
/// construction.
class Histogram {
public:
    /// One bucket: the count of durations in [from_ns, to_ns).
    struct Bar {
        std::int64_t from_ns;
        std::int64_t to_ns;
        std::uint64_t count;
    };

    Histogram();

    /// Counts `times` equal durations. A negative one counts as 0: a due time may lie slightly
    /// ahead of a coarse clock reading.
    void add(std::int64_t duration_ns, std::uint64_t times = 1);
    void merge(const Histogram& other);
    void clear();

    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] double mean_ns() const;
    [[nodiscard]] std::int64_t max_ns() const { return max_ns_; }  ///< exact; 0 when empty
    [[nodiscard]] std::int64_t min_ns() const;                     ///< exact; 0 when empty

    /// The duration that `percent` of all durations do not exceed, rounded up to the end of its
    /// bucket (at most 0.8 % too high) and never above max_ns(). 0 when empty.
    [[nodiscard]] std::int64_t percentile_ns(double percent) const;

    /// For drawing: the range from min_ns() to the 99.9th percentile in at most `max_rows` >= 8
    /// bars, as fine as possible; the last one includes the rest, up to max_ns(). Empty without
    /// durations.
    [[nodiscard]] std::vector<Bar> bars(std::size_t max_rows) const;

private:
    static constexpr unsigned sub_bits = 7;  // 128 buckets in each power of two
    static constexpr std::size_t buckets_per_octave = std::size_t{1} << sub_bits;
    static constexpr std::size_t octaves_kept = 41 - sub_bits;  // up to 2^41 ns, 36 minutes

    [[nodiscard]] static std::size_t bucket_of(std::uint64_t duration_ns);
    [[nodiscard]] static std::int64_t first_ns_of(std::size_t bucket);

    std::array<std::uint64_t, buckets_per_octave*(octaves_kept + 1)> buckets_;
    std::uint64_t count_ = 0;
    double total_ns_ = 0;
    std::int64_t min_ns_ = std::numeric_limits<std::int64_t>::max();
    std::int64_t max_ns_ = 0;
};

/// The counts of one thread, or of all together.
struct Tally {
    Histogram gets;
    Histogram sets;
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::uint64_t refused = 0;   ///< answered with a protocol error
    std::uint64_t wrong = 0;     ///< answered wrongly
    std::uint64_t lost = 0;      ///< never answered: the connection broke or the timeout passed
    std::uint64_t not_sent = 0;  ///< open loop: due, but no client was free before the end
    std::uint64_t value_bytes = 0;
    std::int64_t begin_ns = std::numeric_limits<std::int64_t>::max();
    std::int64_t end_ns = 0;
    std::string complaint;  ///< the first refused, wrong or lost request in words

    [[nodiscard]] std::uint64_t answered() const { return gets.count() + sets.count(); }

    void complain(const std::string& text)
    {
        if (complaint.empty()) complaint = text;
    }

    void merge(const Tally& other)
    {
        gets.merge(other.gets);
        sets.merge(other.sets);
        hits += other.hits;
        misses += other.misses;
        merge_faults(other);
        not_sent += other.not_sent;
        value_bytes += other.value_bytes;
        begin_ns = std::min(begin_ns, other.begin_ns);
        end_ns = std::max(end_ns, other.end_ns);
    }

    /// Adds only the faults; for the phases around the measurement.
    void merge_faults(const Tally& other)
    {
        refused += other.refused;
        wrong += other.wrong;
        lost += other.lost;
        complain(other.complaint);
    }
};

/// User and system CPU time of a process, of all its threads, ended ones included. Any process of
/// this machine. Throws std::system_error when there is no such process.
[[nodiscard]] double cpu_seconds(pid_t pid);

struct Memory {
    std::uint64_t resident_kib = 0;  ///< now
    std::uint64_t peak_kib = 0;      ///< the peak
};

/// From /proc/PID/status. Throws std::system_error when there is no such process.
[[nodiscard]] Memory memory_of(pid_t pid);

}  // namespace kv::bench
