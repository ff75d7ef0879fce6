// keys.h: which key is asked for next, and the value that belongs to it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kv::bench {

/// Scatters the bits of `x`: neighbours in, strangers out. The finisher of splitmix64 (Steele, Lea
/// and Flood, "Fast splittable pseudorandom number generators", 2014).
[[nodiscard]] constexpr std::uint64_t scatter(std::uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

/// splitmix64. The same seed gives the same sequence on every machine, which std's distributions
/// do not promise. Used by one thread.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(scatter(seed)) {}

    [[nodiscard]] std::uint64_t next() { return scatter(state_ += 0x9e3779b97f4a7c15ULL); }

    /// In [0, 1), 53 bits fine.
    [[nodiscard]] double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

    /// In [0, bound), by multiplication instead of division. REQUIRES bound > 0.
    [[nodiscard]] std::uint32_t below(std::uint32_t bound)
    {
        return static_cast<std::uint32_t>(((next() >> 32) * bound) >> 32);
    }

private:
    std::uint64_t state_;
};

/// Numbers of which the first are asked for most: number k with a share of 1 / (k+1)^theta.
/// Rejection-inversion, after W. Hörmann and G. Derflinger, "Rejection-inversion to generate
/// variates from monotone discrete distributions", 1996: no table, any theta > 0, 1 included.
/// Immutable after construction; any thread may sample with its own Random.
class Zipf {
public:
    /// Samples lie in [0, count). REQUIRES count >= 1 and theta > 0.
    Zipf(std::uint32_t count, double theta);

    [[nodiscard]] std::uint32_t sample(Random& random) const;

private:
    [[nodiscard]] double integral(double x) const;          // of the density from 1 to x
    [[nodiscard]] double integral_inverse(double y) const;  // integral(integral_inverse(y)) == y
    [[nodiscard]] double density(double x) const;           // 1 / x^theta

    double count_;
    double theta_;
    double lowest_;    // the area under the density, from its left end ...
    double highest_;   // ... to its right end: a point between them is drawn
    double shortcut_;  // within this distance of k the draw is k without a further look
};

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

/// Sizes of values in bytes, both ends included; equal ends mean one size.
struct SizeRange {
    std::uint32_t min_bytes = 100;
    std::uint32_t max_bytes = 100;
};

constexpr std::size_t key_bytes = 16;
using Key = std::array<char, key_bytes>;

/// Maps a number to its key and its value, always the same ones. Immutable after construction and
/// shared by all threads.
///
/// A value is a window into one block of random bytes (line ends and NUL among them), at a place
/// and of a length that its number decides: nothing is built for a request, a reply is checked by
/// comparing, and a value that was cut, shifted, overwritten or another key's does not match.
class Payload {
public:
    explicit Payload(SizeRange sizes);

    /// Four letters that stand for the value sizes, then the number in twelve digits. Runs with
    /// other sizes thus use other keys, and never take each other's values for corruption.
    [[nodiscard]] Key key(std::uint32_t number) const;

    /// Valid as long as this Payload.
    [[nodiscard]] std::string_view value(std::uint32_t number) const
    {
        const std::uint64_t bits = scatter(number + 1ULL);
        const auto extra = static_cast<std::uint32_t>(((bits >> 32) * spread_) >> 32);
        return std::string_view(block_).substr(bits % window_bytes, sizes_.min_bytes + extra);
    }

private:
    static constexpr std::size_t window_bytes = 65536;  // the beginnings stay in the second cache

    SizeRange sizes_;
    std::uint64_t spread_;  // number of different sizes
    std::array<char, 4> prefix_;
    std::string block_;
};

}  // namespace kv::bench
