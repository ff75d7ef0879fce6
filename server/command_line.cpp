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

#include <algorithm>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>

namespace kv {

namespace {

namespace po = boost::program_options;

/// KVSERVER_MAX_CLIENTS -> max-clients; an empty answer tells Program_options it is none of ours.
std::string option_of_variable(const std::string& variable, const po::options_description& known)
{
    constexpr std::string_view prefix = "KVSERVER_";
    if (!variable.starts_with(prefix)) return {};
    std::string name = variable.substr(prefix.size());
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char letter) { return letter == '_' ? '-' : small_letter(letter); });
    return known.find_nothrow(name, false) != nullptr ? name : std::string();
}

po::variables_map read_options(int argc, const char* const* argv,
                               const po::options_description& known)
{
    po::variables_map values;
    const po::positional_options_description no_words;
    po::store(po::command_line_parser(argc, argv).options(known).positional(no_words).run(),
              values);
    po::store(po::parse_environment(
                  known, [&](const std::string& name) { return option_of_variable(name, known); }),
              values);
    if (values.count("config") != 0) {
        const auto path = values["config"].as<std::string>();
        std::ifstream file(path);
        if (!file) throw po::error("cannot read --config " + path);
        po::store(po::parse_config_file(file, known), values);
    }
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
