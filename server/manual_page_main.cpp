// Prints kvserver.1 from the table that --help prints, so that the two cannot drift apart. Runs
// once while the project is built, and is not installed.
#include "common/program_options.h"
#include "server/command_line.h"

#include <boost/program_options/options_description.hpp>

#include <iostream>

int main()
{
    std::cout << kv::roff_page({
        .program = "kvserver",
        .purpose = "a key-value server in memory",
        .introduction = kv::usage_introduction,
        .options = kv::option_groups(),
        .conclusion = kv::usage_conclusion,
        .rest = ".SH FILES\n.TP\n.I /etc/default/kvserver\n"
                "Options of the service, one a line, as in KVSERVER_MEMORY_LIMIT=4g.\n",
    });
    return std::cout.flush() ? 0 : 1;
}
