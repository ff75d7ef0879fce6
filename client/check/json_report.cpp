// json_report.cpp: the report for a program that grades many servers.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "client/check/report.h"

namespace kv::check {

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
