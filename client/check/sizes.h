// sizes.h: the amounts that make buffers overflow, used by several topics.
#pragma once

#include <string>

namespace kv::check {

constexpr std::size_t big_value_bytes = 65536;

/// Linux lets a loopback connection buffer about 4 MiB on the sending side however little the
/// receiver takes; 10 MiB are more than that and still quick.
constexpr int gets_that_fill_buffers = 160;
constexpr int small_receive_buffer_bytes = 65536;

/// 64 KiB in which every position can be told from its neighbours, so a shifted copy is noticed.
[[nodiscard]] inline std::string big_value()
{
    std::string value;
    for (int number = 0; value.size() < big_value_bytes; ++number)
        value += std::to_string(number) + ' ';
    value.resize(big_value_bytes);
    return value;
}

}  // namespace kv::check
