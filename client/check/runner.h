// runner.h: plays the cases one after the other and keeps what came of each.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client/check/case.h"
#include "client/check/failure.h"
#include "client/check/transcript.h"

namespace kv::check {

enum class Outcome { passed, failed, not_tried };

struct Result {
    Case played;
    Outcome outcome = Outcome::not_tried;
    std::optional<Failure> failure;  ///< of a failed case
    bool server_is_gone = false;     ///< after this case nobody was served
    std::vector<Event> events;       ///< what its clients did and read
    double seconds = 0;
};

/// Plays all cases against `target` and calls `finished` after each. After each one a fresh client
/// must be served: a case that leaves the server dead or deaf has failed, and the ones after it are
/// not tried. Never throws Failure.
[[nodiscard]] std::vector<Result> play(const std::vector<Case>& cases, const Target& target,
                                       const std::function<void(const Result&)>& finished);

}  // namespace kv::check
