#include "server/resp/glob.h"

#include <boost/container/small_vector.hpp>

#include <algorithm>
#include <utility>

namespace kv::resp {

namespace {

constexpr std::size_t word_bits = 64;
constexpr std::size_t all_bytes = 256;

void set_bit(std::uint64_t* words, std::size_t bit)
{
    words[bit / word_bits] |= std::uint64_t{1} << (bit % word_bits);
}

bool has_bit(const std::uint64_t* words, std::size_t bit)
{
    return (words[bit / word_bits] >> (bit % word_bits) & 1U) != 0;
}

/// Takes a class off the pattern, which stands behind its '['; whether `byte` is in it. One that
/// is not closed ends with the pattern.
bool take_class(std::string_view& pattern, char byte)
{
    const bool negated = pattern.starts_with('^');
    if (negated) pattern.remove_prefix(1);
    bool found = false;
    while (!pattern.empty() && pattern.front() != ']') {
        if (pattern.front() == '\\' && pattern.size() >= 2) {
            found = found || pattern[1] == byte;
            pattern.remove_prefix(2);
        } else if (pattern.size() >= 3 && pattern[1] == '-') {
            const auto [low, high] = std::minmax(pattern[0], pattern[2]);
            found = found || (byte >= low && byte <= high);
            pattern.remove_prefix(3);
        } else {
            found = found || pattern.front() == byte;
            pattern.remove_prefix(1);
        }
    }
    if (!pattern.empty()) pattern.remove_prefix(1);
    return found != negated;
}

char take_byte(std::string_view& pattern)
{
    const char byte = pattern.front();
    pattern.remove_prefix(1);
    return byte;
}

}  // namespace

std::optional<Glob> Glob::compile(std::string_view pattern)
{
    if (pattern.size() > max_pattern_bytes) return std::nullopt;
    return Glob(pattern);
}

/// There is a bit for each byte of the pattern at most, and one for nothing.
Glob::Glob(std::string_view pattern)
    : words_(pattern.size() / word_bits + 1), fits_(all_bytes * words_), stays_(words_)
{
    while (!pattern.empty()) {
        if (pattern.front() == '*') {
            set_bit(stays_.data(), length_);
            pattern.remove_prefix(1);
        } else {
            add_one(pattern);
        }
    }
}

/// Takes what stands for one byte off the pattern, which begins with no star, and notes the bytes
/// that fit it.
void Glob::add_one(std::string_view& pattern)
{
    const char first = take_byte(pattern);
    if (first == '?' || first == '[') {
        std::string_view rest;
        for (std::size_t byte = 0; byte < all_bytes; ++byte) {
            rest = pattern;
            const bool fits = first == '?' || take_class(rest, static_cast<char>(byte));
            if (fits) set_bit(fitting(byte), length_);
        }
        pattern = rest;
    } else {
        const bool escapes = first == '\\' && !pattern.empty();
        const char wanted = escapes ? take_byte(pattern) : first;
        set_bit(fitting(static_cast<unsigned char>(wanted)), length_);
    }
    ++length_;
}

bool Glob::matches(std::string_view text) const
{
    boost::container::small_vector<Word, 4> state(words_);
    state[0] = 1;
    // All other words are 0.
    std::size_t low = 0;
    std::size_t high = 0;
    const bool ends_with_star = has_bit(stays_.data(), length_);
    for (const char byte : text) {
        if (ends_with_star && has_bit(state.data(), length_)) return true;
        const Word* fits = fits_.data() + static_cast<unsigned char>(byte) * words_;
        Word carry = 0;
        for (std::size_t i = low; i <= high; ++i) {
            const Word moves = state[i] & fits[i];
            state[i] = moves << 1U | carry | (state[i] & stays_[i]);
            carry = moves >> (word_bits - 1);
        }
        if (carry != 0) state[++high] = carry;
        while (low < high && state[low] == 0) ++low;
        while (low < high && state[high] == 0) --high;
        if (state[low] == 0) return false;
    }
    return has_bit(state.data(), length_);
}

}  // namespace kv::resp
