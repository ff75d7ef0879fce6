// meta_flags.h: the flags of one meta command, as its answer needs them.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace kv::memcached {

constexpr std::size_t max_meta_flags = 17;    // memcached's own bound
constexpr std::size_t max_opaque_bytes = 32;  // the O included

/// Holds no view into the line: of an ms the line may be gone when the answer is written.
struct MetaFlags {
    enum class Command : std::uint8_t { get, set, del, arithmetic, debug, noop };
    Command command = Command::get;

    std::array<char, max_meta_flags> letters{};  ///< of all flags, in the order they were given
    std::uint8_t count = 0;
    std::array<char, max_opaque_bytes> opaque{};  ///< with its O
    std::uint8_t opaque_bytes = 0;
    bool binary_key = false;
    bool quiet = false;
    bool wants_value = false;

    [[nodiscard]] std::string_view opaque_text() const { return {opaque.data(), opaque_bytes}; }
};

}  // namespace kv::memcached
