#include "server/command_line.h"

#include "common/address.h"
#include "common/letter_case.h"
#include "common/program_options.h"
#include "common/version.h"
#include "server/launch/start.h"
#include "server/net/scheme.h"
#include "server/store/item.h"
#include "server/zmq/front_end.h"

#include <fmt/format.h>
#include <boost/program_options.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>

namespace kv {

namespace {

namespace po = boost::program_options;

constexpr std::string_view prefix = "KVSERVER_";

/// KVSERVER_MAX_CLIENTS -> max-clients
std::string option_name(std::string_view variable)
{
    std::string name = in_small_letters(variable.substr(prefix.size()));
    std::replace(name.begin(), name.end(), '_', '-');
    return name;
}

/// An empty answer tells Program_options it is none of ours.
std::string option_of_variable(const std::string& variable, const po::options_description& known)
{
    if (!variable.starts_with(prefix)) return {};
    std::string name = option_name(variable);
    return known.find_nothrow(name, false) != nullptr ? name : std::string();
}

/// max-clients -> KVSERVER_MAX_CLIENTS
std::string variable_of_option(const std::string& option)
{
    std::string name = in_capitals(option);
    std::replace(name.begin(), name.end(), '-', '_');
    return std::string(prefix) + name;
}

// Kubernetes, for a Service named kvserver, and docker --link say in
// KVSERVER_PORT=tcp://ADDRESS:PORT, KVSERVER_SERVICE_HOST and others where such a service is, not
// where this one is to listen.

bool names_a_service(std::string_view value)
{
    return value.starts_with("tcp://") || value.starts_with("udp://");
}

bool is_of_a_service(std::string_view variable)
{
    constexpr std::array<std::string_view, 4> marks{"_SERVICE_", "_TCP", "_UDP", "_ENV_"};
    return variable == "KVSERVER_NAME" ||
           std::any_of(marks.begin(), marks.end(), [&](std::string_view mark) {
               return variable.find(mark) != std::string_view::npos;
           });
}

/// The option whose name begins most like this one; empty when none does at all.
std::string nearest_option(std::string_view name, const po::options_description& known)
{
    std::string nearest;
    std::ptrdiff_t most = 2;
    for (const auto& option : known.options()) {
        const std::string& candidate = option->long_name();
        const auto end =
            std::mismatch(name.begin(), name.end(), candidate.begin(), candidate.end()).first;
        if (end - name.begin() <= most) continue;
        most = end - name.begin();
        nearest = candidate;
    }
    return nearest;
}

/// A misspelt variable would go unnoticed.
void refuse_unknown_variables(const po::options_description& known)
{
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const std::string variable(text.substr(0, text.find('=')));
        if (!variable.starts_with(prefix) || is_of_a_service(variable)) continue;
        if (names_a_service(text.substr(std::min(variable.size() + 1, text.size())))) continue;
        const std::string name = option_name(variable);
        if (known.find_nothrow(name, false) != nullptr) continue;
        const std::string nearest = nearest_option(name, known);
        throw UsageError(fmt::format(
            "{}: there is no such option{}", variable,
            nearest.empty() ? "" : "; did you mean " + variable_of_option(nearest) + "?"));
    }
}

/// "file:3", the line of a configuration file that sets an option.
std::string place_in_file(const std::string& path, const std::string& option)
{
    std::ifstream file(path);
    std::string line;
    for (int number = 1; std::getline(file, line); ++number) {
        const std::size_t begin = std::min(line.find_first_not_of(" \t"), line.size());
        const std::string_view name =
            std::string_view(line).substr(begin, line.find_first_of(" \t=", begin) - begin);
        if (name == option) return fmt::format("{}:{}", path, number);
    }
    return path;
}

/// Stores what `parse` finds. What is wrong with an option is said with its place, which is not the
/// command line.
template <class Parse, class Place>
void store_from(Place place_of, Parse parse, po::variables_map& values)
{
    try {
        po::store(parse(), values);
    } catch (const po::error_with_option_name& error) {
        std::string option = error.get_option_name();
        option.erase(0, std::min(option.find_first_not_of('-'), option.size()));
        throw UsageError(fmt::format("{}: {}", place_of(option), error.what()));
    }
}

void read_environment(const po::options_description& known, po::variables_map& values)
{
    refuse_unknown_variables(known);
    const auto parse = [&] {
        auto parsed = po::parse_environment(
            known, [&](const std::string& name) { return option_of_variable(name, known); });
        std::erase_if(parsed.options, [](const po::option& option) {
            return !option.value.empty() && names_a_service(option.value.front());
        });
        return parsed;
    };
    store_from(variable_of_option, parse, values);
}

void read_file(const std::string& path, const po::options_description& known,
               po::variables_map& values)
{
    std::ifstream file(path);
    if (!file) throw po::error("cannot read --config " + path);
    const auto place_of = [&](const std::string& option) { return place_in_file(path, option); };
    store_from(
        place_of, [&] { return po::parse_config_file(file, known); }, values);
}

po::variables_map read_options(int argc, const char* const* argv,
                               const po::options_description& known)
{
    po::variables_map values;
    const po::positional_options_description no_words;
    po::store(po::command_line_parser(argc, argv).options(known).positional(no_words).run(),
              values);
    read_environment(known, values);
    if (values.count("config") != 0) read_file(values["config"].as<std::string>(), known, values);
    po::notify(values);
    return values;
}

Uri listener_uri(const std::string& text)
{
    Uri uri = parse_uri(text);
    if (find_scheme(uri.scheme) == nullptr && (uri.is_inherited() || !zeromq::speaks(uri))) {
        throw UsageError(
            fmt::format("--listen {}: this server does not speak {}", text, uri.scheme));
    }
    return uri;
}

std::vector<Uri> default_listeners(const std::string& host, DefaultPorts ports)
{
    std::vector<Uri> uris;
    for (const auto& [descriptor, name] : inherited_sockets()) {
        uris.push_back({find_scheme(name) ? name : "memcache", {}, 0, {}, descriptor});
    }
    if (!uris.empty()) return uris;
    return {{"memcache", host, ports.memcache, {}}, {"redis", host, ports.redis, {}}};
}

std::vector<Uri> listeners(const po::variables_map& values, DefaultPorts default_ports)
{
    const auto host = values["host"].as<std::string>();
    if (values.count("listen") + values.count("port") + values.count("redis-port") == 0) {
        return default_listeners(host, default_ports);
    }
    std::vector<Uri> uris;
    if (values.count("listen") != 0) {
        for (const auto& text : values["listen"].as<std::vector<std::string>>()) {
            uris.push_back(listener_uri(text));
        }
    }
    const auto add = [&](const char* option, const char* scheme) {
        if (values.count(option) == 0) return;
        const auto port = values[option].as<Port>();
        if (port.number) uris.push_back({scheme, host, *port.number, {}});
    };
    add("port", "memcache");
    add("redis-port", "redis");
    if (uris.empty()) throw UsageError("every listener is off: nothing would be served");
    return uris;
}

/// An address that cannot be found out is for the listener to complain about.
bool other_machines_reach(const Uri& uri)
{
    try {
        return !is_local(resolve(uri).front());
    } catch (const boost::system::system_error&) {
        return false;
    }
}

void read_teaching_options(const boost::program_options::variables_map& values, Options& options)
{
    options.trace = values["trace"].as<bool>();
    options.virtual_clock = values["virtual-clock"].as<bool>();
    if (options.virtual_clock && options.allow_remote) {
        throw UsageError("--virtual-clock is for tests on this machine, not with --allow-remote");
    }
    options.impairment = {values["max-read"].as<Size>().bytes, values["max-write"].as<Size>().bytes,
                          values["delay"].as<Milliseconds>().time,
                          values["reset-after"].as<Size>().bytes};
    if (!options.impairment.any()) return;
    for (const Uri& uri : options.listen) {
        if (!other_machines_reach(uri)) continue;
        throw UsageError(
            fmt::format("--max-read, --max-write, --delay and --reset-after are for lessons: they "
                        "do not go together with {}, which other machines reach",
                        to_string(uri)));
    }
}

LogLevel log_level(const po::variables_map& values)
{
    return values["verbose"].as<bool>() ? LogLevel::debug : values["log-level"].as<LogLevel>();
}

LaunchOptions launch_options(const po::variables_map& values)
{
    LaunchOptions options;
    options.announce = values["announce"].as<std::string>();
    options.ready_fd = values["ready-fd"].as<Descriptor>().number;
    options.exit_with_parent = values["exit-with-parent"].as<bool>();
    options.exit_on_eof = values["exit-on-eof"].as<bool>();
    options.max_lifetime = values["max-lifetime"].as<Seconds>().time;
    options.exit_when_idle = values["exit-when-idle"].as<Seconds>().time;
    options.log_level = log_level(values);
    return options;
}

Options options_from(const po::variables_map& values, DefaultPorts ports)
{
    Options options;
    options.listen = listeners(values, ports);
    options.allow_remote = values["allow-remote"].as<bool>();
    options.allow_shutdown = values["allow-shutdown"].as<bool>();
    options.max_clients = values["max-clients"].as<Count>().number;
    options.memory_limit = values["memory-limit"].as<Size>().bytes;
    options.when_full = values["when-full"].as<WhenFull>();
    options.max_item_size = values["max-item-size"].as<Size>().bytes;
    options.idle_timeout = values["idle-timeout"].as<Seconds>().time;
    options.request_timeout = values["request-timeout"].as<Seconds>().time;
    options.busy_poll = values["busy-poll"].as<Microseconds>().time;
    options.drain_timeout = values["drain-timeout"].as<Seconds>().time;
    options.log_level = log_level(values);
    read_teaching_options(values, options);
    if (options.max_item_size == 0) throw UsageError("--max-item-size 0 would store nothing");
    if (options.max_item_size > max_value_bytes) throw UsageError("--max-item-size is at most 1g");
    return options;
}

}  // namespace

std::optional<CommandLine> parse_command_line(int argc, const char* const* argv, DefaultPorts ports)
{
    const po::options_description known = describe_options();
    try {
        const po::variables_map values = read_options(argc, argv, known);
        if (values.count("help") != 0) {
            std::cout << usage_introduction << known << usage_conclusion;
        } else if (values.count("version") != 0) {
            std::cout << "kvserver " << version << '\n';
        } else {
            return CommandLine{options_from(values, ports), launch_options(values)};
        }
        return std::nullopt;
    } catch (const po::error& error) {
        throw UsageError(error.what());
    } catch (const BadUri& error) {
        throw UsageError(error.what());
    }
}

}  // namespace kv
