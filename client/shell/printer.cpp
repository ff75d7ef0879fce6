#include "client/shell/printer.h"

#include "client/shell/json.h"
#include "client/shell/paint.h"
#include "client/shell/terminal_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace kv::shell {

using resp::Type;
using resp::Value;

namespace {

/// A map whose keys are names of the protocol's or the server's rather than data: `stats`.
bool is_table(const Value& value)
{
    return value.type == Type::map && !value.elements.empty() &&
           value.elements[0].type == Type::simple;
}

std::string_view empty_text(Type type)
{
    switch (type) {
        case Type::map: return "(empty hash)";
        case Type::set: return "(empty set)";
        default: return "(empty array)";
    }
}

class Pretty {
public:
    explicit Pretty(bool colored) : paint_(colored) {}

    /// `value` as lines; all but the first begin with `indent` blanks.
    std::string text(const Value& value, std::size_t indent) const
    {
        if (is_table(value)) return table(value, indent);
        if (!value.elements.empty()) return list(value, indent);
        return scalar(value) + "\n";
    }

private:
    std::string scalar(const Value& value) const
    {
        std::string shown = printable(value.text);
        switch (value.type) {
            case Type::simple: return shown;
            case Type::bulk: return paint_.value(printable_quoted(value.text));
            case Type::verbatim:
                return harmless(
                    std::string_view(value.text)
                        .substr(std::min<std::size_t>(4, value.text.size())));  // behind "txt:"
            case Type::integer: return paint_.number("(integer) " + shown);
            case Type::real: return paint_.number("(double) " + shown);
            case Type::big_number: return paint_.number(shown);
            case Type::boolean: return paint_.number(value.text == "t" ? "(true)" : "(false)");
            case Type::null: return paint_.dim("(nil)");
            case Type::error:
            case Type::bulk_error: return paint_.error("(error) " + shown);
            default: return paint_.dim(empty_text(value.type));
        }
    }

    std::string table(const Value& map, std::size_t indent) const
    {
        std::size_t width = 0;
        for (std::size_t i = 0; i < map.elements.size(); i += 2) {
            width = std::max(width, columns_of(printable(map.elements[i].text)));
        }
        std::string result;
        for (std::size_t i = 0; i + 1 < map.elements.size(); i += 2) {
            const std::string name = printable(map.elements[i].text);
            if (i > 0) result.append(indent, ' ');
            result += paint_.name(name) + std::string(width - columns_of(name) + 2, ' ');
            result += text(map.elements[i + 1], indent + width + 2);
        }
        return result;
    }

    /// As redis-cli: "1) ", in a map "1# key => ", in a set "1~ ", numbers right-aligned.
    std::string list(const Value& value, std::size_t indent) const
    {
        const bool is_map = value.type == Type::map;
        const char mark = is_map ? '#' : value.type == Type::set ? '~' : ')';
        const std::size_t step = is_map ? 2 : 1;
        const std::size_t count = value.elements.size() / step;
        const std::size_t width = std::to_string(count).size();
        std::string result;
        for (std::size_t i = 0; i < count; ++i) {
            if (i > 0) result.append(indent, ' ');
            result += paint_.dim(fmt::format("{:>{}}{} ", i + 1, width, mark));
            std::size_t inner = indent + width + 2;
            if (is_map) {
                std::string key = text(value.elements[2 * i], inner);
                key.pop_back();
                result += key + paint_.dim(" => ");
                inner += columns_of(printable_quoted(value.elements[2 * i].text)) + 4;
            }
            result += text(value.elements[step * i + step - 1], inner);
        }
        return result;
    }

    Paint paint_;
};

std::string plain(const Value& value)
{
    std::string lines;
    if (is_table(value)) {
        for (std::size_t i = 0; i + 1 < value.elements.size(); i += 2) {
            lines += value.elements[i].text + "\t" + value.elements[i + 1].text + "\n";
        }
        return lines;
    }
    if (value.elements.empty()) return value.text + "\n";
    for (const Value& element : value.elements) lines += plain(element);
    return lines;
}

bool is_aggregate(Type type)
{
    return type == Type::array || type == Type::map || type == Type::set || type == Type::push;
}

std::string csv_field(const Value& value)
{
    if (value.type == Type::null) return {};
    if (value.type == Type::integer || value.type == Type::real) return value.text;
    std::string field = "\"";
    for (const char c : value.text) {
        if (c == '"') field += '"';
        field += c;
    }
    return field += '"';
}

void append_fields(std::vector<std::string>& fields, const Value& value)
{
    for (const Value& element : value.elements) append_fields(fields, element);
    if (!is_aggregate(value.type)) fields.push_back(csv_field(value));
}

/// A field of nothing, first or last, still counts: so commas stand between, whatever the fields.
std::string csv_record(const std::vector<std::string>& fields)
{
    return fmt::format("{}\r\n", fmt::join(fields, ","));
}

std::string csv(const Value& value)
{
    if (value.type != Type::map) {
        std::vector<std::string> fields;
        append_fields(fields, value);
        return csv_record(fields);
    }
    std::string records;
    for (std::size_t i = 0; i + 1 < value.elements.size(); i += 2) {
        std::vector<std::string> fields{csv_field(value.elements[i])};
        append_fields(fields, value.elements[i + 1]);
        records += csv_record(fields);
    }
    return records;
}

}  // namespace

std::string formatted(const Value& reply, Format format, bool colored)
{
    if (reply.type == Type::simple && reply.text.empty()) return {};
    switch (format) {
        case Format::pretty: return Pretty(colored).text(reply, 0);
        case Format::json: return to_json(reply) + "\n";
        case Format::csv: return csv(reply);
        case Format::raw:
            if (!is_aggregate(reply.type)) return reply.text;
            break;
        case Format::plain: break;
    }
    const bool has_nothing =
        reply.type == Type::null || (is_aggregate(reply.type) && reply.elements.empty());
    return has_nothing ? std::string() : plain(reply);
}

}  // namespace kv::shell
