#include "client/check/report.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <set>
#include <string>

namespace kv::check {

Style style_of_standard_output()
{
    const char* no_color = std::getenv("NO_COLOR");
    const bool refused = no_color != nullptr && *no_color != '\0';
    return Style(!refused && ::isatty(STDOUT_FILENO) == 1);
}

namespace {

constexpr std::size_t bytes_per_row = 16;
constexpr std::size_t columns_per_byte = 3;  // two digits and a blank
constexpr std::size_t offset_columns = 8;    // "%6d" and two blanks

std::string hex_of(std::string_view row)
{
    std::string hex;
    for (const char byte : row) hex += fmt::format("{:02x} ", static_cast<unsigned char>(byte));
    return hex;
}

std::string text_of(std::string_view row)
{
    std::string text;
    for (const char byte : row)
        text += std::isprint(static_cast<unsigned char>(byte)) != 0 ? byte : '.';
    return text;
}

/// "|name-----" across the columns of a part's bytes in this row; a part begun in an earlier row
/// has no bar, an empty part no mark.
std::string ruler_of(const Message& message, std::size_t from, std::size_t size)
{
    std::string ruler(size * columns_per_byte, ' ');
    std::size_t begin = 0;
    for (const auto& part : message.parts) {
        const std::size_t end = begin + part.length;
        const std::size_t first = std::max(begin, from);
        const std::size_t last = std::min(end, from + size);
        if (first < last) {
            const std::size_t columns = (last - first) * columns_per_byte - 1;
            std::string mark = begin >= from ? "|" + part.name : "";
            mark.resize(columns, '-');
            ruler.replace((first - from) * columns_per_byte, columns, mark);
        }
        begin = end;
    }
    ruler.erase(ruler.find_last_not_of(' ') + 1);
    return ruler;
}

/// The rows to show: the first ones, those around the mark, and the last.
bool is_shown(std::size_t row, std::size_t rows, const std::optional<Mark>& mark)
{
    constexpr std::size_t first_rows = 4;
    constexpr std::size_t rows_around = 1;
    constexpr std::size_t few_rows = 8;
    if (rows <= few_rows || row < first_rows || row + 1 == rows) return true;
    if (!mark) return false;
    const std::size_t marked = mark->position / bytes_per_row;
    return row + rows_around >= marked && row <= marked + rows_around;
}

std::string arrow_at(std::size_t column, std::string_view remark, const Style& style)
{
    const std::string blanks(offset_columns + column * columns_per_byte, ' ');
    return blanks + style.bad("^^ " + std::string(remark)) + "\n";
}

/// One row of bytes from `from`: hex and text, the ruler, and the arrow if it points into this row.
std::string draw_row(const Message& message, std::size_t from, const std::string& indent,
                     const Style& style, const std::optional<Mark>& mark)
{
    const std::string_view row = std::string_view(message.bytes).substr(from, bytes_per_row);
    const std::string ruler = ruler_of(message, from, row.size());
    std::string lines =
        fmt::format("{}{:>6}  {:<48}  {}\n{}{}{}\n", indent, from, hex_of(row), text_of(row),
                    indent, std::string(offset_columns, ' '), style.quiet(ruler));
    const bool is_last = from + row.size() == message.bytes.size();
    if (!mark || mark->position < from) return lines;
    if (mark->position < from + row.size() || is_last)
        lines +=
            indent + arrow_at(std::min(mark->position - from, row.size()), mark->remark, style);
    return lines;
}

}  // namespace

std::string draw(const Message& message, const std::string& indent, const Style& style,
                 std::optional<Mark> mark)
{
    const std::size_t size = message.bytes.size();
    if (size == 0) return indent + style.quiet("  (no bytes)") + "\n";
    const std::size_t rows = (size + bytes_per_row - 1) / bytes_per_row;
    std::string drawing;
    std::size_t hidden = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        if (!is_shown(row, rows, mark)) {
            hidden += bytes_per_row;
            continue;
        }
        if (hidden > 0) drawing += fmt::format("{}     ... {} bytes ...\n", indent, hidden);
        hidden = 0;
        drawing += draw_row(message, row * bytes_per_row, indent, style, mark);
    }
    return drawing;
}

namespace {

constexpr std::string_view margin = "      ";
// With more clients, only the one that failed is shown.
constexpr std::size_t max_clients_told = 4;
constexpr std::size_t max_events_told = 12;

std::size_t number_of_clients(const std::vector<Event>& events)
{
    std::set<std::string_view> names;
    for (const auto& event : events) names.insert(event.who);
    names.erase("");
    return names.size();
}

/// Of many clients, the events of the one that failed, and the remarks; of many events, the last.
std::vector<Event> told_events(const Result& result)
{
    std::vector<Event> told;
    const bool crowd = number_of_clients(result.events) > max_clients_told;
    for (const auto& event : result.events)
        if (!crowd || event.who.empty() || event.who == result.failure->who) told.push_back(event);
    if (told.size() > max_events_told)
        told.erase(told.begin(), told.end() - static_cast<std::ptrdiff_t>(max_events_told));
    return told;
}

std::string tell(const Event& event, const Style& style)
{
    const std::string indent(margin);
    if (event.who.empty()) return indent + event.action + "\n";
    std::string line = fmt::format("{}{} {}", indent, style.strong(event.who), event.action);
    if (event.times > 1) line += fmt::format(" ({} times)", event.times);
    if (event.message.bytes.empty()) return line + "\n";
    line += ":\n" + draw(event.message, indent, style);
    if (event.more_bytes > 0)
        line += fmt::format("{}     ... {} more bytes\n", indent, event.more_bytes);
    return line;
}

std::string_view remark_on_expected(const Failure& failure, std::size_t agreed)
{
    return agreed == failure.got.size() ? "missing from here on" : "first difference";
}

std::string_view remark_on_came(const Failure& failure, std::size_t agreed)
{
    if (agreed == failure.got.size()) return "nothing more came";
    return agreed == failure.expected->bytes.size() ? "too much" : "first difference";
}

std::string tell_difference(const Failure& failure, const Style& style)
{
    const std::string indent(margin);
    if (!failure.expected) {
        if (failure.got.empty()) return "";
        return indent + "came instead:\n" +
               draw(Message{}.add("unexpected", failure.got), indent, style);
    }
    const Message& expected = *failure.expected;
    const std::size_t agreed = first_difference(failure.got, expected.bytes);
    const Mark missing{agreed, remark_on_expected(failure, agreed)};
    const Mark wrong{agreed, remark_on_came(failure, agreed)};
    return indent + style.good("expected:") + "\n" + draw(expected, indent, style, missing) +
           indent + style.bad("came:") + "\n" +
           draw(cut_like(expected, failure.got), indent, style, wrong);
}

std::string tell_failure(const Result& result, const Style& style)
{
    const Failure& failure = *result.failure;
    std::string story = fmt::format("{}{}\n\n", margin, style.strong(failure.what()));
    for (const auto& event : told_events(result)) story += tell(event, style);
    story += tell_difference(failure, style) + "\n";
    if (result.server_is_gone)
        story += fmt::format(
            "{}{}\n", margin,
            style.bad("After this case the server answered no client: it has died, or it hangs."));
    for (const auto hint : result.hints) story += fmt::format("{}{}\n", margin, hint);
    if (result.hints.empty())
        story += fmt::format("{}What usually causes this: {}.\n", margin, result.played.cause);
    if (result.is_overlooked)
        story += fmt::format(
            "{}From here on this mistake is overlooked, so that it costs no more points.\n",
            margin);
    return story + "\n";
}

}  // namespace

std::string describe(const Result& result, const Style& style)
{
    const auto line = [&result](const std::string& mark, std::string_view remark) {
        return fmt::format("{}  {:<26}{}\n", mark, result.played.name, remark);
    };
    if (result.outcome == Outcome::not_tried)
        return line(style.quiet("--  "), fmt::format("not tried: {}", result.not_tried_because));
    if (result.outcome == Outcome::passed) return line(style.good("ok  "), result.played.purpose);
    if (!result.follows.empty())
        return line(style.bad("FAIL"), fmt::format("as {}: fix that first", result.follows));
    return line(style.bad("FAIL"), result.played.purpose) + tell_failure(result, style);
}

std::size_t count_passed(const std::vector<Result>& results)
{
    return static_cast<std::size_t>(
        std::count_if(results.begin(), results.end(),
                      [](const Result& r) { return r.outcome == Outcome::passed; }));
}

namespace {

/// The failures that are not consequences of others, in the order of the cases.
std::vector<const Result*> mistakes(const std::vector<Result>& results)
{
    std::vector<const Result*> found;
    for (const auto& result : results)
        if (result.outcome == Outcome::failed && result.follows.empty()) found.push_back(&result);
    return found;
}

std::string cause_of(const Result& result)
{
    std::string cause;
    for (const auto hint : result.hints) cause += (cause.empty() ? "" : " ") + std::string(hint);
    return cause.empty() ? fmt::format("most likely {}.", result.played.cause) : cause;
}

std::size_t count_followers(const std::vector<Result>& results, std::string_view name)
{
    return static_cast<std::size_t>(std::count_if(
        results.begin(), results.end(), [&](const Result& r) { return r.follows == name; }));
}

}  // namespace

std::string what_to_fix(const std::vector<Result>& results)
{
    std::string text;
    int number = 0;
    for (const Result* mistake : mistakes(results)) {
        const auto name = mistake->played.name;
        text += fmt::format("  {}. {} (stage {}): {}\n", ++number, name, mistake->played.stage,
                            cause_of(*mistake));
        const auto followers = count_followers(results, name);
        if (followers == 1) text += "     One more case fails because of it.\n";
        if (followers > 1)
            text += fmt::format("     {} more cases fail because of it.\n", followers);
    }
    return text.empty() ? "" : "\nWhat to fix, in this order:\n" + text;
}

std::string score(const std::vector<Result>& results)
{
    return fmt::format("{} of {}", count_passed(results), results.size());
}

namespace {

std::string in_hex(std::string_view bytes)
{
    std::string hex;
    for (const char byte : bytes) hex += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    return hex;
}

std::string_view name_of(Outcome outcome)
{
    if (outcome == Outcome::passed) return "passed";
    return outcome == Outcome::failed ? "failed" : "not tried";
}

nlohmann::ordered_json to_object(const Result& result)
{
    nlohmann::ordered_json object{{"name", result.played.name},
                                  {"stage", result.played.stage},
                                  {"purpose", result.played.purpose},
                                  {"outcome", name_of(result.outcome)},
                                  {"seconds", result.seconds}};
    if (!result.failure) return object;
    object["what"] = result.failure->what();
    object["server_is_gone"] = result.server_is_gone;
    object["cause"] = cause_of(result);
    object["follows"] = result.follows;
    object["got"] = in_hex(result.failure->got);
    if (result.failure->expected) object["expected"] = in_hex(result.failure->expected->bytes);
    return object;
}

}  // namespace

std::string to_json(const std::vector<Result>& results, const Target& target)
{
    nlohmann::ordered_json report{{"host", target.address.host},
                                  {"port", target.address.port},
                                  {"mode", name_of(target.wire.mode())},
                                  {"passed", count_passed(results)},
                                  {"of", results.size()},
                                  {"fix", nlohmann::ordered_json::array()},
                                  {"cases", nlohmann::ordered_json::array()}};
    for (const Result* mistake : mistakes(results))
        report["fix"].push_back({{"case", mistake->played.name}, {"cause", cause_of(*mistake)}});
    for (const auto& result : results) report["cases"].push_back(to_object(result));
    return report.dump(2) + "\n";
}

}  // namespace kv::check
