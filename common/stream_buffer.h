// stream_buffer.h: a stream's buffer.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>

namespace kv {

/// A small buffer on the stack of the stream's thread, where most requests and replies fit, and a
/// larger one from the heap while more is needed. So a small request costs no allocation and
/// touches memory that is in the cache anyway, and an idle client has no heap memory.
class StreamBuffer {
public:
    /// Less than a page, so that a stream's two buffers and the frames around them take three.
    static constexpr std::size_t own_bytes = std::size_t{7} << 9;
    static constexpr std::size_t large_bytes = std::size_t{16} << 10;

    [[nodiscard]] char* data() { return larger_ ? larger_.get() : own_.data(); }
    [[nodiscard]] const char* data() const { return larger_ ? larger_.get() : own_.data(); }
    [[nodiscard]] std::size_t size() const { return size_; }

    /// Makes it large, or twice as large as it is. Its first `used` bytes are kept. false: there is
    /// no memory for that, and it is as it was.
    [[nodiscard]] bool grow(std::size_t used)
    {
        const std::size_t size = std::max(large_bytes, 2 * size_);
        std::unique_ptr<char[]> larger(new (std::nothrow) char[size]);
        if (!larger) return false;
        std::memcpy(larger.get(), data(), used);
        larger_ = std::move(larger);
        size_ = size;
        return true;
    }

    /// Frees the heap buffer, with the bytes in it.
    void shrink()
    {
        larger_.reset();
        size_ = own_bytes;
    }

private:
    std::array<char, own_bytes> own_;
    std::unique_ptr<char[]> larger_;
    std::size_t size_ = own_bytes;
};

}  // namespace kv
