// memory_source.h: the account for memory that holds a peer's bytes.
#pragma once

#include <cstddef>

namespace kv {

class MemorySource {
public:
    virtual ~MemorySource() = default;

    /// Counts `bytes` as taken; false, with nothing counted, when they do not fit. Never evicts,
    /// and never blocks. Any thread may call it.
    [[nodiscard]] virtual bool take(std::size_t bytes) = 0;
    virtual void give_back(std::size_t bytes) = 0;
};

}  // namespace kv
