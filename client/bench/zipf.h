// zipf.h: numbers of which the first are asked for most: number k with a share of 1 / (k+1)^theta.
// Rejection-inversion, after W. Hörmann and G. Derflinger, "Rejection-inversion to generate
// variates from monotone discrete distributions", 1996: no table, any theta > 0, 1 included.
#pragma once

#include <cstdint>

#include "client/bench/random.h"

namespace kv::bench {

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

}  // namespace kv::bench
