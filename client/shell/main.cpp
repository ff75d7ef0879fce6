// kvcli: talks to a key-value server by hand or from a script.
#include "client/shell/options.h"
#include "client/shell/shell.h"

#include <csignal>
#include <exception>
#include <iostream>

namespace {

int run(const std::vector<std::string>& arguments)
{
    using namespace kv::shell;
    try {
        const auto options = read_options(arguments, std::cout);
        if (!options) return static_cast<int>(ExitCode::done);
        Shell shell(*options);
        return static_cast<int>(options->command.empty() ? shell.run_input()
                                                         : shell.run(options->command));
    } catch (const UsageError& error) {
        std::cerr << "kvcli: " << error.what() << "\ntry: kvcli --help\n";
        return static_cast<int>(ExitCode::usage);
    }
}

}  // namespace

int main(int count, char** words)
{
    std::signal(SIGPIPE, SIG_IGN);  // a server that closes is an error of a write, not our end
    try {
        return run({words + 1, words + count});
    } catch (const std::exception& error) {
        std::cerr << "kvcli: " << error.what() << "\n";
        return static_cast<int>(kv::shell::ExitCode::usage);
    }
}
