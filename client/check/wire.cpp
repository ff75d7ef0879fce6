#include "client/check/wire.h"

#include <algorithm>
#include <array>
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
                           NamedMode{Mode::unframed, "unframed"}};

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

Message Wire::get(std::string_view key) const
{
    return Message{}.add("command line", "get " + std::string(key) + "\r\n");
}

Message Wire::set_line(std::string_view key, std::string_view length) const
{
    const std::string flags_and_exptime = mode_ == Mode::memcache ? " 0 0 " : " ";
    return Message{}.add("command line", "set " + std::string(key) + flags_and_exptime +
                                             std::string(length) + "\r\n");
}

Message Wire::set(std::string_view key, std::string_view value) const
{
    Message request = set_line(key, std::to_string(value.size()));
    request.add("value", value);
    if (mode_ == Mode::memcache) request.add("CRLF", "\r\n");
    return request;
}

Message Wire::stored() const
{
    return Message{}.add("reply line", "STORED\r\n");
}

Message Wire::hit(std::string_view key, std::string_view value) const
{
    if (mode_ == Mode::unframed) return Message{}.add("value", value);
    const std::string length = std::to_string(value.size());
    return Message{}
        .add("VALUE line", "VALUE " + std::string(key) + " 0 " + length + "\r\n")
        .add("value", value)
        .add("CRLF", "\r\n")
        .add("END line", "END\r\n");
}

Message Wire::miss() const
{
    if (mode_ == Mode::unframed) return Message{}.add("nothing there", "None");
    return Message{}.add("END line", "END\r\n");
}

}  // namespace kv::check
