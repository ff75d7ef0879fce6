// every_split.h: TCP may split a peer's bytes anywhere, so a conversation is tested with every
// split.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kv::test {

using Pieces = std::vector<std::string_view>;

[[nodiscard]] inline Pieces byte_by_byte(std::string_view bytes)
{
    Pieces pieces;
    for (std::size_t i = 0; i < bytes.size(); ++i) pieces.push_back(bytes.substr(i, 1));
    return pieces;
}

/// Calls converse(pieces) with `bytes` whole, byte by byte, and split in two at every position
/// (every `step`-th for long input).
template <class Converse>
void for_every_split(std::string_view bytes, Converse converse, std::size_t step = 1)
{
    converse(Pieces{bytes});
    converse(byte_by_byte(bytes));
    for (std::size_t cut = 1; cut < bytes.size(); cut += step) {
        converse(Pieces{bytes.substr(0, cut), bytes.substr(cut)});
    }
}

}  // namespace kv::test
