#include "common/option_values.h"

#include "common/parse_number.h"

#include <string>

namespace kv {

namespace {

std::string word(std::istream& in)
{
    std::string text;
    in >> text;
    return text;
}

}  // namespace

std::istream& operator>>(std::istream& in, Size& size)
{
    const auto bytes = parse_size(word(in));
    if (!bytes) in.setstate(std::ios::failbit);
    size.bytes = bytes.value_or(0);
    return in;
}

std::istream& operator>>(std::istream& in, Count& count)
{
    const auto number = parse_number<std::uint32_t>(word(in));
    if (!number || *number == 0) in.setstate(std::ios::failbit);
    count.number = number.value_or(0);
    return in;
}

std::istream& operator>>(std::istream& in, Seconds& seconds)
{
    const auto number = parse_number<std::uint32_t>(word(in));
    if (!number) in.setstate(std::ios::failbit);
    seconds.time = std::chrono::seconds(number.value_or(0));
    return in;
}

std::istream& operator>>(std::istream& in, Milliseconds& milliseconds)
{
    constexpr std::uint32_t a_minute = 60'000;
    const auto number = parse_number<std::uint32_t>(word(in));
    if (!number || *number > a_minute) in.setstate(std::ios::failbit);
    milliseconds.time = std::chrono::milliseconds(number.value_or(0));
    return in;
}

std::istream& operator>>(std::istream& in, Microseconds& microseconds)
{
    const auto number = parse_number<std::uint32_t>(word(in));
    if (!number) in.setstate(std::ios::failbit);
    microseconds.time = std::chrono::microseconds(number.value_or(0));
    return in;
}

std::istream& operator>>(std::istream& in, Descriptor& descriptor)
{
    const auto number = parse_number<std::uint16_t>(word(in));
    if (!number) in.setstate(std::ios::failbit);
    descriptor.number = number ? *number : -1;
    return in;
}

std::istream& operator>>(std::istream& in, Port& port)
{
    const std::string text = word(in);
    port.number = parse_number<std::uint16_t>(text);
    if (!port.number && text != "off") in.setstate(std::ios::failbit);
    return in;
}

}  // namespace kv
