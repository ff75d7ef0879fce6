// batch.h: the bytes of one send, gathered from small pieces that are copied and large ones that
// are not.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace kv::bench {

/// One per thread, used anew for each send: clear(), add requests while has_room(), then parts().
/// Never allocates after construction.
class Batch {
public:
    Batch() : text_(text_capacity) { parts_.reserve(parts_capacity); }

    void clear()
    {
        parts_.clear();
        used_ = 0;
    }

    /// Whether another request (one head, one value, one tail) fits.
    [[nodiscard]] bool has_room() const
    {
        return used_ + max_copied_bytes + max_request_text <= text_capacity &&
               parts_.size() + 3 <= parts_capacity;
    }

    /// At least max_request_text bytes to write to, then commit().
    [[nodiscard]] char* cursor() { return text_.data() + used_; }

    void commit(const char* end)
    {
        const auto bytes = static_cast<std::size_t>(end - cursor());
        append({cursor(), bytes});
        used_ += bytes;
    }

    /// `value` must outlive the send: a large one is not copied.
    void add(std::string_view value)
    {
        if (value.size() > max_copied_bytes) return append(value);
        std::memcpy(cursor(), value.data(), value.size());
        commit(cursor() + value.size());
    }

    /// What to hand to sendmsg, without the first `skipped` bytes. REQUIRES skipped < all bytes.
    [[nodiscard]] std::span<iovec> parts(std::size_t skipped)
    {
        std::size_t first = 0;
        while (skipped >= parts_[first].iov_len) skipped -= parts_[first++].iov_len;
        parts_[first].iov_base = static_cast<char*>(parts_[first].iov_base) + skipped;
        parts_[first].iov_len -= skipped;
        return std::span(parts_).subspan(first);
    }

private:
    // Copying beats one more part up to about this size; beyond it the copy is the cost.
    static constexpr std::size_t max_copied_bytes = 4096;
    static constexpr std::size_t max_request_text = 256;
    static constexpr std::size_t text_capacity = 65'536;
    static constexpr std::size_t parts_capacity = 64;  // far below IOV_MAX: what a socket takes

    // Text that follows text is one part.
    void append(std::string_view bytes)
    {
        if (!parts_.empty() && end_of(parts_.back()) == bytes.data()) {
            parts_.back().iov_len += bytes.size();
        } else {
            parts_.push_back({const_cast<char*>(bytes.data()), bytes.size()});
        }
    }

    static const char* end_of(const iovec& part)
    {
        return static_cast<const char*>(part.iov_base) + part.iov_len;
    }

    std::vector<char> text_;
    std::size_t used_ = 0;
    std::vector<iovec> parts_;
};

}  // namespace kv::bench
