// option_values.h: kinds of option values that Program_options reads with operator>>, for all
// programs.
//
// Each reads one whole word; anything else sets failbit, which Program_options reports as an
// invalid value, naming the option.
#pragma once

#include <chrono>
#include <cstdint>
#include <istream>
#include <optional>

namespace kv {

/// Bytes, or k, m, g for powers of 1,024: "64m".
struct Size {
    std::uint64_t bytes = 0;
};
std::istream& operator>>(std::istream& in, Size& size);

/// A number of things, from 1 on.
struct Count {
    std::uint32_t number = 0;
};
std::istream& operator>>(std::istream& in, Count& count);

/// Whole seconds.
struct Seconds {
    std::chrono::milliseconds time{0};
};
std::istream& operator>>(std::istream& in, Seconds& seconds);

/// Whole milliseconds, up to a minute.
struct Milliseconds {
    std::chrono::milliseconds time{0};
};
std::istream& operator>>(std::istream& in, Milliseconds& milliseconds);

/// Whole microseconds.
struct Microseconds {
    std::chrono::microseconds time{0};
};
std::istream& operator>>(std::istream& in, Microseconds& microseconds);

/// The number of an open file.
struct Descriptor {
    int number = -1;
};
std::istream& operator>>(std::istream& in, Descriptor& descriptor);

/// A port from 0 to 65535, or "off".
struct Port {
    std::optional<std::uint16_t> number;
};
std::istream& operator>>(std::istream& in, Port& port);

}  // namespace kv
