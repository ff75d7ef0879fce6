// memory_source.h: accounting of the memory that holds a peer's bytes.
#pragma once

#include <cstddef>

namespace kv {

class MemorySource {
public:
    virtual ~MemorySource() = default;

    /// Charges `bytes`; false, with nothing charged, when they do not fit. Never evicts or blocks.
    /// Any thread may call it.
    [[nodiscard]] virtual bool take(std::size_t bytes) = 0;
    virtual void give_back(std::size_t bytes) = 0;
};

}  // namespace kv
