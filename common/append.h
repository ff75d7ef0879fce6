// append.h: writes the short pieces of a reply straight into a stream's output buffer.
#pragma once

#include "common/buffered_stream.h"

#include <charconv>
#include <concepts>
#include <cstring>
#include <string_view>

namespace kv {

/// Lives for one reply, or a part of one, during which nothing else may write to the stream.
class Append {
public:
    /// For up to `most` bytes, at most BufferedStream::max_append. Throws as flush.
    Append(BufferedStream& stream, std::size_t most)
        : stream_(stream), end_(stream.begin_append(most))
    {
    }
    Append(const Append&) = delete;
    Append& operator=(const Append&) = delete;
    ~Append() { stream_.end_append(end_); }

    void text(std::string_view piece)
    {
        std::memcpy(end_, piece.data(), piece.size());
        end_ += piece.size();
    }

    /// Without a call, since it is known how long it is.
    template <std::size_t Size>
    void text(const char (&literal)[Size])
    {
        std::memcpy(end_, literal, Size - 1);
        end_ += Size - 1;
    }

    void letter(char piece) { *end_++ = piece; }

    /// In decimal: at most 20 bytes.
    template <std::integral Number>
    void number(Number number)
    {
        if (number >= 0 && number < 1000) return short_number(static_cast<unsigned>(number));
        end_ = std::to_chars(end_, end_ + 20, number).ptr;
    }

    void line_end() { text("\r\n"); }

private:
    /// At most three digits: the common case for sizes and flags.
    void short_number(unsigned number)
    {
        if (number >= 100) letter(static_cast<char>('0' + number / 100));
        if (number >= 10) letter(static_cast<char>('0' + number / 10 % 10));
        letter(static_cast<char>('0' + number % 10));
    }

    BufferedStream& stream_;
    char* end_;
};

/// A value and the literal that ends it, after at most `head` bytes that `write_head(append)`
/// writes: as one append unless the value is long.
template <class WriteHead, std::size_t TailSize = sizeof "\r\n">
void append_value(BufferedStream& stream, std::size_t head, WriteHead write_head,
                  std::string_view value, const char (&tail)[TailSize] = "\r\n")
{
    constexpr std::size_t longest_copied = std::size_t{4} << 10;
    if (value.size() <= longest_copied) {
        Append append(stream, head + value.size() + TailSize);
        write_head(append);
        append.text(value);
        append.text(tail);
        return;
    }
    {
        Append append(stream, head);
        write_head(append);
    }
    stream.write(value);
    stream.write(tail);
}

}  // namespace kv
