#include "server/command_line.h"

#include "common/address.h"
#include "common/program_options.h"
#include "common/version.h"
#include "common/words.h"
#include "server/launch/start.h"
#include "server/net/scheme.h"
#include "server/store/item.h"
#include "server/zmq/front_end.h"

#include <fmt/format.h>
#include <boost/program_options.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <system_error>
#include <typeinfo>

namespace kv {

namespace {

namespace po = boost::program_options;

/// The type of an option's values, for the message about an invalid one.
std::string_view valid_values(const std::type_info& type)
{
    struct Row {
        const std::type_info& type;
        std::string_view values;
    };
    const Row rows[] = {
        {typeid(Size), "a size such as 64m or 2g"},
        {typeid(Count), "a number from 1 on"},
        {typeid(Seconds), "a number of seconds"},
        {typeid(Milliseconds), "a number of milliseconds up to 60000"},
        {typeid(Microseconds), "a number of microseconds"},
        {typeid(Descriptor), "the number of an open file"},
        {typeid(Port), "a port from 0 to 65535, or off"},
        {typeid(LogLevel), "debug, info, warning, error or off"},
        {typeid(WhenFull), "refuse or evict"},
        {typeid(bool), "yes or no"},
    };
    for (const Row& row : rows) {
        if (row.type == type) return row.values;
    }
    return "a value of this option";
}

/// A bare 64 probably means 64 megabytes, as for memcached.
void check_memory_limit(std::uint64_t bytes, const std::string& typed, const std::string& subject)
{
    constexpr std::uint64_t least = std::uint64_t{1} << 20;
    if (bytes == 0 || bytes >= least) return;
    const bool is_bare = typed.find_first_not_of("0123456789") == std::string::npos;
    throw UsageError(
        fmt::format("{}: '{}' is {} bytes, too little to store anything: say {}, or 0 for no limit",
                    subject, typed, bytes, is_bare ? typed + "m" : "1m"));
}

/// Checks each option separately, so that the message can name it and its place.
void check_value(const po::option& option, const po::options_description& known,
                 const std::string& subject)
{
    po::parsed_options alone(&known);
    alone.options.push_back(option);
    po::variables_map values;
    try {
        po::store(alone, values);
    } catch (const po::validation_error&) {
        const auto semantic = known.find(option.string_key, false).semantic();
        const auto* typed = dynamic_cast<const po::typed_value_base*>(semantic.get());
        throw UsageError(fmt::format(
            "{}: '{}' is not {}", subject, option.value.empty() ? "" : option.value.front(),
            valid_values(typed == nullptr ? typeid(void) : typed->value_type())));
    }
    if (option.string_key == "memory-limit") {
        check_memory_limit(values["memory-limit"].as<Size>().bytes, option.value.front(), subject);
    }
}

[[noreturn]] void refuse_word(const std::string& word, std::string_view program)
{
    if (word == "run") throw UsageError("run comes first: kvserver run [OPTIONS] -- COMMAND");
    if (program == "run") {
        throw UsageError(
            fmt::format("'{}': the command comes after --, as in run -- {}", word, word));
    }
    throw UsageError(fmt::format("'{}' is no option: all of kvserver's begin with --", word));
}

po::parsed_options from_command_line(int argc, const char* const* argv,
                                     const po::options_description& known)
{
    // No abbreviations: a new option could change their meaning.
    const int style =
        po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
    auto parsed = po::command_line_parser(argc, argv).options(known).style(style).run();
    for (const po::option& option : parsed.options) {
        if (option.position_key != -1) refuse_word(option.value.front(), argv[0]);
        check_value(option, known, "--" + option.string_key);
    }
    return parsed;
}

void add(po::parsed_options& parsed, const std::string& name, const std::string& value,
         const std::string& subject)
{
    po::option option;
    option.string_key = name;
    option.value.push_back(value);
    check_value(option, *parsed.description, subject);
    parsed.options.push_back(option);
}

constexpr std::string_view variable_prefix = "KVSERVER_";

std::string variable_of(std::string_view option)
{
    std::string name = in_capitals(option);
    std::replace(name.begin(), name.end(), '-', '_');
    return std::string(variable_prefix) + name;
}

/// Kubernetes, for a Service named kvserver, and docker --link set
/// KVSERVER_PORT=tcp://ADDRESS:PORT, KVSERVER_SERVICE_HOST and others to the address of that
/// service; they are not options.
bool is_of_a_service(std::string_view variable, std::string_view value)
{
    constexpr std::array<std::string_view, 4> marks{"_SERVICE_", "_TCP", "_UDP", "_ENV_"};
    return value.starts_with("tcp://") || value.starts_with("udp://") ||
           variable == "KVSERVER_NAME" ||
           std::any_of(marks.begin(), marks.end(), [&](std::string_view mark) {
               return variable.find(mark) != std::string_view::npos;
           });
}

/// KVSERVER_MAX_CLIENTS is max-clients.
po::parsed_options from_environment(const po::options_description& known)
{
    po::parsed_options parsed(&known);
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        if (!text.starts_with(variable_prefix)) continue;
        const std::size_t equals = std::min(text.find('='), text.size());
        const std::string variable(text.substr(0, equals));
        const std::string_view value = text.substr(std::min(equals + 1, text.size()));
        if (is_of_a_service(variable, value)) continue;
        std::string name =
            in_small_letters(text.substr(variable_prefix.size(), equals - variable_prefix.size()));
        std::replace(name.begin(), name.end(), '_', '-');
        if (known.find_nothrow(name, false) == nullptr) {
            const std::string nearest = nearest_option(name, known);
            throw UsageError(fmt::format(
                "{}: there is no such option{}", variable,
                nearest.empty() ? "" : fmt::format(": did you mean {}?", variable_of(nearest))));
        }
        add(parsed, name, std::string(value), variable);
    }
    return parsed;
}

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view blanks = " \t\r";
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

/// A line "name = value" of a file, without its comment.
void add_line(po::parsed_options& parsed, std::string_view line, const std::string& place)
{
    const std::size_t equals = line.find('=');
    if (line.starts_with('[') || equals == std::string_view::npos) {
        throw UsageError(fmt::format("{}: '{}' is no line such as max-clients = 100", place, line));
    }
    const std::string name(trimmed(line.substr(0, equals)));
    if (parsed.description->find_nothrow(name, false) == nullptr) {
        const std::string nearest = nearest_option(name, *parsed.description);
        throw UsageError(
            fmt::format("{}: there is no option '{}'{}", place, name,
                        nearest.empty() ? "" : fmt::format(": did you mean {}?", nearest)));
    }
    if (name == "config" || name == "help" || name == "version") {
        throw UsageError(fmt::format("{}: '{}' has no meaning in a file", place, name));
    }
    const bool is_set =
        std::any_of(parsed.options.begin(), parsed.options.end(),
                    [&](const po::option& other) { return other.string_key == name; });
    if (is_set && name != "listen") {
        throw UsageError(fmt::format("{}: {} is set a second time", place, name));
    }
    add(parsed, name, std::string(trimmed(line.substr(equals + 1))), place + ": " + name);
}

po::parsed_options from_file(const std::string& path, const po::options_description& known)
{
    po::parsed_options parsed(&known);
    std::ifstream file(path);
    const int error = errno;
    std::error_code ignored;
    const bool is_folder = std::filesystem::is_directory(path, ignored);
    if (!file || is_folder) {
        throw UsageError(fmt::format("cannot read --config {}: {}", path,
                                     std::strerror(is_folder ? EISDIR : error)));
    }
    std::string line;
    for (std::size_t number = 1; std::getline(file, line); ++number) {
        std::string_view text = line;
        constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
        if (number == 1 && text.starts_with(byte_order_mark)) text.remove_prefix(3);
        text = trimmed(text.substr(0, text.find('#')));
        if (!text.empty()) add_line(parsed, text, fmt::format("{}:{}", path, number));
    }
    return parsed;
}

po::variables_map read_options(int argc, const char* const* argv,
                               const po::options_description& known)
{
    po::variables_map values;
    po::store(from_command_line(argc, argv, known), values);
    po::store(from_environment(known), values);
    if (values.count("config") != 0) {
        po::store(from_file(values["config"].as<std::string>(), known), values);
    }
    po::notify(values);
    return values;
}

/// Whether `text` has "SCHEME://" at `begin`.
bool begins_address(const std::string& text, std::size_t begin)
{
    if (begin == std::string::npos) return true;  // only blanks are left
    const std::size_t end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz+", begin);
    return end != std::string::npos && text.compare(end, 3, "://") == 0;
}

/// The addresses in `text`, separated by commas or blanks.
std::vector<std::string> addresses_in(const std::string& text)
{
    constexpr std::string_view between = ", \t";
    std::vector<std::string> addresses;
    for (std::size_t begin = std::min(text.find_first_not_of(between), text.size());
         begin < text.size();) {
        std::size_t end = begin;
        do {
            end = std::min(text.find_first_of(between, end + 1), text.size());
            // A path may contain separators too; an address begins with its scheme.
        } while (end < text.size() && !begins_address(text, text.find_first_not_of(between, end)));
        addresses.push_back(text.substr(begin, end - begin));
        begin = std::min(text.find_first_not_of(between, end), text.size());
    }
    return addresses;
}

/// The schemes in this build.
std::string_view spoken_schemes()
{
    const bool has_zmq = zeromq::speaks({"zmq", {}, 0, {}});
    return has_zmq ? "memcache, redis, simple, miniredis and zmq"
                   : "memcache, redis, simple and miniredis";
}

Uri listener_uri(const std::string& text)
{
    Uri uri = parse_uri(text);
    if (find_scheme(uri.scheme) == nullptr && (uri.is_inherited() || !zeromq::speaks(uri))) {
        throw UsageError(fmt::format("--listen {}: this server does not speak '{}', but {}", text,
                                     uri.scheme, spoken_schemes()));
    }
    return uri;
}

/// The port that `option` names; nullopt when it is off, or not given.
std::optional<std::uint16_t> port_in(const po::variables_map& values, const char* option)
{
    return values.count(option) == 0 ? std::nullopt : values[option].as<Port>().number;
}

/// `--redis-port off` alone removes only that default.
std::vector<Uri> default_listeners(const po::variables_map& values, DefaultPorts ports)
{
    std::vector<Uri> uris;
    for (const auto& [descriptor, name] : inherited_sockets()) {
        uris.push_back({find_scheme(name) ? name : "memcache", {}, 0, {}, descriptor});
    }
    if (!uris.empty()) return uris;
    const auto host = values["host"].as<std::string>();
    if (values.count("port") == 0) uris.push_back({"memcache", host, ports.memcache, {}});
    if (values.count("redis-port") == 0) uris.push_back({"redis", host, ports.redis, {}});
    if (uris.empty()) throw UsageError("every listener is off: nothing would be served");
    return uris;
}

std::vector<Uri> listeners(const po::variables_map& values, DefaultPorts default_ports)
{
    const auto memcache = port_in(values, "port");
    const auto redis = port_in(values, "redis-port");
    if (values.count("listen") == 0 && !memcache && !redis) {
        return default_listeners(values, default_ports);
    }
    std::vector<Uri> uris;
    if (values.count("listen") != 0) {
        for (const auto& text : values["listen"].as<std::vector<std::string>>()) {
            for (const auto& address : addresses_in(text)) uris.push_back(listener_uri(address));
        }
    }
    const auto host = values["host"].as<std::string>();
    if (memcache) uris.push_back({"memcache", host, *memcache, {}});
    if (redis) uris.push_back({"redis", host, *redis, {}});
    if (uris.empty()) throw UsageError("--listen names no address");
    return uris;
}

/// An address that cannot be resolved is left to the listener to report.
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

/// What no listener could have, whatever the machine.
void check_spaces(const Options& options)
{
    for (const Uri& uri : options.listen) {
        const auto number = parse_number<std::uint32_t>(uri.space);
        if (number && *number >= options.databases) {
            throw UsageError(fmt::format("--listen {}: there is no database {}, see --databases",
                                         to_string(uri), *number));
        }
    }
}

constexpr std::uint32_t max_databases = 1U << 16;

Options options_from(const po::variables_map& values, DefaultPorts ports)
{
    Options options;
    options.listen = listeners(values, ports);
    options.allow_remote = values["allow-remote"].as<bool>();
    options.allow_shutdown = values["allow-shutdown"].as<bool>();
    options.max_clients = values["max-clients"].as<Count>().number;
    options.databases = values["databases"].as<Count>().number;
    if (options.databases > max_databases) throw UsageError("--databases is at most 65536");
    check_spaces(options);
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
            CommandLine read{options_from(values, ports), launch_options(values)};
#ifndef KV_SANITIZED  // a sanitizer's shadow memory is no hole in the heap
            read.options.owns_process = true;
#endif
            return read;
        }
        return std::nullopt;
    } catch (const po::error& error) {
        throw UsageError(explained(error, known));
    } catch (const BadUri& error) {
        throw UsageError(error.what());
    }
}

}  // namespace kv
