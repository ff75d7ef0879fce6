// key_sequence.h: which key is asked for next.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "client/bench/random.h"
#include "client/bench/zipf.h"

namespace kv::bench {

/// How requests spread over the keys.
struct Distribution {
    enum class Kind {
        uniform,  ///< every key alike
        zipf,     ///< few keys get most requests, as in most caches
        loop,     ///< 0, 1, 2 ... count-1, 0, 1 ...: what defeats a plain LRU
    };

    Kind kind = Kind::uniform;
    double theta = 0.99;      ///< zipf only: 0.8 is mild, 1.2 steep
    double scan_share = 0.0;  ///< share of the requests that walk through keys asked for once

    /// "uniform", "loop", "zipf:THETA", each with "+scan:SHARE" or not.
    /// Throws std::invalid_argument naming what was not understood.
    [[nodiscard]] static Distribution parse(std::string_view text);
    [[nodiscard]] std::string text() const;
};

/// An endless sequence of key numbers; the same seed gives the same sequence. Used by one thread.
/// Scans walk upward through the numbers from `count` to 2 * count - 1 and come round, in runs of
/// 1,000, from a place the seed decides: a stand-in for a report that passes through a cache.
class KeySequence {
public:
    /// REQUIRES count >= 1 and, with scans, count <= 2^31.
    KeySequence(const Distribution& distribution, std::uint32_t count, std::uint64_t seed);

    [[nodiscard]] std::uint32_t next();

private:
    [[nodiscard]] bool scans_now();

    static constexpr std::uint32_t scan_run = 1000;

    Distribution distribution_;
    std::uint32_t count_;
    Random random_;
    std::optional<Zipf> zipf_;
    std::uint32_t looped_ = 0;
    std::uint32_t scanned_;        // how far scans have come
    std::uint32_t scan_left_ = 0;  // of the run that has begun
};

}  // namespace kv::bench
