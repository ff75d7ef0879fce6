// binary.h: memcached's binary protocol, which it calls deprecated, and PHP's sessions, memjs and
// Dalli 4 speak (its doc/protocol-binary.xml; where that is silent, memcached 1.6 is the model).
//
//   | header, 24 bytes | extras | key | value |       of requests and of replies alike
//
// The operations are those of the text protocol, and so is their execution.
#pragma once

#include "server/command/converse.h"
#include "server/memcached/dialect.h"

#include <array>

namespace kv::memcached {

constexpr std::uint8_t request_magic = 0x80;  // a client's first byte, which no text begins with
constexpr std::uint8_t reply_magic = 0x81;
constexpr std::size_t header_bytes = 24;

enum class Opcode : std::uint8_t {
    get = 0x00,
    set = 0x01,
    add = 0x02,
    replace = 0x03,
    del = 0x04,
    increment = 0x05,
    decrement = 0x06,
    quit = 0x07,
    flush = 0x08,
    getq = 0x09,
    noop = 0x0a,
    version = 0x0b,
    getk = 0x0c,
    getkq = 0x0d,
    append = 0x0e,
    prepend = 0x0f,
    stat = 0x10,
    setq = 0x11,
    addq = 0x12,
    replaceq = 0x13,
    delq = 0x14,
    incrementq = 0x15,
    decrementq = 0x16,
    quitq = 0x17,
    flushq = 0x18,
    appendq = 0x19,
    prependq = 0x1a,
    touch = 0x1c,
    gat = 0x1d,
    gatq = 0x1e,
    gatk = 0x23,
    gatkq = 0x24,
};

enum class Status : std::uint16_t {
    ok = 0x00,
    not_found = 0x01,
    exists = 0x02,
    too_large = 0x03,
    invalid = 0x04,
    not_stored = 0x05,
    not_a_number = 0x06,
    unknown_command = 0x81,
    out_of_memory = 0x82,
};

/// Numbers in the order of this machine.
struct RequestHeader {
    std::uint8_t opcode = 0;
    std::uint8_t extras_bytes = 0;
    std::uint16_t key_bytes = 0;
    std::uint32_t body_bytes = 0;  ///< extras, key and value
    std::uint32_t opaque = 0;      ///< the client's own, for the reply
    std::uint64_t cas = 0;         ///< 0: no comparison

    [[nodiscard]] bool fits() const
    {
        return std::uint32_t{key_bytes} + extras_bytes <= body_bytes;
    }
    [[nodiscard]] std::uint32_t value_bytes() const
    {
        return body_bytes - key_bytes - extras_bytes;
    }
};

/// The operation, and what its reply needs to know.
struct BinaryRequest {
    Operation operation = NoOp{};
    HashedKey key{};
    RequestHeader header{};
    Opcode command = Opcode::noop;  ///< without its quiet form
    bool quiet = false;             ///< no reply when all went as asked; of a get, to a miss
    Status refusal = Status::ok;    ///< of a Reject
    bool closes = false;            ///< the conversation ends with this request's answer
};

/// One client's side of the conversation; used by its session's thread.
class BinaryDialect {
public:
    /// As Dialect.
    BinaryDialect(DraftSource& store, std::size_t max_item_bytes)
        : store_(store), max_item_bytes_(max_item_bytes)
    {
    }

    /// As Dialect::read_request.
    [[nodiscard]] BinaryRequest* read_request(BufferedStream& stream);

    void write_reply(BufferedStream& stream, const BinaryRequest& request, const Reply& reply);

private:
    void read_body(BufferedStream& stream);
    void read_value(BufferedStream& stream);
    void refuse(Status status, bool closes = false);

    DraftSource& store_;
    std::size_t max_item_bytes_;
    BinaryRequest request_;
    KeyRoom key_room_;
};

/// As execute() for a request of the text protocol.
[[nodiscard]] Reply execute(BinaryRequest& request, const Context& context);

/// memcache:// as it is served: in text, or in binary if the client's first byte says so.
struct EitherDialect {
    EitherDialect(DraftSource& memory, std::size_t max_bytes)
        : store(memory), max_item_bytes(max_bytes)
    {
    }

    DraftSource& store;
    std::size_t max_item_bytes;
};

/// As converse() for one dialect.
Ended converse(BufferedStream& stream, EitherDialect& dialect, const Context& context,
               Observer* observer);

}  // namespace kv::memcached
