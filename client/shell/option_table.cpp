#include "client/shell/option_table.h"

#include <boost/program_options.hpp>

#include <cstdint>

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

}  // namespace kv::shell
