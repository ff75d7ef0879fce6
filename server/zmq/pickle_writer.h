// pickle_writer.h: a stored value as a pickle.
#pragma once

#include "server/command/nested.h"
#include "server/zmq/opcodes.h"

#include <string>

namespace kv::zeromq {

constexpr int oldest_reply_protocol = 2;
constexpr int newest_protocol = 5;

/// The protocol for the answer to a message: the message's own, or 2 for protocols 0 and 1, which
/// do not name themselves, and for a message that is not a pickle.
[[nodiscard]] int reply_protocol(std::string_view message);

/// Writes one value as a pickle, which Python loads as plain data; a stored error becomes a str.
class PickleWriter final : public NestedVisitor {
public:
    /// REQUIRES: oldest_reply_protocol <= protocol <= newest_protocol.
    explicit PickleWriter(int protocol);

    void null() override;
    void boolean(bool value) override;
    void integer(std::string_view bytes) override;
    void real(double number) override;
    void text(std::string_view utf8) override;
    void bytes(std::string_view value) override;
    void error(std::string_view text) override;
    void begin(Container kind, std::size_t count) override;
    void end(Container kind, std::size_t count) override;

    /// The finished pickle. Called after the value.
    [[nodiscard]] std::string finish();

private:
    void put(Opcode opcode);
    void put_number(std::uint64_t number, std::size_t bytes);
    void put_name(std::string_view name);
    void put_text(std::string_view utf8);
    void put_encoded(std::string_view bytes);

    int protocol_;
    std::string pickle_;
};

}  // namespace kv::zeromq
