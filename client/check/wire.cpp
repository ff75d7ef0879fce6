#include "client/check/wire.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace kv::check {

Message cut_like(const Message& model, std::string_view bytes)
{
    Message message;
    for (const auto& part : model.parts) {
        if (bytes.empty()) return message;
        message.add(part.name, bytes.substr(0, part.length));
        bytes.remove_prefix(std::min(part.length, bytes.size()));
    }
    if (!bytes.empty()) message.add("too much", bytes);
    return message;
}

Message slice(const Message& message, std::size_t from, std::size_t to)
{
    Message piece;
    std::size_t begin = 0;
    for (const auto& part : message.parts) {
        const std::size_t first = std::max(begin, from);
        const std::size_t last = std::min(begin + part.length, to);
        if (first < last)
            piece.add(begin < from ? ".." + part.name : part.name,
                      std::string_view(message.bytes).substr(first, last - first));
        begin += part.length;
    }
    return piece;
}

std::size_t first_difference(std::string_view a, std::string_view b)
{
    const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    return static_cast<std::size_t>(in_a - a.begin());
}

namespace {

struct NamedMode {
    Mode mode;
    std::string_view name;
};

constexpr std::array modes{NamedMode{Mode::memcache, "memcache"},
                           NamedMode{Mode::tutorial, "tutorial"},
                           NamedMode{Mode::unframed, "unframed"}, NamedMode{Mode::resp, "resp"}};

}  // namespace

std::optional<Mode> mode_named(std::string_view name)
{
    for (const auto& entry : modes)
        if (entry.name == name) return entry.mode;
    return std::nullopt;
}

std::string_view name_of(Mode mode)
{
    for (const auto& entry : modes)
        if (entry.mode == mode) return entry.name;
    return "?";
}

namespace {

std::string bulk_string(std::string_view bytes)
{
    return "$" + std::to_string(bytes.size()) + "\r\n" + std::string(bytes) + "\r\n";
}

std::string upper(std::string_view word)
{
    std::string text(word);
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
    return text;
}

}  // namespace

Message Wire::command(const std::vector<std::string_view>& words) const
{
    std::string bytes;
    if (mode_ == Mode::resp) {
        bytes = "*" + std::to_string(words.size()) + "\r\n" + bulk_string(upper(words.front()));
        for (std::size_t i = 1; i < words.size(); ++i) bytes += bulk_string(words[i]);
        return Message{}.add("array", bytes);
    }
    for (const auto word : words) bytes += (bytes.empty() ? "" : " ") + std::string(word);
    return Message{}.add("command line", bytes + "\r\n");
}

Message Wire::get(std::string_view key) const
{
    return command({"get", key});
}

Message Wire::set_line(std::string_view key, std::string_view length) const
{
    if (mode_ == Mode::resp)
        return Message{}.add("array, key, length", "*3\r\n$3\r\nSET\r\n" + bulk_string(key) + "$" +
                                                       std::string(length) + "\r\n");
    if (mode_ == Mode::memcache) return command({"set", key, "0 0", length});
    return command({"set", key, length});
}

Message Wire::set(std::string_view key, std::string_view value) const
{
    Message request = set_line(key, std::to_string(value.size()));
    request.add("value", value);
    if (mode_ == Mode::memcache || mode_ == Mode::resp || allows(wants_crlf))
        request.add("CRLF", "\r\n");
    return request;
}

Message Wire::reply(const Message& message) const
{
    Message spelled;
    std::string_view rest = message.bytes;
    for (const auto& part : message.parts) {
        std::string piece(rest.substr(0, part.length));
        rest.remove_prefix(part.length);
        if (allows(bare_newlines) && part.name != "value") std::erase(piece, '\r');
        spelled.add(part.name, piece);
    }
    if (allows(nul_after_reply)) spelled.add("NUL", std::string_view("\0", 1));
    return spelled;
}

Message Wire::stored() const
{
    return reply(Message{}.add("reply line", mode_ == Mode::resp ? ":1\r\n" : "STORED\r\n"));
}

Message Wire::hit(std::string_view key, std::string_view value) const
{
    const std::string length = std::to_string(value.size());
    Message message;
    if (mode_ == Mode::unframed) {
        message.add("value", value);
        if (allows(crlf_after_reply)) message.add("CRLF", "\r\n");
        return reply(message);
    }
    if (mode_ == Mode::resp)
        return reply(
            message.add("length", "$" + length + "\r\n").add("value", value).add("CRLF", "\r\n"));
    message.add("VALUE line",
                "VALUE " + std::string(key) + (allows(no_flags) ? " " : " 0 ") + length + "\r\n");
    message.add("value", value);
    if (!allows(no_crlf_after_value)) message.add("CRLF", "\r\n");
    if (!allows(no_end)) message.add("END line", "END\r\n");
    return reply(message);
}

Message Wire::miss() const
{
    if (mode_ == Mode::resp) return reply(Message{}.add("null", "$-1\r\n"));
    if (mode_ == Mode::unframed) return reply(Message{}.add("nothing there", "None"));
    return reply(Message{}.add("END line", "END\r\n"));
}

bool Wire::is_error(std::string_view line) const
{
    if (!line.ends_with('\n')) return false;
    if (mode_ == Mode::resp) return line.starts_with('-');
    return line.starts_with("ERROR") || line.starts_with("CLIENT_ERROR") ||
           line.starts_with("SERVER_ERROR");
}

}  // namespace kv::check
