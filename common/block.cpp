#include "common/block.h"

#include <algorithm>

namespace kv {

std::string read_block(BufferedStream& stream, std::uint64_t size)
{
    constexpr std::uint64_t first_step = 64 << 10;
    std::string block;
    while (block.size() < size) {
        const std::size_t had = block.size();
        const auto step = std::min(size - had, std::max<std::uint64_t>(first_step, had));
        block.resize(had + static_cast<std::size_t>(step));
        stream.read_exactly(std::span(block).subspan(had));
    }
    return block;
}

}  // namespace kv
