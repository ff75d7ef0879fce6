// report.h: what a student reads: one line per case, and for a failed one the story in bytes.
#pragma once

#include <string>
#include <vector>

#include "client/check/case.h"
#include "client/check/drawing.h"

namespace kv::check {

/// One line, and after a failure what was sent, what came back, what was expected, and why such
/// things happen.
[[nodiscard]] std::string describe(const Result& result, const Style& style);

[[nodiscard]] std::size_t count_passed(const std::vector<Result>& results);

/// "23 of 25"
[[nodiscard]] std::string score(const std::vector<Result>& results);

/// The same as one JSON object; bytes are hex digits, since JSON has no bytes.
[[nodiscard]] std::string to_json(const std::vector<Result>& results, const Target& target);

}  // namespace kv::check
