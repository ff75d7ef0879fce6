// Prints kvserver.1 from the table that --help prints, so that the two cannot drift apart. Runs
// once while the project is built, and is not installed.
#include "common/program_options.h"
#include "server/command_line.h"

#include <boost/program_options/options_description.hpp>

#include <iostream>
#include <string_view>

int main()
{
    std::string_view description = kv::usage_introduction;
    description.remove_prefix(description.find("\n\n") +
                              2);  // the usage, which is the synopsis here
    std::cout << ".TH KVSERVER 1\n.SH NAME\nkvserver \\- a key\\-value server in memory\n"
                 ".SH SYNOPSIS\n.B kvserver\n.RI [ OPTIONS ]\n.br\n.B kvserver run\n"
                 ".RI [ OPTIONS ]\n.B \\-\\-\n.I COMMAND\n.RI [ ARGUMENT... ]\n.SH DESCRIPTION\n"
              << kv::roff(description) << "\n.SH OPTIONS\n"
              << kv::roff_options(kv::describe_options()) << ".SH NOTES\n"
              << kv::roff(kv::usage_conclusion) << "\n.SH SEE ALSO\n.BR kvcli (1)\n";
    return std::cout.flush() ? 0 : 1;
}
