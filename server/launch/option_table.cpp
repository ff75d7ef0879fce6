#include "server/launch/option_table.h"

#include "common/option_values.h"

namespace kv {

namespace po = boost::program_options;

// clang-format off
po::options_description describe_launching()
{
    po::options_description launching("How it is launched");
    launching.add_options()
        ("announce", po::value<std::string>()->value_name("FILE|-")->default_value("", ""),
            "when every listener is bound, write a line of JSON (uris, pid, version) to a file that "
            "appears whole; -: to stdout, in place of the ready lines")
        ("ready-fd", po::value<Descriptor>()->value_name("N")->default_value({}, ""),
            "then also write a newline to this descriptor and close it")
        ("exit-with-parent", po::bool_switch(), "stop when the process that started it has ended")
        ("exit-on-eof", po::bool_switch(),
            "stop when standard input ends: whoever holds the other end of the pipe is gone")
        ("max-lifetime", po::value<Seconds>()->value_name("SECONDS")->default_value({}, "0"),
            "stop after so long; 0: never")
        ("exit-when-idle", po::value<Seconds>()->value_name("SECONDS")->default_value({}, "0"),
            "stop when no client has been connected for so long (zmq peers do not count); 0: never");
    return launching;
}
// clang-format on

LaunchOptions launch_options_from(const po::variables_map& values)
{
    LaunchOptions options;
    options.announce = values["announce"].as<std::string>();
    options.ready_fd = values["ready-fd"].as<Descriptor>().number;
    options.exit_with_parent = values["exit-with-parent"].as<bool>();
    options.exit_on_eof = values["exit-on-eof"].as<bool>();
    options.max_lifetime = values["max-lifetime"].as<Seconds>().time;
    options.exit_when_idle = values["exit-when-idle"].as<Seconds>().time;
    return options;
}

}  // namespace kv
