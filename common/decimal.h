// decimal.h: a number as text, without an allocation.
#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <string_view>

namespace kv {

/// The digits of a number, on the stack.
class Decimal {
public:
    template <std::integral T>
    explicit Decimal(T number)
    {
        end_ = std::to_chars(digits_.data(), digits_.data() + digits_.size(), number).ptr;
    }
    [[nodiscard]] std::string_view text() const
    {
        return {digits_.data(), static_cast<std::size_t>(end_ - digits_.data())};
    }

private:
    std::array<char, 20> digits_;  // 64 bits: at most 20 with a sign
    const char* end_;
};

}  // namespace kv
