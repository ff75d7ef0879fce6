// stage.h: what one case plays on: it makes clients, names keys and knows the wire.
// Keys carry a tag drawn for each run, so that an earlier run on the same server cannot help or
// harm.
#pragma once

#include <string>
#include <string_view>

#include "client/check/client.h"
#include "client/check/transcript.h"
#include "client/check/wire.h"

namespace kv::check {

/// The server under test and how to talk to it. The same for all cases of a run.
struct Target {
    Address address;
    Wire wire;
    Milliseconds limit;  ///< of each single wait
    std::string tag;     ///< makes the keys of this run its own
};

class Stage {
public:
    explicit Stage(const Target& target) : target_(target) {}

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

}  // namespace kv::check
