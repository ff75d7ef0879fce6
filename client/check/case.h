// case.h: one thing a server must be able to stand. The cases are tables, one per file, so that the
// list, the grading and the explanations all come from the same place.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "client/check/stage.h"
#include "client/check/wire.h"

namespace kv::check {

struct Case {
    std::string_view name;
    std::string_view purpose;  ///< one sentence: what the server must do
    std::string_view cause;    ///< what a teacher would look for first when it does not
    unsigned modes;            ///< bits of Mode
    void (*play)(Stage&);      ///< throws Failure
};

// From careful to hostile: what kills a server comes late, after all else has been graded.
[[nodiscard]] std::span<const Case> basic_cases();
[[nodiscard]] std::span<const Case> framing_cases();
[[nodiscard]] std::span<const Case> value_cases();
[[nodiscard]] std::span<const Case> company_cases();
[[nodiscard]] std::span<const Case> command_cases();
[[nodiscard]] std::span<const Case> length_cases();
[[nodiscard]] std::span<const Case> goodbye_cases();

/// All that apply to `mode`, in the order they are played.
[[nodiscard]] std::vector<Case> cases_for(Mode mode);

}  // namespace kv::check
