// diagnosis.h: guesses, from the two byte sequences alone, what went wrong between them.
#pragma once

#include <optional>
#include <string_view>

namespace kv::check {

/// A sentence about what the bytes that came have in common with a well-known mistake; nullopt when
/// they look like none.
[[nodiscard]] std::optional<std::string_view> diagnose(std::string_view expected,
                                                       std::string_view got);

}  // namespace kv::check
