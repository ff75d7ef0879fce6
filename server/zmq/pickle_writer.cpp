#include "server/zmq/pickle_writer.h"

#include "server/command/integer.h"
#include "server/command/utf8.h"
#include "server/zmq/opcodes.h"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace kv::zeromq {

namespace {

constexpr std::size_t max_short = 255;

}  // namespace

int reply_protocol(std::string_view message)
{
    if (message.size() < 2 || message[0] != static_cast<char>(Opcode::proto)) {
        return oldest_reply_protocol;
    }
    const int protocol = static_cast<unsigned char>(message[1]);
    return protocol <= newest_protocol ? std::max(protocol, oldest_reply_protocol)
                                       : oldest_reply_protocol;
}

PickleWriter::PickleWriter(int protocol) : protocol_(protocol)
{
    put(Opcode::proto);
    put_number(static_cast<unsigned>(protocol), 1);
}

void PickleWriter::null()
{
    put(Opcode::none);
}

void PickleWriter::boolean(bool value)
{
    put(value ? Opcode::newtrue : Opcode::newfalse);
}

void PickleWriter::integer(std::string_view bytes)
{
    const auto number = small_integer(bytes);
    if (number && *number >= 0 && *number <= UINT8_MAX) {
        put(Opcode::binint1);
        put_number(static_cast<std::uint64_t>(*number), 1);
    } else if (number && *number >= INT32_MIN && *number <= INT32_MAX) {
        put(Opcode::binint);
        put_number(static_cast<std::uint64_t>(*number), 4);
    } else {
        const bool is_short = bytes.size() <= max_short;
        put(is_short ? Opcode::long1 : Opcode::long4);
        put_number(bytes.size(), is_short ? 1 : 4);
        pickle_ += bytes;
    }
}

void PickleWriter::real(double number)
{
    put(Opcode::binfloat);
    const auto bits = std::bit_cast<std::uint64_t>(number);
    for (unsigned shift = 64; shift > 0;) {
        shift -= 8;
        put_number(bits >> shift, 1);
    }
}

void PickleWriter::text(std::string_view utf8)
{
    put_text(utf8);
}

void PickleWriter::bytes(std::string_view value)
{
    if (protocol_ < 3) return put_encoded(value);
    const bool is_short = value.size() <= max_short;
    put(is_short ? Opcode::short_binbytes : Opcode::binbytes);
    put_number(value.size(), is_short ? 1 : 4);
    pickle_ += value;
}

void PickleWriter::error(std::string_view text)
{
    if (is_utf8(text)) {
        put_text(text);
    } else {
        bytes(text);
    }
}

/// Protocols 2 and 3 make a set by calling its name with a list.
void PickleWriter::begin(Container kind, std::size_t count)
{
    const bool by_name = protocol_ < 4;
    switch (kind) {
        case Container::list: put(Opcode::empty_list); break;
        case Container::dict: put(Opcode::empty_dict); break;
        case Container::tuple:
            if (count == 0) put(Opcode::empty_tuple);
            if (count > 3) put(Opcode::mark);
            return;
        case Container::set:
        case Container::frozenset:
            if (by_name) {
                put_name(kind == Container::set ? "set" : "frozenset");
                put(Opcode::empty_list);
            } else if (kind == Container::set) {
                put(Opcode::empty_set);
            } else {
                return put(Opcode::mark);
            }
            break;
    }
    if (count > 0) put(Opcode::mark);
}

void PickleWriter::end(Container kind, std::size_t count)
{
    const bool by_name = protocol_ < 4;
    switch (kind) {
        case Container::list:
            if (count > 0) put(Opcode::appends);
            return;
        case Container::dict:
            if (count > 0) put(Opcode::setitems);
            return;
        case Container::tuple:
            if (count == 1) put(Opcode::tuple1);
            if (count == 2) put(Opcode::tuple2);
            if (count == 3) put(Opcode::tuple3);
            if (count > 3) put(Opcode::tuple);
            return;
        case Container::set:
        case Container::frozenset: break;
    }
    if (by_name) {
        if (count > 0) put(Opcode::appends);
        put(Opcode::tuple1);
        put(Opcode::reduce);
    } else if (kind == Container::frozenset) {
        put(Opcode::frozenset);
    } else if (count > 0) {
        put(Opcode::additems);
    }
}

std::string PickleWriter::finish()
{
    put(Opcode::stop);
    return std::move(pickle_);
}

void PickleWriter::put(Opcode opcode)
{
    pickle_.push_back(static_cast<char>(opcode));
}

void PickleWriter::put_number(std::uint64_t number, std::size_t bytes)
{
    for (std::size_t i = 0; i < bytes; ++i, number >>= 8U) {
        pickle_.push_back(static_cast<char>(number & 0xffU));
    }
}

/// A name of the builtins module, which Python 2 called __builtin__.
void PickleWriter::put_name(std::string_view name)
{
    put(Opcode::global);
    pickle_ += protocol_ < 3 ? "__builtin__\n" : "builtins\n";
    pickle_ += name;
    pickle_ += '\n';
}

void PickleWriter::put_text(std::string_view utf8)
{
    const bool is_short = protocol_ >= 4 && utf8.size() <= max_short;
    put(is_short ? Opcode::short_binunicode : Opcode::binunicode);
    put_number(utf8.size(), is_short ? 1 : 4);
    pickle_ += utf8;
}

/// Protocol 2 has no bytes: they are a text encoded in Latin-1.
void PickleWriter::put_encoded(std::string_view bytes)
{
    if (bytes.empty()) {
        put_name("bytes");
        put(Opcode::empty_tuple);
    } else {
        std::string utf8;
        for (const char byte : bytes) append_utf8(utf8, static_cast<unsigned char>(byte));
        put(Opcode::global);
        pickle_ += "_codecs\nencode\n";
        put_text(utf8);
        put_text("latin1");
        put(Opcode::tuple2);
    }
    put(Opcode::reduce);
}

}  // namespace kv::zeromq
