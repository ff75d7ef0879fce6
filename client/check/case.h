// case.h: the cases, each of which tests one property of a server, and their runner.
//
// The cases are tables, so that the list, the grading and the explanations come from one place.
// They are ordered by the stages in which one builds a server; stages.md describes each.
#pragma once

#include "client/check/client.h"
#include "client/check/wire.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kv::check {

/// The server under test, its protocol and limits. The same for all cases of a run.
struct Target {
    Address address;
    Wire wire;
    Milliseconds limit;  ///< of each single wait
    std::string tag;     ///< makes the keys of this run its own
};

/// The environment of one case: clients, keys and the protocol. Keys carry a random tag for each
/// run, so that an earlier run on the same server has no effect.
class Fixture {
public:
    explicit Fixture(const Target& target) : target_(target) {}

    /// Throws Failure when the server does not accept. May be called from any thread.
    [[nodiscard]] Client connect(std::string name, int receive_buffer_bytes = 0);
    [[nodiscard]] const Wire& wire() const { return target_.wire; }
    [[nodiscard]] std::string key(std::string_view stem) const;

    /// A remark for the transcript: what the case is about to do.
    void say(std::string_view remark);
    /// New clients are served. Tries several times, since a server killed a moment ago may still
    /// accept.
    void expect_alive();
    /// A new client gets exactly `value`, or a miss, for `key`.
    void expect_value_or_miss(std::string_view key, std::string_view value);

    [[nodiscard]] Transcript& transcript() { return transcript_; }

private:
    Target target_;
    Transcript transcript_;
};

// Sizes that make buffers overflow.
constexpr std::size_t big_value_bytes = 65536;

/// Linux buffers about 4 MiB on the sending side of a loopback connection, even if the receiver
/// reads nothing; 10 MiB exceed that and are still quick.
constexpr int gets_that_fill_buffers = 160;
constexpr int small_receive_buffer_bytes = 65536;

/// 64 KiB that differ from position to position, so that a shifted copy is noticed.
[[nodiscard]] inline std::string big_value()
{
    std::string value;
    for (int number = 0; value.size() < big_value_bytes; ++number)
        value += std::to_string(number) + ' ';
    value.resize(big_value_bytes);
    return value;
}

/// One test of a server.
struct Case {
    std::string_view name;
    std::string_view purpose;  ///< one sentence: what the server must do
    std::string_view cause;    ///< what a teacher would look for first if it does not
    std::uint64_t modes;       ///< bits of Mode
    void (*play)(Fixture&);    ///< throws Failure
    /// Names of earlier cases, separated by blanks: if one of them fails, a failure of this one is
    /// a consequence, not a mistake of its own.
    std::string_view needs{};
    int stage = 0;  ///< from 1; set by cases_for
};

[[nodiscard]] std::span<const Case> answer_cases();
[[nodiscard]] std::span<const Case> basic_cases();
[[nodiscard]] std::span<const Case> framing_cases();
[[nodiscard]] std::span<const Case> value_cases();
[[nodiscard]] std::span<const Case> concurrency_cases();
[[nodiscard]] std::span<const Case> command_cases();
[[nodiscard]] std::span<const Case> length_cases();
[[nodiscard]] std::span<const Case> disconnect_cases();
[[nodiscard]] std::span<const Case> crowd_cases();

constexpr int stages = 8;

/// The cases of stages 1 to `last_stage` that apply to `mode`, in order.
[[nodiscard]] std::vector<Case> cases_for(Mode mode, int last_stage = stages);

/// The section of a stage in stages.md, beginning with its title.
[[nodiscard]] std::string_view page_of_stage(int stage);
/// "Stage 1: answer one get"
[[nodiscard]] std::string_view title_of_stage(int stage);

/// The mistake behind a failure, in a sentence, and the allowance needed to grade the rest.
struct Diagnosis {
    std::string_view sentence;
    Allowance allowance = none;
};

/// Judges by the bytes of the failure alone; nullopt for an unknown mistake.
[[nodiscard]] std::optional<Diagnosis> diagnose(const Failure& failure, const Wire& wire);

/// Sends the server other requests to find out why it did not answer. Takes several waits. Never
/// throws Failure.
[[nodiscard]] std::optional<Diagnosis> experiment(const Target& target, const Failure& failure);

enum class Outcome { passed, failed, not_tried };

struct Result {
    Case played;
    Outcome outcome = Outcome::not_tried;
    std::optional<Failure> failure;       ///< of a failed case
    std::vector<std::string_view> hints;  ///< the recognised mistakes
    std::string_view follows;  ///< the case that must pass first; empty: a mistake of its own
    std::string_view not_tried_because;
    bool is_overlooked = false;   ///< the case passed with allowances for the hints
    bool server_is_gone = false;  ///< after this case no client was served
    std::vector<Event> events;    ///< what its clients sent and read
    double seconds = 0;
};

/// Runs all cases against `target`, one after the other, and calls `finished` after each. A new
/// client must be served after each: a case that leaves the server dead or unresponsive has failed,
/// and later ones are not tried; nor are they when the server cannot set and get. A mistake is
/// counted once: cases that fail because of it say so. Never throws Failure.
[[nodiscard]] std::vector<Result> play(const std::vector<Case>& cases, Target target,
                                       bool until_first_failure,
                                       const std::function<void(const Result&)>& finished);

}  // namespace kv::check
