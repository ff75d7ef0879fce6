// case.h: the cases: one thing each that a server must be able to stand, and what plays them.
//
// The cases are tables, so that the list, the grading and the explanations come from one place.
// Their order is that in which one builds a server, in stages; stages.md has a page for each.
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

/// The server under test and how to talk to it. The same for all cases of a run.
struct Target {
    Address address;
    Wire wire;
    Milliseconds limit;  ///< of each single wait
    std::string tag;     ///< makes the keys of this run its own
};

/// What one case plays on: it makes clients, names keys and knows the wire. Keys carry a tag drawn
/// for each run, so that an earlier run on the same server cannot help or harm.
class Fixture {
public:
    explicit Fixture(const Target& target) : target_(target) {}

    /// Throws Failure when the server does not accept. May be called from any thread.
    [[nodiscard]] Client connect(std::string name, int receive_buffer_bytes = 0);
    [[nodiscard]] const Wire& wire() const { return target_.wire; }
    [[nodiscard]] std::string key(std::string_view stem) const;

    /// A remark for the transcript: what the case is about to do, in a teacher's words.
    void say(std::string_view remark);
    /// New clients ask for something and get their answer. A server that was killed a moment ago
    /// may still accept, so it is asked several times.
    void expect_alive();
    /// A new client finds exactly `value`, or nothing at all, under `key`.
    void expect_value_or_miss(std::string_view key, std::string_view value);

    [[nodiscard]] Transcript& transcript() { return transcript_; }

private:
    Target target_;
    Transcript transcript_;
};

// The amounts that make buffers overflow.
constexpr std::size_t big_value_bytes = 65536;

/// Linux lets a loopback connection buffer about 4 MiB on the sending side however little the
/// receiver takes; 10 MiB are more than that and still quick.
constexpr int gets_that_fill_buffers = 160;
constexpr int small_receive_buffer_bytes = 65536;

/// 64 KiB in which every position can be told from its neighbours, so a shifted copy is noticed.
[[nodiscard]] inline std::string big_value()
{
    std::string value;
    for (int number = 0; value.size() < big_value_bytes; ++number)
        value += std::to_string(number) + ' ';
    value.resize(big_value_bytes);
    return value;
}

/// One thing that a server must be able to stand.
struct Case {
    std::string_view name;
    std::string_view purpose;  ///< one sentence: what the server must do
    std::string_view cause;    ///< what a teacher would look for first when it does not
    std::uint64_t modes;       ///< bits of Mode
    void (*play)(Fixture&);    ///< throws Failure
    /// Names, separated by blanks, of earlier cases: while one of them fails, so may this one, and
    /// it is no mistake of its own.
    std::string_view needs{};
    int stage = 0;  ///< from 1 on; set by cases_for
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

/// All of stages 1 to `last_stage` that apply to `mode`, in the order they are played.
[[nodiscard]] std::vector<Case> cases_for(Mode mode, int last_stage = stages);

/// stages.md: the section of a stage, which begins with its title.
[[nodiscard]] std::string_view page_of_stage(int stage);
/// "Stage 1: answer one get"
[[nodiscard]] std::string_view title_of_stage(int stage);

/// The mistake behind a failure, in a sentence, and what has to be overlooked to grade the rest.
struct Diagnosis {
    std::string_view sentence;
    Allowance allowance = none;
};

/// By the bytes of the failure alone; nullopt when they look like no known mistake.
[[nodiscard]] std::optional<Diagnosis> diagnose(const Failure& failure, const Wire& wire);

/// Asks the server in other ways why it gave no such answer. Takes several waits. Never throws
/// Failure.
[[nodiscard]] std::optional<Diagnosis> experiment(const Target& target, const Failure& failure);

enum class Outcome { passed, failed, not_tried };

struct Result {
    Case played;
    Outcome outcome = Outcome::not_tried;
    std::optional<Failure> failure;       ///< of a failed case
    std::vector<std::string_view> hints;  ///< the particular mistakes that were recognised
    std::string_view follows;  ///< the case that must pass first; empty: a mistake of its own
    std::string_view not_tried_because;
    bool is_overlooked = false;   ///< with allowances made for the hints, the case passed
    bool server_is_gone = false;  ///< after this case no client was served
    std::vector<Event> events;    ///< what its clients did and read
    double seconds = 0;
};

/// Plays all cases against `target`, one after the other, and calls `finished` after each. A fresh
/// client must be served after each: a case that leaves the server dead or deaf has failed, and the
/// ones after it are not tried; nor are they when the server cannot set and get. A mistake is
/// counted once: what fails because of it says so. Never throws Failure.
[[nodiscard]] std::vector<Result> play(const std::vector<Case>& cases, Target target,
                                       bool until_first_failure,
                                       const std::function<void(const Result&)>& finished);

}  // namespace kv::check
