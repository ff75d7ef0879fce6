#include "client/check/report.h"

#include "client/check/drawing.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace kv::check {

namespace {

constexpr std::string_view margin = "      ";
// More clients than this would drown the one that noticed.
constexpr std::size_t max_clients_told = 4;
constexpr std::size_t max_events_told = 12;

std::size_t number_of_clients(const std::vector<Event>& events)
{
    std::set<std::string_view> names;
    for (const auto& event : events) names.insert(event.who);
    names.erase("");
    return names.size();
}

/// In a crowd only the deeds of the client that noticed, and the remarks; of a long story the end.
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
    if (event.who.empty()) return indent + event.deed + "\n";
    std::string line = fmt::format("{}{} {}", indent, style.strong(event.who), event.deed);
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
            style.bad("After this case the server answered nobody: it has died, or it hangs."));
    if (failure.expected)
        if (const auto hint = diagnose(failure.expected->bytes, failure.got))
            story += fmt::format("{}{}\n", margin, *hint);
    return story + fmt::format("{}What usually causes this: {}.\n\n", margin, result.played.cause);
}

}  // namespace

std::string describe(const Result& result, const Style& style)
{
    std::string mark = style.good("ok  ");
    if (result.outcome == Outcome::failed) mark = style.bad("FAIL");
    if (result.outcome == Outcome::not_tried) mark = style.quiet("--  ");
    const std::string_view remark = result.outcome == Outcome::not_tried
                                        ? "not tried: the server is gone"
                                        : result.played.purpose;
    std::string text = fmt::format("{}  {:<26}{}\n", mark, result.played.name, remark);
    if (result.outcome == Outcome::failed) text += tell_failure(result, style);
    return text;
}

std::size_t count_passed(const std::vector<Result>& results)
{
    return static_cast<std::size_t>(
        std::count_if(results.begin(), results.end(),
                      [](const Result& r) { return r.outcome == Outcome::passed; }));
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
                                  {"purpose", result.played.purpose},
                                  {"outcome", name_of(result.outcome)},
                                  {"seconds", result.seconds}};
    if (!result.failure) return object;
    object["what"] = result.failure->what();
    object["server_is_gone"] = result.server_is_gone;
    object["cause"] = result.played.cause;
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
                                  {"cases", nlohmann::ordered_json::array()}};
    for (const auto& result : results) report["cases"].push_back(to_object(result));
    return report.dump(2) + "\n";
}

}  // namespace kv::check
