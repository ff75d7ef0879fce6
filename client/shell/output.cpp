#include "client/shell/output.h"

#include "client/shell/terminal.h"
#include "common/log.h"
#include "common/words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <poll.h>
#include <sodium/utils.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>

namespace kv::shell {

using Json = nlohmann::ordered_json;
using resp::Type;
using resp::Value;

namespace {

/// A verbatim string begins with its format, "txt:".
std::string_view text_of(const Value& value)
{
    const std::string_view text = value.text;
    return value.type == Type::verbatim ? text.substr(std::min<std::size_t>(4, text.size())) : text;
}

bool is_utf8(const std::string& bytes)
{
    try {
        (void)Json(bytes).dump();
        return true;
    } catch (const Json::type_error&) {
        return false;
    }
}

Json text_value(const std::string& bytes)
{
    return is_utf8(bytes) ? Json(bytes) : Json{{"base64", base64(bytes)}};
}

/// A number unchanged; one that does not fit 64 bits as a string of its digits.
Json number_value(const std::string& digits)
{
    if (const auto number = parse_number<std::int64_t>(digits)) return *number;
    if (const auto number = parse_number<std::uint64_t>(digits)) return *number;
    return digits;
}

Json real_value(const std::string& text)
{
    Json number = Json::parse(text, nullptr, false);
    return number.is_number() ? number : Json(text);
}

Json json_of(const Value& value);

/// Statistics are text in the protocol, but numbers in JSON.
Json member_value(const Value& value)
{
    const auto number = parse_number<std::uint64_t>(value.text);
    const bool is_statistic =
        value.type == Type::simple && number && std::to_string(*number) == value.text;
    return is_statistic ? Json(*number) : json_of(value);
}

Json json_of(const Value& value)
{
    switch (value.type) {
        case Type::null: return nullptr;
        case Type::boolean: return value.text == "t";
        case Type::integer:
        case Type::big_number: return number_value(value.text);
        case Type::real: return real_value(value.text);
        case Type::error:
        case Type::bulk_error: return {{"error", text_value(value.text)}};
        case Type::verbatim: return text_value(std::string(text_of(value)));
        case Type::simple:
        case Type::bulk: return text_value(value.text);
        default: break;
    }
    if (value.type != Type::map) {
        Json array = Json::array();
        for (const Value& element : value.elements) array.push_back(json_of(element));
        return array;
    }
    Json object = Json::object();
    for (std::size_t i = 0; i + 1 < value.elements.size(); i += 2) {
        const std::string& key = value.elements[i].text;
        object[is_utf8(key) ? key : escaped(key, key.size())] = member_value(value.elements[i + 1]);
    }
    return object;
}

}  // namespace

std::string base64(std::string_view bytes)
{
    std::string text(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    ::sodium_bin2base64(text.data(), text.size(),
                        reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                        sodium_base64_VARIANT_ORIGINAL);
    text.pop_back();  // the zero byte of a C string
    return text;
}

std::string to_json(const Value& value)
{
    return json_of(value).dump();
}

namespace {

/// Whether a map's keys are names of the protocol or server rather than data: `stats`.
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

/// A verbatim string, whose lines end as on the wire.
std::string lines_of(std::string_view text)
{
    std::string result;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find("\r\n"), text.size());
        result += harmless(text.substr(0, end));
        if (end < text.size()) result += '\n';
        text.remove_prefix(std::min(end + 2, text.size()));
    }
    return result;
}

class Pretty {
public:
    explicit Pretty(bool colored) : paint_(colored) {}

    /// `value` as lines; all but the first are indented by `indent`.
    std::string text(const Value& value, std::size_t indent) const
    {
        if (is_table(value)) return table(value, indent);
        if (!value.elements.empty()) return list(value, indent);
        std::string shown = scalar(value);
        const bool ends_itself = shown.empty() || shown.ends_with('\n');
        if (value.type != Type::verbatim || !ends_itself) shown += '\n';
        return shown;
    }

private:
    std::string scalar(const Value& value) const
    {
        std::string shown = harmless_line(value.text);
        switch (value.type) {
            case Type::simple: return shown;
            case Type::bulk: return paint_.value(printable_quoted(value.text));
            case Type::verbatim: return lines_of(text_of(value));
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
            width = std::max(width, columns_of(harmless_line(map.elements[i].text)));
        }
        std::string result;
        for (std::size_t i = 0; i + 1 < map.elements.size(); i += 2) {
            const std::string name = harmless_line(map.elements[i].text);
            if (i > 0) result.append(indent, ' ');
            result += paint_.name(name) + std::string(width - columns_of(name) + 2, ' ');
            result += text(map.elements[i + 1], indent + width + 2);
        }
        return result;
    }

    /// Like redis-cli: "1) ", in a map "1# key => ", in a set "1~ ", numbers right-aligned.
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
    if (value.elements.empty()) {
        const std::string_view text = text_of(value);
        const bool ends_itself = value.type == Type::verbatim && text.ends_with('\n');
        return std::string(text) + (ends_itself ? "" : "\n");
    }
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
    for (const char c : text_of(value)) {
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

/// Commas between all fields, empty ones included.
std::string csv_record(const std::vector<std::string>& fields)
{
    return fmt::format("{}\n", fmt::join(fields, ","));
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
            if (!is_aggregate(reply.type)) return std::string(text_of(reply));
            break;
        case Format::plain: break;
    }
    const bool has_nothing =
        reply.type == Type::null || (is_aggregate(reply.type) && reply.elements.empty());
    return has_nothing ? std::string() : plain(reply);
}

namespace {

/// $PAGER, or less: -F does not page short text, -R passes colours, -X keeps the text on the
/// screen.
std::string pager_command()
{
    const char* pager = std::getenv("PAGER");
    return pager == nullptr ? "less -FRX" : pager;
}

/// false: there is no pager.
bool page(const std::string& text)
{
    const std::string command = pager_command();
    if (command.empty()) return false;
    std::cout << std::flush;
    const auto close = [](std::FILE* pipe) { ::pclose(pipe); };
    const std::unique_ptr<std::FILE, decltype(close)> pipe(::popen(command.c_str(), "we"), close);
    if (!pipe) return false;
    // Leaving the pager early breaks the pipe: the rest is not wanted.
    std::fwrite(text.data(), 1, text.size(), pipe.get());
    return true;
}

}  // namespace

bool reader_is_gone()
{
    pollfd output{STDOUT_FILENO, 0, 0};
    return ::poll(&output, 1, 0) == 1 && (output.revents & (POLLERR | POLLHUP)) != 0;
}

void check_output()
{
    if (!std::cout) throw OutputLost("cannot write to standard output");
}

Output::Output(std::optional<Format> format)
    : format_(format),
      is_terminal_(::isatty(STDOUT_FILENO) == 1),
      paint_(wants_color(STDOUT_FILENO))
{
}

Format Output::format() const
{
    return format_.value_or(is_terminal_ ? Format::pretty : Format::plain);
}

void Output::reply(const resp::Value& reply) const
{
    if (reply.type == resp::Type::error || reply.type == resp::Type::bulk_error) {
        const Paint red(wants_color(STDERR_FILENO));
        std::cerr << red.error("(error) " + harmless_line(reply.text)) << "\n";
        return;
    }
    std::string shown = formatted(reply, format(), paint_.is_on());
    if (is_terminal_ && format() != Format::pretty) {
        shown = reply.type == Type::verbatim ? lines_of(shown) : harmless(shown);
    }
    if (is_prompted_ && is_terminal_ && !shown.empty() && shown.back() != '\n') shown += '\n';
    text(shown);
}

void Output::text(const std::string& text) const
{
    const ScreenSize screen = screen_size();  // the height of some terminals is unknown
    const bool pages = is_paging_ && screen.lines > 0 && has_escapes(STDOUT_FILENO) &&
                       rows_of(text, screen.columns) >= screen.lines;
    if (pages && page(text)) return;
    std::cout << text << std::flush;
    check_output();
}

void Output::complain(std::string_view what) const
{
    std::cerr << "kvcli: " << what << "\n";
}

}  // namespace kv::shell
