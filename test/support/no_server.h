// no_server.h: what execution sees of the server, when there is none.
#pragma once

#include "server/command/context.h"

namespace kv::test {

/// Has no clients, no settings, and allows nothing.
class NoServer final : public ServerControl {
public:
    [[nodiscard]] ServerFigures figures() const override { return {}; }
    [[nodiscard]] std::vector<std::pair<std::string_view, std::string>> settings() const override
    {
        return {};
    }
    void visit_clients(const std::function<void(const Client&)>&) const override {}
    bool cut(std::uint64_t) override { return false; }
    bool shut_down() override { return false; }
};

}  // namespace kv::test
