// kvcheck: a grader for anyone's key-value server.
//
//   options -> cases of the mode -> runner (one Stage, some Clients per case) -> report and score

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <iostream>
#include <random>

#include "client/check/case.h"
#include "client/check/options.h"
#include "client/check/report.h"
#include "client/check/runner.h"

namespace kv::check {

namespace {

constexpr int full_marks = 0;
constexpr int some_failed = 1;
constexpr int cannot_connect = 3;
constexpr int usage = 5;

std::vector<Case> chosen_cases(const Options& options)
{
    std::vector<Case> all = cases_for(options.mode);
    if (options.only.empty()) return all;
    std::vector<Case> chosen;
    for (const auto& name : options.only) {
        const auto found = std::find_if(all.begin(), all.end(),
                                        [&](const Case& entry) { return entry.name == name; });
        if (found == all.end())
            throw UsageError(fmt::format("no case named {} in mode {} (see --list)", name,
                                         name_of(options.mode)));
        chosen.push_back(*found);
    }
    return chosen;
}

/// Six digits: short enough to read in a drawing, enough to keep the keys of two runs apart.
std::string random_tag()
{
    return fmt::format("{:06x}", std::random_device{}() & 0xffffffU);
}

int grade(const Options& options)
{
    const Target target{options.address, Wire(options.mode), options.timeout, random_tag()};
    const std::vector<Case> cases = chosen_cases(options);
    try {
        const DeadlineSocket probe(target.address, target.limit);
    } catch (const std::exception& error) {
        fmt::print(stderr, "kvcheck: {} port {}: {}\n", target.address.host, target.address.port,
                   error.what());
        return cannot_connect;
    }
    const Style style = style_of_standard_output();
    const auto results = play(cases, target, [&](const Result& result) {
        if (options.json) return;
        fmt::print("{}", describe(result, style));
        std::fflush(stdout);  // a hanging server should show after which case
    });
    if (options.json)
        fmt::print("{}", to_json(results, target));
    else
        fmt::print("{}\n", score(results));
    return count_passed(results) == results.size() ? full_marks : some_failed;
}

int run(const Options& options)
{
    if (options.help) {
        fmt::print("{}", help_text());
    } else if (options.version) {
        fmt::print("kvcheck {}\n", KV_VERSION);
    } else if (options.list) {
        for (const auto& entry : chosen_cases(options))
            fmt::print("{:<26}{}\n", entry.name, entry.purpose);
    } else {
        return grade(options);
    }
    return full_marks;
}

int run(int argc, const char* const* argv)
{
    try {
        return run(parse_options(argc, argv));
    } catch (const UsageError& error) {
        std::cerr << "kvcheck: " << error.what() << '\n';
        return usage;
    } catch (const std::exception& error) {
        std::cerr << "kvcheck: " << error.what() << '\n';
        return some_failed;
    }
}

}  // namespace

}  // namespace kv::check

int main(int argc, char** argv)
{
    return kv::check::run(argc, argv);
}
