// binary_writer.cpp: replies -> packets.
#include "common/append.h"
#include "server/memcached/binary.h"

#include <boost/endian/conversion.hpp>

namespace kv::memcached {

namespace {

using boost::endian::store_big_u16;
using boost::endian::store_big_u32;
using boost::endian::store_big_u64;

constexpr std::size_t flags_bytes = 4;
constexpr std::size_t most_head_bytes =
    header_bytes + flags_bytes + max_key_bytes;  // all but a value

std::string_view text_of(Status status)
{
    switch (status) {
        case Status::ok: break;
        case Status::not_found: return "Not found";
        case Status::exists: return "Data exists for key.";
        case Status::too_large: return "Too large.";
        case Status::invalid: return "Invalid arguments";
        case Status::not_stored: return "Not stored.";
        case Status::not_a_number: return "Non-numeric server-side value for incr or decr";
        case Status::unknown_command: return "Unknown command";
        case Status::out_of_memory: return "Out of memory allocating item";
    }
    return "";
}

/// What stands in a reply's header, all but what it repeats of the request's.
struct ReplyHeader {
    Status status = Status::ok;
    std::uint8_t extras_bytes = 0;
    std::size_t key_bytes = 0;
    std::size_t value_bytes = 0;
    std::uint64_t cas = 0;
};

void append_header(Append& append, const RequestHeader& request, const ReplyHeader& reply)
{
    std::array<unsigned char, header_bytes> bytes{};
    bytes[0] = reply_magic;
    bytes[1] = request.opcode;
    store_big_u16(&bytes[2], static_cast<std::uint16_t>(reply.key_bytes));
    bytes[4] = reply.extras_bytes;
    store_big_u16(&bytes[6], static_cast<std::uint16_t>(reply.status));
    const std::size_t body = reply.extras_bytes + reply.key_bytes + reply.value_bytes;
    store_big_u32(&bytes[8], static_cast<std::uint32_t>(body));
    store_big_u32(&bytes[12], request.opaque);
    store_big_u64(&bytes[16], reply.cas);
    append.text({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

/// A packet without extras.
void write_packet(BufferedStream& stream, const BinaryRequest& request, ReplyHeader header,
                  std::string_view key, std::string_view value)
{
    header.key_bytes = key.size();
    header.value_bytes = value.size();
    const auto head = [&](Append& append) {
        append_header(append, request.header, header);
        append.text(key);
    };
    append_value(stream, header_bytes + key.size(), head, value, "");
}

bool is_get(const BinaryRequest& request)
{
    return std::holds_alternative<Get>(request.operation) ||
           std::holds_alternative<GetAndTouch>(request.operation);
}

bool returns_key(const BinaryRequest& request)
{
    return request.command == Opcode::getk || request.command == Opcode::gatk;
}

/// Errors are told to quiet clients too.
void write_error(BufferedStream& stream, const BinaryRequest& request, Status status)
{
    write_packet(stream, request, {.status = status}, "", text_of(status));
}

void write_done(BufferedStream& stream, const BinaryRequest& request, std::uint64_t cas = 0)
{
    if (!request.quiet) write_packet(stream, request, {.cas = cas}, "", "");
}

/// Nothing for a quiet get; one that returns keys tells which one was missed.
void write_miss(BufferedStream& stream, const BinaryRequest& request)
{
    if (request.quiet) return;
    if (!returns_key(request)) return write_error(stream, request, Status::not_found);
    write_packet(stream, request, {.status = Status::not_found}, request.key.bytes, "");
}

Status not_stored(Opcode command)
{
    switch (command) {
        case Opcode::add: return Status::exists;
        case Opcode::replace: return Status::not_found;
        default: return Status::not_stored;
    }
}

void write(BufferedStream& stream, const BinaryRequest& request, Outcome outcome)
{
    switch (outcome) {
        case Outcome::not_found:
            if (is_get(request)) return write_miss(stream, request);
            return write_error(stream, request, Status::not_found);
        case Outcome::exists: return write_error(stream, request, Status::exists);
        case Outcome::not_stored: return write_error(stream, request, not_stored(request.command));
        case Outcome::not_a_number: return write_error(stream, request, Status::not_a_number);
        case Outcome::too_large: return write_error(stream, request, Status::too_large);
        case Outcome::out_of_memory: return write_error(stream, request, Status::out_of_memory);
        case Outcome::stored:
        case Outcome::deleted:
        case Outcome::touched:
        case Outcome::ok:
        case Outcome::reset:
        case Outcome::no_reply: return write_done(stream, request);
        case Outcome::not_allowed: break;
    }
    throw UnwritableReply();
}

void write(BufferedStream& stream, const BinaryRequest& request, const PutResult& result)
{
    if (result.outcome == Outcome::stored) return write_done(stream, request, result.cas);
    write(stream, request, result.outcome);
}

/// The flags as extras, the key if it was asked for, and the value, unless it is a touch.
void write(BufferedStream& stream, const BinaryRequest& request, const Found& found)
{
    const bool with_value = request.command != Opcode::touch;
    const std::string_view value = with_value ? found.item->value() : std::string_view("");
    const std::string_view key = returns_key(request) ? found.item->key() : std::string_view("");
    const auto head = [&](Append& append) {
        append_header(append, request.header,
                      {.extras_bytes = flags_bytes,
                       .key_bytes = key.size(),
                       .value_bytes = value.size(),
                       .cas = found.cas});
        std::array<unsigned char, flags_bytes> flags;
        store_big_u32(flags.data(), found.item->flags);
        append.text({reinterpret_cast<const char*>(flags.data()), flags.size()});
        append.text(key);
    };
    append_value(stream, most_head_bytes, head, value, "");
}

/// Of counting: the number in eight bytes.
void write(BufferedStream& stream, const BinaryRequest& request, const ItemState& state)
{
    if (request.quiet) return;
    std::array<unsigned char, 8> number;
    store_big_u64(number.data(), state.number);
    write_packet(stream, request, {.cas = state.cas}, "",
                 {reinterpret_cast<const char*>(number.data()), number.size()});
}

void write(BufferedStream& stream, const BinaryRequest& request, const Refusal&)
{
    write_error(stream, request, request.refusal);
}

/// A packet a row, and an empty one at the end.
void write(BufferedStream& stream, const BinaryRequest& request, const Statistics& statistics)
{
    for (const auto& [name, value] : statistics.rows) {
        write_packet(stream, request, {}, name, value);
    }
    write_done(stream, request);
}

void write(BufferedStream& stream, const BinaryRequest& request, const PrefixLines& lines)
{
    write_packet(stream, request, {}, "detailed", lines.text + "END\r\n");
    write_done(stream, request);
}

void write(BufferedStream& stream, const BinaryRequest& request, const VersionText& version)
{
    write_packet(stream, request, {}, "", version.text);
}

/// Answers what only the text protocol can ask for.
template <class Other>
void write(BufferedStream&, const BinaryRequest&, const Other&)
{
    throw UnwritableReply();
}

}  // namespace

void BinaryDialect::write_reply(BufferedStream& stream, const BinaryRequest& request,
                                const Reply& reply)
{
    std::visit([&](const auto& outcome) { write(stream, request, outcome); }, reply);
}

}  // namespace kv::memcached
