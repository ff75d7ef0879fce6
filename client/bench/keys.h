// keys.h: chooses the next key, and makes its value.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kv::bench {

/// Mixes the bits of `x`, so that neighbours get unrelated results. The finalizer of splitmix64
/// (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
[[nodiscard]] constexpr std::uint64_t scatter(std::uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

/// splitmix64. The same seed gives the same sequence on every machine, unlike std's distributions.
/// Used by one thread.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(scatter(seed)) {}

    [[nodiscard]] std::uint64_t next() { return scatter(state_ += 0x9e3779b97f4a7c15ULL); }

    /// In [0, 1), with 53 bits of precision.
    [[nodiscard]] double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

    /// In [0, bound), by multiplication instead of division. REQUIRES bound > 0.
    [[nodiscard]] std::uint32_t below(std::uint32_t bound)
    {
        return static_cast<std::uint32_t>(((next() >> 32) * bound) >> 32);
    }

private:
    std::uint64_t state_;
};

/// Zipf-distributed numbers: the probability of k is proportional to 1 / (k+1)^theta.
/// Rejection-inversion, after W. Hörmann and G. Derflinger, "Rejection-inversion to generate
/// variates from monotone discrete distributions", 1996: no table, any theta > 0, including 1.
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
    double shortcut_;  // within this distance of k the result is k without further computation
};

/// How requests are distributed over the keys.
struct Distribution {
    enum class Kind {
        uniform,  ///< all keys equally
        zipf,     ///< few keys get most requests, as in most caches
        loop,     ///< 0, 1, 2 ... count-1, 0, 1 ...: the worst case of a plain LRU
    };

    Kind kind = Kind::uniform;
    double theta = 0.99;      ///< zipf only: 0.8 is mild, 1.2 steep
    double scan_share = 0.0;  ///< share of the requests that walk through keys used once

    /// "uniform", "loop" or "zipf:THETA", optionally with "+scan:SHARE". Throws
    /// std::invalid_argument that names the invalid part.
    [[nodiscard]] static Distribution parse(std::string_view text);
    [[nodiscard]] std::string text() const;
};

/// An endless sequence of key numbers; the same seed gives the same sequence. Used by one thread.
/// Scans walk cyclically through the numbers from `count` to 2 * count - 1, in runs of 1,000,
/// starting where the seed says: like a report that reads through a cache.
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
    std::uint32_t scanned_;        // position of the scans
    std::uint32_t scan_left_ = 0;  // left of the present run
};

/// An inclusive range of value sizes in bytes.
struct SizeRange {
    std::uint32_t min_bytes = 100;
    std::uint32_t max_bytes = 100;
};

constexpr std::size_t key_bytes = 16;
using Key = std::array<char, key_bytes>;

/// Maps each number to one key and one value. Immutable after construction and shared by all
/// threads.
///
/// A value is a window into one block of random bytes (line ends and NUL among them), whose place
/// and length follow from the number: requests need no copying, replies are checked by comparison,
/// and a truncated, shifted or overwritten value, or another key's, does not match.
class Payload {
public:
    explicit Payload(SizeRange sizes);

    /// Four letters that encode the value sizes, then the number in twelve digits. So runs with
    /// other sizes use other keys, and do not take each other's values for corruption.
    [[nodiscard]] Key key(std::uint32_t number) const;

    /// Valid for the lifetime of this Payload.
    [[nodiscard]] std::string_view value(std::uint32_t number) const
    {
        const std::uint64_t bits = scatter(number + 1ULL);
        const auto extra = static_cast<std::uint32_t>(((bits >> 32) * spread_) >> 32);
        return std::string_view(block_).substr(bits % window_bytes, sizes_.min_bytes + extra);
    }

private:
    static constexpr std::size_t window_bytes =
        65536;  // so that the starts of windows stay in the L2 cache

    SizeRange sizes_;
    std::uint64_t spread_;  // number of distinct sizes
    std::array<char, 4> prefix_;
    std::string block_;
};

}  // namespace kv::bench
