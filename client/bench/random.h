// random.h: repeatable numbers at a few nanoseconds each.
#pragma once

#include <cstdint>

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

}  // namespace kv::bench
