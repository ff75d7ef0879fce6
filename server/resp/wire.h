// wire.h: the three shapes that every RESP type has: a line, a number, a length with bytes.
#pragma once

#include "common/buffered_stream.h"

#include <array>
#include <charconv>
#include <concepts>
#include <string_view>

namespace kv::resp {

/// "+OK\r\n"
inline void write_line(BufferedStream& stream, char type, std::string_view text)
{
    stream.write({&type, 1});
    stream.write(text);
    stream.write("\r\n");
}

/// ":17\r\n", "*3\r\n"
template <std::integral Number>
void write_number(BufferedStream& stream, char type, Number number)
{
    std::array<char, 24> line;
    line[0] = type;
    char* end = std::to_chars(line.data() + 1, line.data() + line.size(), number).ptr;
    *end++ = '\r';
    *end++ = '\n';
    stream.write({line.data(), static_cast<std::size_t>(end - line.data())});
}

/// "$5\r\nhello\r\n"
inline void write_bulk(BufferedStream& stream, std::string_view bytes)
{
    write_number(stream, '$', bytes.size());
    stream.write(bytes);
    stream.write("\r\n");
}

}  // namespace kv::resp
