#include "server/command/integer.h"

#include "common/words.h"

#include <boost/multiprecision/cpp_int.hpp>

#include <algorithm>
#include <iterator>

namespace kv {

namespace {

using boost::multiprecision::cpp_int;

bool is_negative(std::string_view bytes)
{
    return !bytes.empty() && (static_cast<unsigned char>(bytes.back()) & 0x80U) != 0;
}

/// The magnitude's bytes from the number's, or the other way round: in two's complement it is the
/// same step.
void negate(std::string& bytes)
{
    unsigned carry = 1;
    for (char& byte : bytes) {
        const unsigned sum = (~static_cast<unsigned char>(byte) & 0xffU) + carry;
        byte = static_cast<char>(sum);
        carry = sum >> 8U;
    }
}

std::string in_decimal(std::string_view magnitude)
{
    cpp_int number;
    const auto* bytes = reinterpret_cast<const unsigned char*>(magnitude.data());
    boost::multiprecision::import_bits(number, bytes, bytes + magnitude.size(), 8, false);
    return number.str();
}

/// "0x1f": from the last byte to the first. (The library would shift the whole number for each
/// digit.)
std::string in_hexadecimal(std::string_view magnitude)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = "0x";
    text.reserve(2 + 2 * magnitude.size());
    for (auto byte = magnitude.rbegin(); byte != magnitude.rend(); ++byte) {
        const auto value = static_cast<unsigned char>(*byte);
        const bool leads = text.size() == 2;
        if (!leads || value >= 0x10) text.push_back(digits[value >> 4U]);
        if (!leads || value != 0) text.push_back(digits[value & 0xfU]);
    }
    return text;
}

}  // namespace

std::string_view shortest(std::string_view bytes)
{
    while (!bytes.empty()) {
        const std::string_view shorter = bytes.substr(0, bytes.size() - 1);
        const char sign_only = is_negative(shorter) ? '\xff' : '\0';
        if (bytes.back() != sign_only) break;
        bytes = shorter;
    }
    return bytes;
}

std::string integer_bytes(std::int64_t number)
{
    std::string bytes;
    auto rest = static_cast<std::uint64_t>(number);
    for (int i = 0; i < 8; ++i, rest >>= 8U) bytes.push_back(static_cast<char>(rest & 0xffU));
    bytes.resize(shortest(bytes).size());
    return bytes;
}

std::optional<std::string> integer_bytes(std::string_view text)
{
    const bool negative = text.starts_with('-');
    std::string_view digits = text;
    if (negative || text.starts_with('+')) digits.remove_prefix(1);
    const bool only_digits = std::all_of(digits.begin(), digits.end(),
                                         [](char byte) { return byte >= '0' && byte <= '9'; });
    if (digits.empty() || !only_digits || digits.size() > max_decimal_digits) return std::nullopt;
    // A leading zero would tell the library that the number is octal.
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
    if (digits.empty()) return std::string();

    std::string bytes;
    boost::multiprecision::export_bits(cpp_int(std::string(digits)), std::back_inserter(bytes), 8,
                                       false);
    bytes.push_back('\0');  // for the sign
    if (negative) negate(bytes);
    bytes.resize(shortest(bytes).size());
    return bytes;
}

std::optional<std::int64_t> small_integer(std::string_view bytes)
{
    if (bytes.size() > 8) return std::nullopt;
    std::uint64_t number = is_negative(bytes) ? UINT64_MAX : 0;
    for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte) {
        number = number << 8U | static_cast<unsigned char>(*byte);
    }
    return static_cast<std::int64_t>(number);
}

std::string integer_text(std::string_view bytes)
{
    if (const auto number = small_integer(bytes)) return std::to_string(*number);
    // Ten bits make three digits and a little.
    const bool is_short = bytes.size() * 8 <= max_decimal_digits * 10 / 3 - 10;
    const bool negative = is_negative(bytes);
    std::string magnitude(bytes);
    if (negative) negate(magnitude);
    return (negative ? "-" : "") + (is_short ? in_decimal(magnitude) : in_hexadecimal(magnitude));
}

}  // namespace kv
