// memory_source.h: who is asked before memory is taken for what a peer makes us keep.
#pragma once

#include <cstddef>

namespace kv {

class MemorySource {
public:
    virtual ~MemorySource() = default;

    /// Counts `bytes` as taken; false, with nothing counted, when there is no room for them.
    /// Never makes room, and never blocks. Any thread may call it.
    [[nodiscard]] virtual bool take(std::size_t bytes) = 0;
    virtual void give_back(std::size_t bytes) = 0;
};

}  // namespace kv
