// kvcheck: a grader for key-value servers.
//
//   options -> cases of the mode -> play (one Fixture, some Clients per case) -> report and score

#include "client/check/case.h"
#include "client/check/report.h"
#include "common/program_options.h"
#include "common/uri.h"
#include "common/words.h"

#include <fmt/format.h>
#include <boost/program_options.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <iostream>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace kv::check {

namespace {

namespace po = boost::program_options;

constexpr int full_marks = 0;
constexpr int some_failed = 1;
constexpr int cannot_connect = 3;
constexpr int usage = 5;

struct Options {
    Mode mode = Mode::memcache;
    Milliseconds timeout{2000};
    std::vector<std::string> only;  ///< empty: all cases of the mode
    std::optional<int> stage;       ///< the last one to run; unset: all
    bool until_first_failure = false;
    bool explain = false;
    bool list = false;
    bool json = false;
    bool help = false;
    bool version = false;
    bool manual_page = false;
    Address address;  ///< unset with those that only print
};

struct UsageError : std::runtime_error {
    using runtime_error::runtime_error;
};

po::options_description visible_options()
{
    po::options_description options("Options");
    auto add = options.add_options();
    add("mode", po::value<std::string>()->value_name("MODE")->default_value("memcache"),
        "the server's protocol:\n"
        "memcache: set key flags exptime len CRLF bytes CRLF, framed replies\n"
        "tutorial: set key len CRLF bytes, framed replies\n"
        "unframed: set key len CRLF bytes, get answers the value's bytes alone, or None\n"
        "resp: GET SET DELETE FLUSH MGET MSET as RESP arrays");
    add("stage", po::value<int>()->value_name("N"), "run the cases of stages 1 to N, of 8");
    add("explain", "print what to build in stage N, with a hint; without --stage, all stages");
    add("until-first-failure", "stop at the first case that fails");
    add("timeout", po::value<double>()->value_name("SECONDS")->default_value(2),
        "how long a single wait may take");
    add("only", po::value<std::vector<std::string>>()->value_name("NAME"),
        "run only this case; may be repeated");
    add("list", "list the cases of the mode and their purposes");
    add("json", "print the report as JSON");
    add("version", "print the version");
    add("help,h", "print this help");
    return options;
}

po::variables_map read_words(int argc, const char* const* argv)
{
    po::options_description all;
    all.add(visible_options())
        .add_options()("address", po::value<std::vector<std::string>>())(
            "generate", po::value<std::string>(), "what packaging uses");
    po::positional_options_description positions;
    positions.add("address", -1);
    po::variables_map words;
    try {
        po::store(po::command_line_parser(argc, argv).options(all).positional(positions).run(),
                  words);
    } catch (const po::error& error) {
        throw UsageError(error.what());
    }
    return words;
}

Milliseconds timeout_from(double seconds)
{
    constexpr double max_seconds = 3600;
    if (!(seconds >= 0.001 && seconds <= max_seconds))
        throw UsageError("--timeout must be between 0.001 and 3600 seconds");
    return Milliseconds(static_cast<Milliseconds::rep>(seconds * 1000));
}

int stage_from(int stage)
{
    if (stage < 1 || stage > stages)
        throw UsageError(fmt::format("--stage must be between 1 and {}", stages));
    return stage;
}

Address address_in_uri(const std::string& text)
{
    try {
        const bool has_scheme = text.find("://") != std::string::npos;
        const Uri uri = parse_uri(has_scheme ? text : "memcache://" + text);
        if (uri.host.empty() || uri.port == 0)
            throw UsageError(fmt::format("no host and port to connect to: {}", text));
        return {uri.host, uri.port};
    } catch (const BadUri& bad) {
        throw UsageError(bad.what());
    }
}

/// HOST PORT as two words, HOST:PORT, or a URI, whose scheme is ignored.
Address address_from(const po::variables_map& words)
{
    if (words.count("address") == 0) throw UsageError("HOST and PORT are missing");
    const auto& texts = words["address"].as<std::vector<std::string>>();
    if (texts.size() == 1) return address_in_uri(texts[0]);
    if (texts.size() != 2) throw UsageError("exactly one HOST and one PORT are needed");
    const auto port = parse_number<std::uint16_t>(texts[1]);
    if (!port || *port == 0) throw UsageError(fmt::format("not a port: {}", texts[1]));
    return {texts[0], *port};
}

/// Throws UsageError, whose text names the wrong word.
Options parse_options(int argc, const char* const* argv)
{
    const po::variables_map words = read_words(argc, argv);
    Options options;
    const auto mode = mode_named(words["mode"].as<std::string>());
    if (!mode) throw UsageError("--mode is memcache, tutorial, unframed or resp");
    options.mode = *mode;
    options.timeout = timeout_from(words["timeout"].as<double>());
    if (words.count("only") != 0) options.only = words["only"].as<std::vector<std::string>>();
    if (words.count("stage") != 0) options.stage = stage_from(words["stage"].as<int>());
    options.until_first_failure = words.count("until-first-failure") != 0;
    options.explain = words.count("explain") != 0;
    options.list = words.count("list") != 0;
    options.json = words.count("json") != 0;
    options.version = words.count("version") != 0;
    options.help = words.count("help") != 0;
    options.manual_page = words.count("generate") != 0;
    if (options.manual_page && words["generate"].as<std::string>() != "man")
        throw UsageError("--generate makes man");
    const bool only_prints =
        options.list || options.explain || options.version || options.help || options.manual_page;
    if (!only_prints) options.address = address_from(words);
    return options;
}

constexpr std::string_view introduction =
    "Usage: kvcheck [OPTIONS] HOST PORT | HOST:PORT | URI\n\n"
    "Grades a key-value server that you have written. It runs careful and hostile clients\n"
    "against it, shows the bytes of each mistake, says what to fix first, and prints a score.\n"
    "A mistake counts once: cases that fail because of an earlier one say so.\n\n"
    "To build a server step by step:\n\n"
    "  kvcheck --mode tutorial --stage 1 --explain\n"
    "  kvcheck --mode tutorial --stage 1 127.0.0.1 PORT\n\n";

constexpr std::string_view conclusion =
    "\nExit status: 0 full marks, 1 some case failed, 3 cannot connect, 5 usage.\n";

std::vector<Case> chosen_cases(const Options& options)
{
    std::vector<Case> all = cases_for(options.mode, options.stage.value_or(stages));
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

/// Six digits: short enough to read in a diagram, long enough to keep the keys of two runs apart.
std::string random_tag()
{
    return fmt::format("{:06x}", std::random_device{}() & 0xffffffU);
}

std::string what_comes_next(const Options& options)
{
    if (!options.stage || *options.stage == stages) return {};
    return fmt::format("\nStage {} is done. Next: kvcheck --mode {} --stage {} --explain\n",
                       *options.stage, name_of(options.mode), *options.stage + 1);
}

/// Prints one stage, or all of stages.md, and the names of the cases that grade it.
void explain(const Options& options)
{
    const auto all = cases_for(options.mode);
    for (int stage = options.stage.value_or(1); stage <= options.stage.value_or(stages); ++stage) {
        fmt::print("{}\nGraded by:\n\n", page_of_stage(stage));
        for (const auto& entry : all)
            if (entry.stage == stage) fmt::print("  {:<26}{}\n", entry.name, entry.purpose);
        fmt::print("\n");
    }
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
    int stage = 0;
    const auto tell = [&](const Result& result) {
        if (options.json) return;
        if (result.played.stage != stage && options.only.empty())
            fmt::print("{}\n", style.strong(title_of_stage(result.played.stage)));
        stage = result.played.stage;
        fmt::print("{}", describe(result, style));
        std::fflush(stdout);  // so that one sees which case a server hangs in
    };
    const auto results = play(cases, target, options.until_first_failure, tell);
    const bool all_passed = count_passed(results) == results.size();
    if (options.json)
        fmt::print("{}", to_json(results, target));
    else
        fmt::print("{}{}{}\n", what_to_fix(results), all_passed ? what_comes_next(options) : "",
                   score(results));
    return all_passed ? full_marks : some_failed;
}

int run(const Options& options)
{
    if (options.help) {
        std::cout << introduction << visible_options() << conclusion;
    } else if (options.manual_page) {
        std::cout << roff_page({"kvcheck",
                                "grade a key-value server that you have written",
                                introduction,
                                {visible_options()},
                                conclusion});
    } else if (options.version) {
        fmt::print("kvcheck {}\n", KV_VERSION);
    } else if (options.explain) {
        explain(options);
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
