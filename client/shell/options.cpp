#include "client/shell/options.h"

#include "client/shell/manual.h"
#include "common/program_options.h"
#include "common/version.h"
#include "common/words.h"

#include <fmt/format.h>
#include <boost/program_options.hpp>

#include <algorithm>
#include <cctype>
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
                        "limit for connecting and for each reply; 0 = no limit")(
        "wait", named<double>("SECONDS"), "keep trying until the server answers")(
        "wire", "show all bytes sent and received, in hex, on standard error");
    return group;
}

po::options_description command_options()
{
    po::options_description group("Commands");
    group.add_options()("stdin,x", "read the last argument of the command from standard input")(
        "repeat,r", named<std::string>("N"), "run the command N times; 0 = until interrupted")(
        "interval,i", named<double>("SECONDS"), "time between repetitions or samples")(
        "yes,y", "remove everything without asking")(
        "raw", "print a value as its bytes and nothing else")("json", "print one JSON document per reply")(
        "csv", "print comma-separated values")("pretty", "print as on a terminal, even to a pipe");
    return group;
}

po::options_description looking_options()
{
    po::options_description group("Inspection");
    group.add_options()("stat", "show rates, hits, memory and clients, a line every second")(
        "latency", "measure how long the server takes to answer")("scan", "list keys")(
        "bigkeys", "find the largest values of each type, and what they take")("monitor", "show what other clients do")(
        "pattern", named<std::string>("GLOB")->default_value("*"), "which keys: * ? [a-z]")(
        "type", named<std::string>("TYPE"), "their type: string, list, hash, set, zset");
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

/// All options, including those for packaging.
po::options_description known_options()
{
    po::options_description all;
    for (const auto& group : option_groups()) all.add(group);
    all.add_options()("generate", po::value<std::string>());
    return all;
}

struct SplitArguments {
    std::vector<std::string> options;
    std::optional<std::string> address;
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

/// An option of redis-cli or memcached's tools, and its equivalent here.
struct Habit {
    std::string_view option;
    std::string_view here;
};
constexpr Habit habits[] = {
    {"-p", ""},
    {"-n", ""},
    {"-a", ""},
    {"-u", ""},
    {"-s", ""},
    {"--host", ""},
    {"--port", ""},
    {"--user", ""},
    {"--pass", ""},
    {"--no-raw", "say --pretty"},
    {"--no-auth-warning", "there is no such warning"},
    {"--pipe", "say load"},
    {"--memkeys", "say --bigkeys"},
    {"--hotkeys", "say --bigkeys"},
    {"--keystats", "say --bigkeys"},
    {"--latency-history", "say --latency"},
    {"--latency-dist", "say --latency"},
    {"-3", "say HELLO 3 first"},
    {"-e", "an error always sets the exit status"},
};

/// The URI equivalent to options such as "-h HOST -p PORT -n DB".
std::string address_in(const std::vector<std::string>& arguments)
{
    std::string host = "127.0.0.1";
    std::string port = "6379";
    std::string login;
    std::string rest;
    for (std::size_t i = 0; i + 1 < arguments.size(); ++i) {
        const std::string& option = arguments[i];
        const std::string& value = arguments[i + 1];
        if (option == "-u") return value;
        if (option == "-s") return "redis+unix://" + value;
        if (option == "-h" || option == "--host") host = value;
        if (option == "-p" || option == "--port") port = value;
        if (option == "-n") rest = "/" + value;
        if (option == "-a" || option == "--pass") login = ":PASSWORD@";
    }
    return fmt::format("{}://{}{}:{}{}", port == "11211" ? "memcache" : "redis", login, host, port,
                       rest);
}

/// Throws UsageError for an option of redis-cli, naming the equivalent. `-h` alone is --help.
void refuse_habit(const std::vector<std::string>& arguments, std::size_t place)
{
    const std::string& option = arguments[place];
    const bool names_host =
        option == "-h" && place + 1 < arguments.size() && !arguments[place + 1].starts_with('-');
    const auto* habit = std::find_if(std::begin(habits), std::end(habits),
                                     [&](const Habit& each) { return each.option == option; });
    if (!names_host && habit == std::end(habits)) return;
    if (names_host || habit->here.empty()) {
        throw UsageError(fmt::format("'{}': a server is named by a URI here: kvcli {}", option,
                                     harmless_line(address_in(arguments))));
    }
    throw UsageError(fmt::format("'{}': {}", option, habit->here));
}

/// "127.0.0.1 11211", as telnet and nc have it: no server has such a command.
void refuse_host(const std::vector<std::string>& arguments, std::size_t place)
{
    const std::string& word = arguments[place];
    const bool is_numeric = word.find('.') != std::string::npos &&
                            word.find_first_not_of("0123456789.") == std::string::npos;
    if (!is_numeric && word != "localhost") return;
    const bool has_port =
        place + 1 < arguments.size() && parse_number<std::uint16_t>(arguments[place + 1]);
    const std::string port = has_port ? arguments[place + 1] : "11211";
    const bool is_redis = port == "6379" || port == "31337";
    throw UsageError(fmt::format("'{}': a server is named by a URI here: kvcli {}://{}:{}", word,
                                 is_redis ? "redis" : "memcache", word, port));
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
            refuse_habit(arguments, static_cast<std::size_t>(word - arguments.begin()));
            parts.options.push_back(*word);
            if (takes_next_word(known, *word) && word + 1 != arguments.end()) {
                parts.options.push_back(*++word);
            }
        } else if (word->find("://") != std::string::npos ||
                   (!parts.address && is_host_and_port(*word))) {
            if (parts.address) throw UsageError("more than one address");
            parts.address = *word;
        } else {
            if (!parts.address)
                refuse_host(arguments, static_cast<std::size_t>(word - arguments.begin()));
            parts.command.assign(word, arguments.end());
            break;
        }
    }
    return parts;
}

po::variables_map parse(const SplitArguments& parts, const po::options_description& known)
{
    // No abbreviations: a new option could change their meaning.
    const int style =
        po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
    po::variables_map values;
    po::store(po::command_line_parser(parts.options).options(known).style(style).run(), values);
    po::notify(values);
    return values;
}

std::string variable(const char* name)
{
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : value;
}

/// A missing password comes from $KV_PASSWORD or, if a user is named, from the terminal.
Address server_address(const std::optional<std::string>& given)
{
    const std::string from_environment = variable("KV_URL");
    Address address = address_from(given                       ? *given
                                   : !from_environment.empty() ? from_environment
                                                               : std::string(default_uri));
    if (!address.password.empty()) return address;
    address.password = variable("KV_PASSWORD");
    address.password_is_optional = address.user.empty();
    if (!address.password.empty() || address.user.empty()) return address;
    const auto answer = ask_for_password(
        fmt::format("password of {} on {}: ", harmless_line(address.user), to_string(address.uri)));
    if (!answer)
        throw UsageError("the address names a user, but neither it nor KV_PASSWORD a password");
    address.password = *answer;
    return address;
}

double seconds_of(double seconds)
{
    constexpr double most = 1e9;
    if (!(seconds >= 0 && seconds <= most))
        throw UsageError("a time must be from 0 to 1e9 seconds");
    return seconds;
}

std::chrono::milliseconds milliseconds_of(double seconds)
{
    const auto count = static_cast<std::chrono::milliseconds::rep>(seconds_of(seconds) * 1000);
    // Round up, since 0 would mean no limit.
    return std::chrono::milliseconds(seconds > 0 && count == 0 ? 1 : count);
}

/// Read as text, because Program_options turns -1 into the largest number.
std::uint64_t count_of(const std::string& text)
{
    const auto count = parse_number<std::uint64_t>(text);
    if (!count) throw UsageError(fmt::format("'{}' is not a number of times", harmless_line(text)));
    return *count;
}

/// The given one of mutually exclusive options, if any.
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
    options.server = server_address(parts.address);
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
        throw UsageError(explained(error, known));
    } catch (const BadUri& error) {
        throw UsageError(error.what());
    }
}

}  // namespace kv::shell
