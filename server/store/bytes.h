// bytes.h: an element of a collection, in one piece of memory.
//
//   | count 4 | size 4 | bytes |
//
// The bytes never change, so a reply refers to them and is sent after the store's lock is gone.
#pragma once

#include "server/store/item.h"

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string_view>

namespace kv {

class Bytes;

using BytesPtr = boost::intrusive_ptr<const Bytes>;

/// Counted by its references; any thread may hold one.
class Bytes {
public:
    /// A copy of `bytes`, fewer than 4 GiB. Throws std::bad_alloc.
    [[nodiscard]] static BytesPtr make(std::string_view bytes)
    {
        void* memory = std::malloc(sizeof(Bytes) + bytes.size());
        if (memory == nullptr) throw std::bad_alloc();
        return new (memory) Bytes(bytes);
    }

    Bytes(const Bytes&) = delete;
    Bytes& operator=(const Bytes&) = delete;

    [[nodiscard]] std::string_view view() const
    {
        return {reinterpret_cast<const char*>(this + 1), size_};
    }
    [[nodiscard]] std::size_t size() const { return size_; }

    /// What an element of this size takes of the heap.
    [[nodiscard]] static std::size_t footprint(std::size_t size)
    {
        return heap_block(sizeof(Bytes) + size);
    }
    [[nodiscard]] std::size_t footprint() const { return footprint(size_); }

private:
    explicit Bytes(std::string_view bytes) : size_(static_cast<std::uint32_t>(bytes.size()))
    {
        bytes.copy(reinterpret_cast<char*>(this + 1), bytes.size());
    }

    friend void intrusive_ptr_add_ref(const Bytes* bytes)
    {
        bytes->references_.fetch_add(1, std::memory_order_relaxed);
    }
    friend void intrusive_ptr_release(const Bytes* bytes)
    {
        if (bytes->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            std::free(const_cast<Bytes*>(bytes));
        }
    }

    mutable std::atomic<std::uint32_t> references_{0};
    std::uint32_t size_;
};

}  // namespace kv
