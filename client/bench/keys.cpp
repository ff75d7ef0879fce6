#include "client/bench/keys.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <stdexcept>

namespace kv::bench {

Zipf::Zipf(std::uint32_t count, double theta)
    : count_(count),
      theta_(theta),
      lowest_(integral(1.5) - 1.0),
      highest_(integral(count_ + 0.5)),
      shortcut_(2.0 - integral_inverse(integral(2.5) - density(2.0)))
{
}

// Draws a point under the smooth curve and rounds it to the nearest whole number; draws again if
// the point lies outside that number's bar, which is rare for any theta.
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

namespace {

double number_after(std::string_view text, std::string_view prefix)
{
    double number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + prefix.size(), end, number);
    if (!text.starts_with(prefix) || error != std::errc() || stop != end) {
        throw std::invalid_argument("invalid distribution '" + std::string(text) + "' (wanted " +
                                    std::string(prefix) + "NUMBER)");
    }
    return number;
}

std::string shortest(double number)
{
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, number).ptr;
    return {text, end};
}

}  // namespace

Distribution Distribution::parse(std::string_view text)
{
    Distribution result;
    if (const auto plus = text.find('+'); plus != std::string_view::npos) {
        result.scan_share = number_after(text.substr(plus + 1), "scan:");
        text = text.substr(0, plus);
    }
    if (text == "loop") {
        result.kind = Kind::loop;
    } else if (text != "uniform") {
        result.kind = Kind::zipf;
        result.theta = number_after(text, "zipf:");
    }
    if (!(result.theta > 0 && result.theta <= 10)) {
        throw std::invalid_argument("the exponent of zipf must be above 0 and at most 10");
    }
    if (!(result.scan_share >= 0 && result.scan_share < 1)) {
        throw std::invalid_argument("the share of scans must be at least 0 and below 1");
    }
    return result;
}

std::string Distribution::text() const
{
    std::string text = kind == Kind::loop   ? "loop"
                       : kind == Kind::zipf ? "zipf:" + shortest(theta)
                                            : "uniform";
    if (scan_share > 0) text += "+scan:" + shortest(scan_share);
    return text;
}

KeySequence::KeySequence(const Distribution& distribution, std::uint32_t count, std::uint64_t seed)
    : distribution_(distribution), count_(count), random_(seed), scanned_(random_.below(count))
{
    if (distribution.kind == Distribution::Kind::zipf) zipf_.emplace(count, distribution.theta);
}

std::uint32_t KeySequence::next()
{
    if (scans_now()) {
        if (scanned_ == count_) scanned_ = 0;
        return count_ + scanned_++;
    }
    if (zipf_) return zipf_->sample(random_);
    if (distribution_.kind == Distribution::Kind::uniform) return random_.below(count_);
    if (looped_ == count_) looped_ = 0;
    return looped_++;
}

bool KeySequence::scans_now()
{
    if (distribution_.scan_share == 0) return false;
    if (scan_left_ == 0) {
        // Starts a run at the rate that gives the requested share of scans.
        const double share = distribution_.scan_share;
        const double starts = share / (1 - share) / scan_run;
        if (random_.unit() >= starts) return false;
        scan_left_ = scan_run;
    }
    --scan_left_;
    return true;
}

namespace {

// Two digits at a time: half the divisions.
constexpr auto digit_pairs = [] {
    std::array<char, 200> pairs{};
    for (std::size_t i = 0; i < 100; ++i) {
        pairs[2 * i] = static_cast<char>('0' + i / 10);
        pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
    }
    return pairs;
}();

std::array<char, 4> prefix_for(SizeRange sizes)
{
    std::uint64_t bits = scatter((std::uint64_t{sizes.min_bytes} << 32) | sizes.max_bytes);
    std::array<char, 4> prefix{};
    for (char& letter : prefix) {
        letter = static_cast<char>('a' + bits % 26);
        bits /= 26;
    }
    return prefix;
}

}  // namespace

Payload::Payload(SizeRange sizes)
    : sizes_(sizes),
      spread_(std::uint64_t{sizes.max_bytes} - sizes.min_bytes + 1),
      prefix_(prefix_for(sizes)),
      block_(window_bytes + sizes.max_bytes, '\0')
{
    // A fixed seed: a later run must recognise the values of an earlier one.
    Random random(0);
    std::generate(block_.begin(), block_.end(), [&] { return static_cast<char>(random.next()); });
}

Key Payload::key(std::uint32_t number) const
{
    Key key;
    std::memcpy(key.data(), prefix_.data(), prefix_.size());
    for (std::size_t at = key_bytes; at > prefix_.size(); at -= 2) {
        std::memcpy(key.data() + at - 2, digit_pairs.data() + std::size_t{2} * (number % 100), 2);
        number /= 100;
    }
    return key;
}

}  // namespace kv::bench
