// descriptor.h: one owner for one file descriptor.
#pragma once

#include <unistd.h>

#include <utility>

namespace kv::bench {

/// Owns a file descriptor and closes it. Moved, not copied.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

    Descriptor& operator=(Descriptor&& other) noexcept
    {
        close();
        number_ = std::exchange(other.number_, -1);
        return *this;
    }

    ~Descriptor() { close(); }

    void close()
    {
        if (is_open()) ::close(std::exchange(number_, -1));
    }

    [[nodiscard]] int number() const { return number_; }
    [[nodiscard]] bool is_open() const { return number_ >= 0; }

private:
    int number_ = -1;
};

}  // namespace kv::bench
