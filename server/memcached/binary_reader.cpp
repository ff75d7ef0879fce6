// binary_reader.cpp: packets -> requests.
#include "server/command/execute.h"
#include "server/memcached/admin_parser.h"
#include "server/memcached/binary.h"
#include "server/memcached/encoder.h"
#include "server/memcached/storage.h"

#include <boost/endian/conversion.hpp>

#include <algorithm>
#include <new>
#include <string>

namespace kv::memcached {

namespace {

using boost::endian::load_big_u16;
using boost::endian::load_big_u32;
using boost::endian::load_big_u64;

using Bytes = std::array<unsigned char, header_bytes>;

constexpr std::uint8_t max_extras = 20;

enum class Part : std::uint8_t { none, maybe, required };

struct BinaryCommand {
    Opcode opcode;
    Opcode command;  ///< what it is when it is not quiet: then both are the same
    std::uint8_t extras_bytes;
    Part key;
    Part value;
};

constexpr std::array<BinaryCommand, 31> binary_commands{{
    {Opcode::get, Opcode::get, 0, Part::required, Part::none},
    {Opcode::getq, Opcode::get, 0, Part::required, Part::none},
    {Opcode::getk, Opcode::getk, 0, Part::required, Part::none},
    {Opcode::getkq, Opcode::getk, 0, Part::required, Part::none},
    {Opcode::touch, Opcode::touch, 4, Part::required, Part::none},
    {Opcode::gat, Opcode::gat, 4, Part::required, Part::none},
    {Opcode::gatq, Opcode::gat, 4, Part::required, Part::none},
    {Opcode::gatk, Opcode::gatk, 4, Part::required, Part::none},
    {Opcode::gatkq, Opcode::gatk, 4, Part::required, Part::none},
    {Opcode::set, Opcode::set, 8, Part::required, Part::maybe},
    {Opcode::setq, Opcode::set, 8, Part::required, Part::maybe},
    {Opcode::add, Opcode::add, 8, Part::required, Part::maybe},
    {Opcode::addq, Opcode::add, 8, Part::required, Part::maybe},
    {Opcode::replace, Opcode::replace, 8, Part::required, Part::maybe},
    {Opcode::replaceq, Opcode::replace, 8, Part::required, Part::maybe},
    {Opcode::append, Opcode::append, 0, Part::required, Part::maybe},
    {Opcode::appendq, Opcode::append, 0, Part::required, Part::maybe},
    {Opcode::prepend, Opcode::prepend, 0, Part::required, Part::maybe},
    {Opcode::prependq, Opcode::prepend, 0, Part::required, Part::maybe},
    {Opcode::del, Opcode::del, 0, Part::required, Part::none},
    {Opcode::delq, Opcode::del, 0, Part::required, Part::none},
    {Opcode::increment, Opcode::increment, 20, Part::required, Part::none},
    {Opcode::incrementq, Opcode::increment, 20, Part::required, Part::none},
    {Opcode::decrement, Opcode::decrement, 20, Part::required, Part::none},
    {Opcode::decrementq, Opcode::decrement, 20, Part::required, Part::none},
    {Opcode::flush, Opcode::flush, 4, Part::none, Part::none},
    {Opcode::flushq, Opcode::flush, 4, Part::none, Part::none},
    {Opcode::noop, Opcode::noop, 0, Part::none, Part::none},
    {Opcode::version, Opcode::version, 0, Part::none, Part::none},
    {Opcode::quit, Opcode::quit, 0, Part::none, Part::none},
    {Opcode::quitq, Opcode::quit, 0, Part::none, Part::none},
}};
constexpr BinaryCommand stat_command{Opcode::stat, Opcode::stat, 0, Part::maybe, Part::none};

const BinaryCommand* find_command(std::uint8_t opcode)
{
    if (opcode == static_cast<std::uint8_t>(Opcode::stat)) return &stat_command;
    const auto* found = std::find_if(binary_commands.begin(), binary_commands.end(),
                                     [&](const BinaryCommand& known) {
                                         return static_cast<std::uint8_t>(known.opcode) == opcode;
                                     });
    return found == binary_commands.end() ? nullptr : found;
}

bool fits(Part part, std::size_t bytes)
{
    return part == Part::maybe || (bytes > 0) == (part == Part::required);
}

/// Whether a packet has the parts that its command has; a flush may come without a delay.
bool is_whole(const BinaryCommand& command, const RequestHeader& header)
{
    const bool extras = header.extras_bytes == command.extras_bytes ||
                        (command.command == Opcode::flush && header.extras_bytes == 0);
    return extras && fits(command.key, header.key_bytes) &&
           fits(command.value, header.value_bytes());
}

/// REQUIRES: there is a byte that has not been taken.
bool begins_packet(const BufferedStream& stream)
{
    return static_cast<std::uint8_t>(stream.unread().front()) == request_magic;
}

RequestHeader parse_header(const Bytes& bytes)
{
    RequestHeader header;
    header.opcode = bytes[1];
    header.key_bytes = load_big_u16(&bytes[2]);
    header.extras_bytes = bytes[4];  // behind it the data type and a partition, both unused
    header.body_bytes = load_big_u32(&bytes[8]);
    header.opaque = load_big_u32(&bytes[12]);
    header.cas = load_big_u64(&bytes[16]);
    return header;
}

std::optional<std::uint64_t> compared(const RequestHeader& header)
{
    return header.cas != 0 ? std::optional(header.cas) : std::nullopt;
}

Expiry expiry_at(const unsigned char* extras)
{
    return memcached_expiry(load_big_u32(extras));
}

Put::Mode mode_of(Opcode command)
{
    switch (command) {
        case Opcode::add: return Put::Mode::add;
        case Opcode::replace: return Put::Mode::replace;
        case Opcode::append: return Put::Mode::append;
        case Opcode::prepend: return Put::Mode::prepend;
        default: return Put::Mode::set;
    }
}

/// A set, add or replace that compares is a cas.
Put make_put(Opcode command, const RequestHeader& header, const unsigned char* extras)
{
    Put put;
    put.mode = mode_of(command);
    put.compare = compared(header);
    if (header.extras_bytes == 0) return put;
    if (put.compare) put.mode = Put::Mode::cas;
    put.flags = load_big_u32(extras);
    put.expiry = expiry_at(extras + 4);
    return put;
}

MetaArithmetic make_arithmetic(Opcode command, const RequestHeader& header,
                               const unsigned char* extras)
{
    constexpr std::uint32_t makes_none = UINT32_MAX;  // on a miss
    MetaArithmetic count{};
    count.delta = load_big_u64(extras);
    count.subtract = command == Opcode::decrement;
    count.compare = compared(header);
    count.initial = load_big_u64(extras + 8);
    if (load_big_u32(extras + 16) != makes_none) count.vivify = expiry_at(extras + 16);
    return count;
}

Operation make_delete(const RequestHeader& header)
{
    if (header.cas == 0) return Delete{};
    MetaDelete compared_delete{};
    compared_delete.compare = header.cas;
    return compared_delete;
}

/// What the same words ask for in text; nullopt: there is no such group.
std::optional<Operation> make_stats(std::string_view group)
{
    const std::string line = "stats " + std::string(group);
    Request in_text;
    parse_stats(CommandWords(line), in_text);
    const bool is_known = std::holds_alternative<Stats>(in_text.operation) ||
                          std::holds_alternative<Detail>(in_text.operation) ||
                          std::holds_alternative<ResetStats>(in_text.operation);
    if (!is_known) return std::nullopt;
    return std::move(in_text.operation);
}

}  // namespace

BinaryRequest* BinaryDialect::read_request(BufferedStream& stream)
{
    if (!stream.read_some()) return nullptr;
    request_ = BinaryRequest();
    if (!begins_packet(stream)) {  // out of step, and no length to be trusted
        request_.quiet = true;
        request_.closes = true;
        return &request_;
    }
    Bytes bytes;
    stream.read_exactly({reinterpret_cast<char*>(bytes.data()), bytes.size()});
    request_.header = parse_header(bytes);
    const RequestHeader& header = request_.header;
    const BinaryCommand* command = find_command(header.opcode);
    if (!header.fits()) {
        refuse(Status::unknown_command, true);
    } else if (header.key_bytes > max_key_bytes ||
               (command != nullptr && !is_whole(*command, header))) {
        refuse(Status::invalid, true);
    } else if (command == nullptr) {
        stream.skip(header.body_bytes);
        refuse(Status::unknown_command);
    } else {
        request_.command = command->command;
        request_.quiet = command->command != command->opcode;
        read_body(stream);
    }
    return &request_;
}

void BinaryDialect::refuse(Status status, bool closes)
{
    request_.operation = Reject{};
    request_.refusal = status;
    request_.closes = closes;
}

void BinaryDialect::read_body(BufferedStream& stream)
{
    const RequestHeader& header = request_.header;
    std::array<unsigned char, max_extras> extras{};
    stream.read_exactly({reinterpret_cast<char*>(extras.data()), header.extras_bytes});
    stream.read_exactly({key_room_.data(), header.key_bytes});
    const std::string_view key(key_room_.data(), header.key_bytes);
    if (!key.empty()) request_.key = store_.hashed(key);
    switch (request_.command) {
        case Opcode::get:
        case Opcode::getk: request_.operation = Get{}; return;
        case Opcode::touch:
        case Opcode::gat:
        case Opcode::gatk: request_.operation = GetAndTouch{expiry_at(extras.data())}; return;
        case Opcode::del: request_.operation = make_delete(header); return;
        case Opcode::increment:
        case Opcode::decrement:
            request_.operation = make_arithmetic(request_.command, header, extras.data());
            return;
        case Opcode::flush: request_.operation = Flush{expiry_at(extras.data())}; return;
        case Opcode::version: request_.operation = Version{}; return;
        case Opcode::noop: return;
        case Opcode::quit: request_.closes = true; return;
        case Opcode::stat: {
            auto stats = make_stats(key);
            if (!stats) return refuse(Status::not_found);
            request_.operation = std::move(*stats);
            return;
        }
        default: break;
    }
    request_.operation = make_put(request_.command, header, extras.data());
    read_value(stream);
}

/// Reads the value straight into an item.
void BinaryDialect::read_value(BufferedStream& stream)
{
    const std::uint32_t bytes = request_.header.value_bytes();
    auto& put = std::get<Put>(request_.operation);
    put.max_value_bytes = max_item_bytes_;
    const bool too_large = bytes > max_item_bytes_;
    if (!too_large) put.draft = store_.draft(request_.key, bytes);
    if (put.draft) return stream.read_exactly(put.draft->room());
    stream.skip(bytes);
    request_.operation = unstorable(put, too_large);
}

Reply execute(BinaryRequest& request, const Context& context)
{
    return execute(request.operation, request.key, context);
}

namespace {

/// Not inlined: its room on the stack is nothing for the threads of clients that speak text.
[[gnu::noinline]] Ended speak_binary(BufferedStream& stream, const EitherDialect& dialect,
                                     const Context& context, Observer* observer)
{
    BinaryDialect binary(dialect.store, dialect.max_item_bytes);
    return kv::converse(stream, binary, context, observer);
}

}  // namespace

namespace {

/// A client's time with us, as those see it who watch, and its own watching.
class Followed {
public:
    explicit Followed(const Context& context) : context_(context)
    {
        LogWatchers& watchers = context_.server.log_watchers();
        if (watchers.any(LogWatchers::connevents)) log_connection(watchers, context_.client);
    }
    Followed(const Followed&) = delete;
    Followed& operator=(const Followed&) = delete;

    ~Followed()
    {
        LogWatchers& watchers = context_.server.log_watchers();
        if (context_.client.activity().monitors) {
            const WithLock store(context_);
            watchers.remove(*store, context_.client.mailbox());
        }
        if (!watchers.any(LogWatchers::connevents)) return;
        try {
            log_connection(watchers, context_.client, broken_ ? "error" : "normal");
        } catch (const std::bad_alloc&) {  // one line less
        }
    }

    Ended ended(Ended by)
    {
        broken_ = false;
        return by;
    }

private:
    const Context& context_;
    bool broken_ = true;
};

}  // namespace

Ended converse(BufferedStream& stream, EitherDialect& dialect, const Context& context,
               Observer* observer)
{
    Followed followed(context);
    stream.begin_message();
    if (!stream.read_some()) return followed.ended(Ended::by_client);
    if (begins_packet(stream)) {
        return followed.ended(speak_binary(stream, dialect, context, observer));
    }
    Dialect text(dialect.store, dialect.max_item_bytes);
    return followed.ended(kv::converse(stream, text, context, observer));
}

}  // namespace kv::memcached
