#include "server/command_line.h"

#include "common/option_values.h"
#include "common/version.h"
#include "server/launch/option_table.h"
#include "server/listening_options.h"
#include "server/option_sources.h"
#include "server/option_table.h"
#include "server/store/item.h"
#include "server/teaching_options.h"

#include <boost/program_options.hpp>

#include <iostream>

namespace kv {

namespace {

namespace po = boost::program_options;

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
    options.log_level = values["log-level"].as<LogLevel>();
    if (values["verbose"].as<bool>()) options.log_level = LogLevel::debug;
    read_teaching_options(values, options);
    options.launch = launch_options_from(values);
    if (options.max_item_size == 0) throw UsageError("--max-item-size 0 would store nothing");
    if (options.max_item_size > max_value_bytes) throw UsageError("--max-item-size is at most 1g");
    return options;
}

}  // namespace

std::optional<Options> parse_options(int argc, const char* const* argv, DefaultPorts ports)
{
    const po::options_description known = describe_options();
    try {
        const po::variables_map values = read_options(argc, argv, known);
        if (values.count("help") != 0) {
            std::cout << usage_introduction << known << usage_conclusion;
        } else if (values.count("version") != 0) {
            std::cout << "kvserver " << version << '\n';
        } else {
            return options_from(values, ports);
        }
        return std::nullopt;
    } catch (const po::error& error) {
        throw UsageError(error.what());
    } catch (const BadUri& error) {
        throw UsageError(error.what());
    }
}

}  // namespace kv
