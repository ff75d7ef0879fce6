// command_advice.h: hints, colours and completions while a command is being typed.
#pragma once

#include "client/shell/line_reader.h"
#include "client/shell/session.h"

#include <chrono>

namespace kv::shell {

class CommandAdvice final : public LineAdvice {
public:
    /// `session` outlives this.
    explicit CommandAdvice(const Session& session) : session_(session) {}

    std::string hint(std::string_view line) override;
    std::string painted(std::string_view line) override;
    std::vector<std::string> completions(std::string_view before, std::string_view word) override;

    /// At most so many keys are looked at for a completion: a page, never a whole database.
    static constexpr std::size_t most_keys = 1000;

private:
    [[nodiscard]] const std::vector<std::string>& keys_starting_with(const std::string& prefix);

    const Session& session_;
    std::string cached_prefix_;
    std::vector<std::string> cached_keys_;
    std::chrono::steady_clock::time_point cached_until_;
};

}  // namespace kv::shell
