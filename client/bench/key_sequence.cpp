#include "client/bench/key_sequence.h"

#include <charconv>
#include <stdexcept>

namespace kv::bench {

namespace {

double number_after(std::string_view text, std::string_view prefix)
{
    double number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + prefix.size(), end, number);
    if (!text.starts_with(prefix) || error != std::errc() || stop != end) {
        throw std::invalid_argument("not understood: '" + std::string(text) + "' (wanted " +
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
        // One run starts per so many ordinary requests that the share comes out right.
        const double share = distribution_.scan_share;
        const double starts = share / (1 - share) / scan_run;
        if (random_.unit() >= starts) return false;
        scan_left_ = scan_run;
    }
    --scan_left_;
    return true;
}

}  // namespace kv::bench
