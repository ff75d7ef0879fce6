#include "server/simple/dialect.h"

#include "common/words.h"

namespace kv::simple {

namespace {

std::size_t line_limit(std::string_view start)
{
    return begins_tls(start) ? 0 : 2048;
}

Request reject(std::string_view text, bool closes = false)
{
    return {Reject{text}, closes};
}

}  // namespace

std::optional<Request> Dialect::read_request(BufferedStream& stream)
{
    try {
        const auto line = stream.read_line(line_limit);
        if (!line) return std::nullopt;
        const auto words = split_words<4>(*line);
        if (words.count == 0) return Request{NoOp{}};
        if (words[0] == "get" && words.count == 2) return Request{Get{words[1]}};
        if (words[0] == "set" && words.count == 3) return read_set(stream, words[1], words[2]);
        return reject("ERROR", is_foreign(*line));
    } catch (const LineTooLong&) {
        return reject("CLIENT_ERROR line too long", true);
    }
}

/// An unusable length leaves it unknown where the next request begins, so we close.
Request Dialect::read_set(BufferedStream& stream, std::string_view key, std::string_view length)
{
    const auto bytes = parse_number<std::uint64_t>(length);
    if (!bytes || *bytes > max_item_bytes_) return reject("CLIENT_ERROR bad data chunk", true);
    auto draft = drafts_.draft(drafts_.hashed(key), *bytes);
    if (!draft) {
        stream.skip(*bytes);
        return reject("SERVER_ERROR out of memory storing object");
    }
    stream.read_exactly(draft->room());
    return {Put{std::move(*draft)}};
}

void Dialect::write_reply(BufferedStream& stream, const Request&, const Reply& reply)
{
    if (const auto* found = std::get_if<Found>(&reply)) return stream.write(found->item->value());
    if (std::holds_alternative<NotFound>(reply)) return stream.write("None");
    if (std::holds_alternative<Stored>(reply)) return stream.write("STORED\r\n");
    if (std::holds_alternative<OutOfMemory>(reply)) {
        return stream.write("SERVER_ERROR out of memory storing object\r\n");
    }
    if (const auto* refusal = std::get_if<Refusal>(&reply)) {
        stream.write(refusal->text);
        return stream.write("\r\n");
    }
    if (!std::holds_alternative<NoReply>(reply)) throw UnwritableReply();
}

}  // namespace kv::simple
