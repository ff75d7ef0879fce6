// pickle_writer.h: a stored value as a pickle.
#pragma once

#include "server/command/nested.h"
#include "server/zmq/opcodes.h"

#include <string>

namespace kv::zeromq {

constexpr int oldest_reply_protocol = 2;
constexpr int newest_protocol = 5;

/// The protocol to answer a message in: its own, or 2 for the two before that, which say nothing of
/// themselves, and for what is no pickle.
[[nodiscard]] int reply_protocol(std::string_view message);

/// Writes one value as the program that makes it. Python loads it with nothing but plain data in
/// it; an error that was kept is a str.
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

    /// The pickle, after the value.
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
