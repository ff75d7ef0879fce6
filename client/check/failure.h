// failure.h: what a case throws when the server did not do what it should.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "client/check/message.h"

namespace kv::check {

/// what(): one sentence saying what happened, e.g. "nothing came within 2 s".
struct Failure : std::runtime_error {
    explicit Failure(std::string client, const std::string& sentence,
                     std::optional<Message> wanted = std::nullopt, std::string received = {})
        : runtime_error(sentence),
          who(std::move(client)),
          expected(std::move(wanted)),
          got(std::move(received))
    {
    }

    std::string who;                  ///< the client that noticed
    std::optional<Message> expected;  ///< the bytes that should have come; none: nothing to compare
    std::string got;                  ///< the bytes that came instead
};

}  // namespace kv::check
