#include "client/shell/printer.h"

#include "common/log.h"
#include "common/quoting.h"

#include <fmt/format.h>

namespace kv::shell {

using resp::Type;
using resp::Value;

namespace {

std::string pretty(const Value& value, std::string_view indent)
{
    std::string text;
    switch (value.type) {
        case Type::bulk:
        case Type::verbatim: return quoted(value.text) + "\n";
        case Type::null: return "(nil)\n";
        case Type::integer: return fmt::format("(integer) {}\n", escaped(value.text));
        case Type::error:
        case Type::bulk_error: return fmt::format("(error) {}\n", escaped(value.text, SIZE_MAX));
        case Type::map:
            for (std::size_t i = 0; i + 1 < value.elements.size(); i += 2) {
                if (i > 0) text += indent;
                text += fmt::format("{}: {}", escaped(value.elements[i].text),
                                    pretty(value.elements[i + 1], indent));
            }
            return text;
        case Type::array:
            for (const Value& element : value.elements) text += pretty(element, indent);
            return text.empty() ? "(empty)\n" : text;
        default: return escaped(value.text, SIZE_MAX) + "\n";
    }
}

std::string plain(const Value& value)
{
    if (value.elements.empty()) return value.text.empty() ? "" : value.text + "\n";
    std::string text;
    for (const Value& element : value.elements) text += plain(element);
    return text;
}

}  // namespace

std::string formatted(const Value& reply, Format format)
{
    if (reply.type == Type::simple && reply.text.empty()) return {};
    if (format == Format::raw && reply.elements.empty()) return reply.text;
    return format == Format::pretty ? pretty(reply, "") : plain(reply);
}

}  // namespace kv::shell
