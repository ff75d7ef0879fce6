// kvbench: a load generator for key-value servers.
//
// Reading order: options -> load (threads and their phases) -> driver (a thread's event loop) ->
// connection (batches out, replies in) -> measurement -> report.
#include "client/bench/load.h"
#include "client/bench/options.h"
#include "client/bench/report.h"

#include <sys/resource.h>

#include <exception>
#include <fstream>
#include <iostream>
#include <stdexcept>

namespace {

using namespace kv::bench;

constexpr int exit_clean = 0;
constexpr int exit_faults = 1;
constexpr int exit_usage = 2;

// Each client is a descriptor. Only root can raise the hard limit; beyond it, the failing connect
// reports it.
void allow_descriptors(rlim_t wanted)
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return;
    const rlimit raised{wanted, std::max(limit.rlim_max, wanted)};
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

void write_reports(const Options& options, const Result& result)
{
    if (options.json_path != "-") std::cout << text_report(options, result);
    if (options.json_path.empty()) return;
    const std::string json = json_report(options, result);
    if (options.json_path == "-") {
        std::cout << json;
        return;
    }
    std::ofstream file(options.json_path);
    file << json << std::flush;
    if (!file) throw std::runtime_error("cannot write " + options.json_path);
}

int run(const Options& options)
{
    try {
        allow_descriptors(options.clients + 64);
        const Result result = run_load(options);
        write_reports(options, result);
        return result.is_clean() ? exit_clean : exit_faults;
    } catch (const std::exception& error) {
        std::cerr << "kvbench: " << error.what() << '\n';
        return exit_faults;
    }
}

}  // namespace

int main(int argc, char** argv)
{
    try {
        const auto options = parse_options(argc, argv);
        return options ? run(*options) : exit_clean;
    } catch (const std::exception& error) {
        std::cerr << "kvbench: " << error.what() << " (--help shows the options)\n";
        return exit_usage;
    }
}
