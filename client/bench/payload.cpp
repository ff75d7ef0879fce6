#include "client/bench/payload.h"

#include <algorithm>
#include <cstring>

namespace kv::bench {

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
    // A fixed seed, not the run's: a later run must recognise the values of an earlier one.
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
