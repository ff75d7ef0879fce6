#include "client/bench/zipf.h"

#include <algorithm>
#include <cmath>

namespace kv::bench {

Zipf::Zipf(std::uint32_t count, double theta)
    : count_(count),
      theta_(theta),
      lowest_(integral(1.5) - 1.0),
      highest_(integral(count_ + 0.5)),
      shortcut_(2.0 - integral_inverse(integral(2.5) - density(2.0)))
{
}

// A point under the smooth curve is drawn exactly; it is turned into the nearest whole number, and
// drawn again when it lies under the curve but outside that number's bar: rarely, for any theta.
std::uint32_t Zipf::sample(Random& random) const
{
    for (;;) {
        const double area = highest_ + random.unit() * (lowest_ - highest_);
        const double x = integral_inverse(area);
        const double k = std::clamp(std::round(x), 1.0, count_);
        if (k - x <= shortcut_ || area >= integral(k + 0.5) - density(k)) {
            return static_cast<std::uint32_t>(k) - 1;
        }
    }
}

// (x^(1-theta) - 1) / (1-theta), written so that theta = 1, where it is log(x), is not special.
double Zipf::integral(double x) const
{
    const double log_x = std::log(x);
    const double exponent = (1.0 - theta_) * log_x;
    return std::abs(exponent) < 1e-8 ? log_x : std::expm1(exponent) / exponent * log_x;
}

double Zipf::integral_inverse(double y) const
{
    const double z = std::max(y * (1.0 - theta_), -1.0 + 1e-15);
    return std::abs(z) < 1e-8 ? std::exp(y) : std::exp(std::log1p(z) / z * y);
}

double Zipf::density(double x) const
{
    return std::exp(-theta_ * std::log(x));
}

}  // namespace kv::bench
