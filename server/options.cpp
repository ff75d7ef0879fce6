#include "server/options.h"

#include "common/parse_number.h"
#include "common/version.h"
#include "server/net/scheme.h"
#include "server/store/item.h"

#include <fmt/format.h>
#include <boost/program_options.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <iostream>

namespace kv {

namespace {

namespace po = boost::program_options;

// The types of values that Program_options does not know: it reads them with operator>>.

struct Size {
    std::uint64_t bytes = 0;
};

std::istream& operator>>(std::istream& in, Size& size)
{
    std::string text;
    in >> text;
    const auto bytes = parse_size(text);
    if (bytes) size.bytes = *bytes;
    if (!bytes) in.setstate(std::ios::failbit);
    return in;
}

struct Seconds {
    std::chrono::milliseconds time{0};
};

std::istream& operator>>(std::istream& in, Seconds& seconds)
{
    std::string text;
    in >> text;
    const auto number = parse_number<std::uint32_t>(text);
    if (number) seconds.time = std::chrono::seconds(*number);
    if (!number) in.setstate(std::ios::failbit);
    return in;
}

/// A port, or "off".
struct Port {
    std::optional<std::uint16_t> number;
};

std::istream& operator>>(std::istream& in, Port& port)
{
    std::string text;
    in >> text;
    port.number = parse_number<std::uint16_t>(text);
    if (!port.number && text != "off") in.setstate(std::ios::failbit);
    return in;
}

struct Level {
    LogLevel level = LogLevel::info;
};

std::istream& operator>>(std::istream& in, Level& level)
{
    constexpr std::array<std::string_view, 5> names{"debug", "info", "warning", "error", "off"};
    std::string text;
    in >> text;
    const auto* found = std::find(names.begin(), names.end(), text);
    if (found == names.end()) {
        in.setstate(std::ios::failbit);
    } else {
        level.level = static_cast<LogLevel>(found - names.begin());
    }
    return in;
}

// clang-format off
po::options_description describe_listening()
{
    po::options_description listening("Where it listens");
    listening.add_options()
        ("listen", po::value<std::vector<std::string>>()->value_name("URI"),
            "memcache://HOST:PORT, simple://HOST:PORT, or SCHEME+unix:///PATH; may be repeated; "
            "port 0 takes any free port (default: memcache://127.0.0.1:11211)")
        ("port", po::value<Port>()->value_name("N"),
            "a memcache listener on --host; 0: any free port; off: none")
        ("host", po::value<std::string>()->value_name("ADDR")->default_value("127.0.0.1"),
            "the address for --port")
        ("allow-remote", po::bool_switch(),
            "permit an address that other machines reach; there is no password")
        ("max-clients", po::value<std::size_t>()->value_name("N")->default_value(1024),
            "connections served at once; one more is told so and closed");
    return listening;
}

po::options_description describe_storing()
{
    po::options_description storing("What it keeps");
    storing.add_options()
        ("memory-limit", po::value<Size>()->value_name("SIZE")->default_value({1 << 30}, "1g"),
            "for keys, values and their bookkeeping, as in 64m or 2g; 0: no limit")
        ("when-full", po::value<std::string>()->value_name("refuse")->default_value("refuse"),
            "refuse: a write is answered with an error, and nothing stored is lost")
        ("max-item-size", po::value<Size>()->value_name("SIZE")->default_value({1 << 20}, "1m"),
            "the largest value, up to 1g");
    return storing;
}

po::options_description describe_running()
{
    po::options_description running("How it runs");
    running.add_options()
        ("idle-timeout", po::value<Seconds>()->value_name("SECONDS")->default_value({}, "0"),
            "close a client that sends nothing for so long; 0: never")
        ("request-timeout", po::value<Seconds>()->value_name("SECONDS")
                                ->default_value({std::chrono::seconds(30)}, "30"),
            "a request once begun must arrive whole, and a reply must leave; 0: no limit")
        ("drain-timeout", po::value<Seconds>()->value_name("SECONDS")
                              ->default_value({std::chrono::seconds(5)}, "5"),
            "how long a stop waits for requests in flight")
        ("allow-shutdown", po::bool_switch(), "a client's shutdown command may stop the server")
        ("log-level", po::value<Level>()->value_name("LEVEL")->default_value({}, "info"),
            "debug, info, warning, error or off; to stderr")
        ("verbose,v", po::bool_switch(), "the same as --log-level debug")
        ("config", po::value<std::string>()->value_name("FILE"),
            "read options from lines such as max-clients = 100");
    return running;
}
// clang-format on

constexpr std::string_view introduction =
    "Usage: kvserver [OPTIONS]\n\n"
    "A key-value server: one thread per client, everything in memory. It prints a line\n"
    "\"ready URI\" for each listener, and serves until SIGINT or SIGTERM.\n\n";

constexpr std::string_view conclusion =
    "\nEvery option may also stand in the environment (KVSERVER_MAX_CLIENTS=100) or in the\n"
    "--config file; the command line wins, then the environment.\n"
    "Exit status: 0 stopped by a signal, 1 cannot serve, 2 wrong usage.\n";

/// KVSERVER_MAX_CLIENTS -> max-clients; an empty answer tells Program_options it is none of ours.
std::string option_of_variable(const std::string& variable, const po::options_description& known)
{
    constexpr std::string_view prefix = "KVSERVER_";
    if (!variable.starts_with(prefix)) return {};
    std::string name = variable.substr(prefix.size());
    std::transform(name.begin(), name.end(), name.begin(), [](char letter) {
        return letter == '_' ? '-'
                             : static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    });
    return known.find_nothrow(name, false) != nullptr ? name : std::string();
}

/// Stores what the three places say. The first to name an option wins, so the command line goes
/// first.
po::variables_map read_all(int argc, const char* const* argv, const po::options_description& known)
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
        if (!file) throw UsageError(fmt::format("cannot read --config {}", path));
        po::store(po::parse_config_file(file, known), values);
    }
    po::notify(values);
    return values;
}

Uri listener_uri(const std::string& text)
{
    const Uri uri = parse_uri(text);
    if (find_scheme(uri.scheme) == nullptr) {
        throw UsageError(
            fmt::format("--listen {}: this server does not speak {}", text, uri.scheme));
    }
    return uri;
}

/// Exactly what is named; the default only when nothing is.
std::vector<Uri> listeners(const po::variables_map& values)
{
    std::vector<Uri> uris;
    if (values.count("listen") != 0) {
        for (const auto& text : values["listen"].as<std::vector<std::string>>()) {
            uris.push_back(listener_uri(text));
        }
    }
    const bool default_port = values.count("listen") == 0 && values.count("port") == 0;
    const Port port = values.count("port") != 0 ? values["port"].as<Port>() : Port{11211};
    if (port.number && (default_port || values.count("port") != 0)) {
        uris.push_back({"memcache", values["host"].as<std::string>(), *port.number, {}});
    }
    if (uris.empty()) throw UsageError("every listener is off: nothing would be served");
    return uris;
}

Options options_from(const po::variables_map& values)
{
    Options options;
    options.listen = listeners(values);
    options.allow_remote = values["allow-remote"].as<bool>();
    options.allow_shutdown = values["allow-shutdown"].as<bool>();
    options.max_clients = values["max-clients"].as<std::size_t>();
    options.memory_limit = values["memory-limit"].as<Size>().bytes;
    options.max_item_size = values["max-item-size"].as<Size>().bytes;
    options.idle_timeout = values["idle-timeout"].as<Seconds>().time;
    options.request_timeout = values["request-timeout"].as<Seconds>().time;
    options.drain_timeout = values["drain-timeout"].as<Seconds>().time;
    options.log_level = values["log-level"].as<Level>().level;
    if (values["verbose"].as<bool>()) options.log_level = LogLevel::debug;
    if (options.max_clients == 0) throw UsageError("--max-clients 0 would serve nobody");
    if (options.max_item_size > max_value_bytes) throw UsageError("--max-item-size is at most 1g");
    if (values["when-full"].as<std::string>() != "refuse") {
        throw UsageError("--when-full is refuse");
    }
    return options;
}

std::string in_seconds(std::chrono::milliseconds time)
{
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time).count());
}

}  // namespace

std::optional<Options> parse_options(int argc, const char* const* argv)
{
    po::options_description known;
    known.add(describe_listening()).add(describe_storing()).add(describe_running());
    known.add_options()("help,h", "print this")("version", "print the version");
    try {
        const po::variables_map values = read_all(argc, argv, known);
        if (values.count("help") != 0) {
            std::cout << introduction << known << conclusion;
        } else if (values.count("version") != 0) {
            std::cout << "kvserver " << version << '\n';
        } else {
            return options_from(values);
        }
        return std::nullopt;
    } catch (const po::error& error) {
        throw UsageError(error.what());
    } catch (const BadUri& error) {
        throw UsageError(error.what());
    }
}

std::vector<std::pair<std::string_view, std::string>> settings_of(const Options& options)
{
    const auto yes_or_no = [](bool value) { return std::string(value ? "yes" : "no"); };
    return {{"max-clients", std::to_string(options.max_clients)},
            {"memory-limit", std::to_string(options.memory_limit)},
            {"max-item-size", std::to_string(options.max_item_size)},
            {"when-full", "refuse"},
            {"idle-timeout", in_seconds(options.idle_timeout)},
            {"request-timeout", in_seconds(options.request_timeout)},
            {"drain-timeout", in_seconds(options.drain_timeout)},
            {"allow-remote", yes_or_no(options.allow_remote)},
            {"allow-shutdown", yes_or_no(options.allow_shutdown)}};
}

}  // namespace kv
