// tally.h: what one thread, or all of them together, saw.
#pragma once

#include "client/bench/histogram.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

namespace kv::bench {

struct Tally {
    Histogram gets;
    Histogram sets;
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::uint64_t refused = 0;   ///< answered with an error of the protocol
    std::uint64_t wrong = 0;     ///< answered with something that cannot be right
    std::uint64_t lost = 0;      ///< never answered: the connection broke or the time was up
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

    /// Only what went wrong: for the stages around the measurement.
    void merge_faults(const Tally& other)
    {
        refused += other.refused;
        wrong += other.wrong;
        lost += other.lost;
        complain(other.complaint);
    }
};

}  // namespace kv::bench
