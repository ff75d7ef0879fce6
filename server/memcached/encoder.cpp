#include "server/memcached/encoder.h"

#include "common/append.h"
#include "common/decimal.h"

namespace kv::memcached {

namespace {

bool is_get(const Request& request)
{
    return std::holds_alternative<Get>(request.operation) ||
           std::holds_alternative<GetAndTouch>(request.operation);
}

std::string_view line_of(Outcome outcome)
{
    switch (outcome) {
        case Outcome::stored: return "STORED\r\n";
        case Outcome::not_stored: return "NOT_STORED\r\n";
        case Outcome::exists: return "EXISTS\r\n";
        case Outcome::not_found: return "NOT_FOUND\r\n";
        case Outcome::deleted: return "DELETED\r\n";
        case Outcome::touched: return "TOUCHED\r\n";
        case Outcome::ok: return "OK\r\n";
        case Outcome::not_a_number:
            return "CLIENT_ERROR cannot increment or decrement non-numeric value\r\n";
        case Outcome::too_large: return "SERVER_ERROR object too large for cache\r\n";
        case Outcome::out_of_memory: return "SERVER_ERROR out of memory storing object\r\n";
        case Outcome::not_allowed: return "ERROR: shutdown not enabled\r\n";
        case Outcome::reset: return "RESET\r\n";
        case Outcome::no_reply: break;
    }
    return {};
}

// VALUE <key> <flags> <bytes> [<cas unique>]\r\n<data block>\r\n
void write(BufferedStream& stream, const Request& request, const Found& found)
{
    constexpr std::size_t words = 100;  // all but the key
    const Item& item = *found.item;
    const auto head = [&](Append& append) {
        append.text("VALUE ");
        append.text(item.key());
        append.letter(' ');
        append.number(item.flags);
        append.letter(' ');
        append.number(item.value().size());
        if (request.with_cas) {
            append.letter(' ');
            append.number(found.cas);
        }
        append.line_end();
    };
    const std::size_t most = words + item.key().size();
    if (!request.is_last_key()) return append_value(stream, most, head, item.value());
    append_value(stream, most, head, item.value(), "\r\nEND\r\n");
}

void write(BufferedStream& stream, const Request& request, Outcome outcome)
{
    if (!is_get(request)) return stream.write(line_of(outcome));
    if (request.is_last_key()) stream.write("END\r\n");  // a get that misses has only this
}

void write(BufferedStream& stream, const Request&, const PutResult& result)
{
    stream.write(line_of(result.outcome));
}

/// Answers dumps, which have an encoder of their own.
void write(BufferedStream&, const Request&, const WalkStep&)
{
    throw UnwritableReply();
}

void write(BufferedStream& stream, const Request&, const PrefixLines& lines)
{
    stream.write(lines.text);
    stream.write("END\r\n");
}

/// Answers meta commands, which have an encoder of their own.
void write(BufferedStream&, const Request&, const ItemState&)
{
    throw UnwritableReply();
}

void write(BufferedStream& stream, const Request&, const Number& number)
{
    stream.write(Decimal(number.value).text());
    stream.write("\r\n");
}

void write(BufferedStream& stream, const Request&, const Refusal& refusal)
{
    stream.write(refusal.text);
    stream.write("\r\n");
}

void write(BufferedStream& stream, const Request&, const VersionText& version)
{
    stream.write("VERSION ");
    stream.write(version.text);
    stream.write("\r\n");
}

void write(BufferedStream& stream, const Request&, const Statistics& statistics)
{
    for (const auto& [name, value] : statistics.rows) {
        stream.write("STAT ");
        stream.write(name);
        stream.write(" ");
        stream.write(value);
        stream.write("\r\n");
    }
    stream.write("END\r\n");
}

}  // namespace

void write_reply(BufferedStream& stream, const Request& request, const Reply& reply)
{
    if (request.noreply) return;
    std::visit([&](const auto& outcome) { write(stream, request, outcome); }, reply);
}

}  // namespace kv::memcached
