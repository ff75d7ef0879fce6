// no_server.h: a stand-in for the server around a session.
#pragma once

#include "server/command/context.h"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kv::test {

/// A server that reports nothing and allows nothing.
class NoServer final : public ServerControl {
public:
    [[nodiscard]] ServerFigures figures() const override { return {}; }
    [[nodiscard]] std::vector<std::pair<std::string_view, std::string>> settings() const override
    {
        return {};
    }
    void visit_clients(const std::function<void(const ClientRecord&)>&) const override {}
    bool cut(std::uint64_t) override { return false; }
    bool shut_down() override { return false; }
};

}  // namespace kv::test
