// histogram.h: counts durations in buckets whose width grows with the duration.
// The idea of HdrHistogram: every power of two is cut into the same number of equal buckets, so
// that a microsecond and a second are both kept to better than 1 %, in fixed memory.
//
//   0 ns          128         256               512                          1024
//   |1 ns buckets | 1 ns each | 2 ns buckets ... | 4 ns buckets ...           |  and so on
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace kv::bench {

/// Used by one thread; threads keep one each and merge them at the end. Never allocates after
/// construction.
class Histogram {
public:
    /// One bucket: durations in [from_ns, to_ns) and how many there were.
    struct Bar {
        std::int64_t from_ns;
        std::int64_t to_ns;
        std::uint64_t count;
    };

    Histogram();

    /// Counts `times` equal durations. A negative one counts as 0: clocks of one thread do not go
    /// back, but an intended send time may lie a moment ahead of a coarse reading.
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
    /// bars, as fine as that allows; the last one takes in the rest, up to max_ns(). Empty when
    /// empty.
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

}  // namespace kv::bench
