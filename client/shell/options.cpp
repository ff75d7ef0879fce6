#include "client/shell/options.h"

#include "client/shell/manual.h"
#include "common/log.h"
#include "common/parse_number.h"
#include "common/version.h"

#include <fmt/format.h>
#include <boost/program_options.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <ostream>

namespace kv::shell {

namespace po = boost::program_options;

namespace {

// clang-format off
template <class T>
po::typed_value<T>* named(const char* name)
{
    return po::value<T>()->value_name(name);
}

po::options_description connection_options()
{
    po::options_description group("Connection");
    group.add_options()("timeout", named<double>("SECONDS")->default_value(5, "5"),
                        "for the connection, and for each reply; 0 = for ever")(
        "wait", named<double>("SECONDS"), "keep trying until the server answers")(
        "wire", "show every segment sent and received, as hex, on standard error");
    return group;
}

po::options_description command_options()
{
    po::options_description group("Commands");
    group.add_options()("stdin,x", "the last argument of the command comes from standard input")(
        "repeat,r", named<std::string>("N"), "run the command N times; 0 = until interrupted")(
        "interval,i", named<double>("SECONDS"), "time between repetitions or samples")(
        "yes,y", "do not ask before everything is removed")(
        "raw", "a value as its bytes and nothing else")("json", "one JSON document for each reply")(
        "csv", "comma-separated values")("pretty", "as on a terminal, also into a pipe");
    return group;
}

po::options_description looking_options()
{
    po::options_description group("Looking");
    group.add_options()("stat", "a line of rates, hits, memory and clients every second")(
        "latency", "how long the server takes to answer")("scan", "list keys")(
        "bigkeys", "find the largest values of each type")("monitor", "show what other clients do")(
        "pattern", named<std::string>("GLOB")->default_value("*"), "which keys: * ? [a-z]")(
        "type", named<std::string>("TYPE"), "of which type: string, list, hash, set, zset");
    return group;
}

po::options_description other_options()
{
    po::options_description group("Other");
    group.add_options()("help,h", "print this text")("version,V", "print the version");
    return group;
}
// clang-format on

}  // namespace

std::vector<po::options_description> option_groups()
{
    return {connection_options(), command_options(), looking_options(), other_options()};
}

namespace {

constexpr std::string_view default_uri = "memcache://127.0.0.1:11211";

/// All of them, and those that packaging uses.
po::options_description known_options()
{
    po::options_description all;
    for (const auto& group : option_groups()) all.add(group);
    all.add_options()("generate", po::value<std::string>());
    return all;
}

struct SplitArguments {
    std::vector<std::string> options;
    std::optional<std::string> uri;
    Command command;
};

/// Whether the option spelled by `word` ("--timeout", "-r") takes the next word as its value.
bool takes_next_word(const po::options_description& known, const std::string& word)
{
    const bool is_long = word.starts_with("--");
    if (is_long ? word.find('=') != std::string::npos : word.size() > 2) return false;
    const auto* option = known.find_nothrow(is_long ? word.substr(2) : word, false);
    return option != nullptr && option->semantic()->max_tokens() > 0;
}

SplitArguments split(const std::vector<std::string>& arguments,
                     const po::options_description& known)
{
    SplitArguments parts;
    for (auto word = arguments.begin(); word != arguments.end(); ++word) {
        if (*word == "--") {
            parts.command.assign(word + 1, arguments.end());
            break;
        }
        if (word->size() > 1 && word->front() == '-') {
            parts.options.push_back(*word);
            if (takes_next_word(known, *word) && word + 1 != arguments.end()) {
                parts.options.push_back(*++word);
            }
        } else if (word->find("://") != std::string::npos) {
            if (parts.uri) throw UsageError("more than one address");
            parts.uri = *word;
        } else {
            parts.command.assign(word, arguments.end());
            break;
        }
    }
    return parts;
}

po::variables_map parse(const SplitArguments& parts, const po::options_description& known)
{
    // Abbreviations would change their meaning with every option that is added.
    const int style =
        po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
    po::variables_map values;
    po::store(po::command_line_parser(parts.options).options(known).style(style).run(), values);
    po::notify(values);
    return values;
}

Uri server_uri(const std::optional<std::string>& given)
{
    const char* from_environment = std::getenv("KV_URL");
    const bool has_environment = from_environment != nullptr && *from_environment != '\0';
    const std::string text = given             ? *given
                             : has_environment ? std::string(from_environment)
                                               : std::string(default_uri);
    return uri_from(text);
}

double seconds_of(double seconds)
{
    constexpr double most = 1e9;
    if (!(seconds >= 0 && seconds <= most)) throw UsageError("a time is from 0 to 1e9 seconds");
    return seconds;
}

std::chrono::milliseconds milliseconds_of(double seconds)
{
    const auto count = static_cast<std::chrono::milliseconds::rep>(seconds_of(seconds) * 1000);
    // Less than we can count is not "for ever", which 0 would mean.
    return std::chrono::milliseconds(seconds > 0 && count == 0 ? 1 : count);
}

/// As text first: Program_options reads -1 as the largest number there is.
std::uint64_t count_of(const std::string& text)
{
    const auto count = parse_number<std::uint64_t>(text);
    if (!count) throw UsageError(fmt::format("'{}' is no number of times", escaped(text)));
    return *count;
}

/// The one of several options that exclude each other, if any is given.
template <class T>
std::optional<T> choice(const po::variables_map& values,
                        std::initializer_list<std::pair<const char*, T>> choices)
{
    std::optional<T> chosen;
    const char* chosen_name = nullptr;
    for (const auto& [name, value] : choices) {
        if (values.count(name) == 0) continue;
        if (chosen)
            throw UsageError(fmt::format("--{} and --{} exclude each other", chosen_name, name));
        chosen = value;
        chosen_name = name;
    }
    return chosen;
}

Options options_from(const po::variables_map& values, SplitArguments&& parts)
{
    Options options;
    options.uri = server_uri(parts.uri);
    options.command = std::move(parts.command);
    options.client.connect_timeout = milliseconds_of(values["timeout"].as<double>());
    options.client.reply_timeout = options.client.connect_timeout;
    if (values.count("wait") > 0) options.wait_seconds = seconds_of(values["wait"].as<double>());
    if (values.count("repeat") > 0) options.repeat = count_of(values["repeat"].as<std::string>());
    if (values.count("interval") > 0) {
        options.interval_seconds = seconds_of(values["interval"].as<double>());
    }
    options.value_from_stdin = values.count("stdin") > 0;
    options.wire = values.count("wire") > 0;
    options.yes = values.count("yes") > 0;
    options.format = choice<Format>(values, {{"raw", Format::raw},
                                             {"json", Format::json},
                                             {"csv", Format::csv},
                                             {"pretty", Format::pretty}});
    options.mode = choice<Mode>(values, {{"stat", Mode::stat},
                                         {"latency", Mode::latency},
                                         {"scan", Mode::scan},
                                         {"bigkeys", Mode::bigkeys},
                                         {"monitor", Mode::monitor}})
                       .value_or(Mode::commands);
    options.pattern = values["pattern"].as<std::string>();
    if (values.count("type") > 0) options.type = values["type"].as<std::string>();
    return options;
}

void check(const Options& options)
{
    if (options.mode != Mode::commands && !options.command.empty()) {
        throw UsageError(fmt::format("'{}': this option takes no command", options.command[0]));
    }
    if (options.value_from_stdin && options.command.empty()) {
        throw UsageError("-x needs a command");
    }
}

}  // namespace

Uri uri_from(const std::string& text)
{
    return parse_uri(text, text.starts_with("redis:") ? 6379 : 11211);
}

std::optional<Options> read_options(const std::vector<std::string>& arguments, std::ostream& out)
{
    const po::options_description known = known_options();
    SplitArguments parts = split(arguments, known);
    try {
        const po::variables_map values = parse(parts, known);
        if (values.count("help") > 0) {
            out << usage_text();
            return std::nullopt;
        }
        if (values.count("version") > 0) {
            out << "kvcli " << version << "\n";
            return std::nullopt;
        }
        if (values.count("generate") > 0) {
            out << generated(values["generate"].as<std::string>());
            return std::nullopt;
        }
        Options options = options_from(values, std::move(parts));
        check(options);
        return options;
    } catch (const po::error& error) {
        throw UsageError(error.what());
    } catch (const BadUri& error) {
        throw UsageError(error.what());
    }
}

}  // namespace kv::shell
