#include "server/teaching_options.h"

#include "common/address.h"
#include "common/option_values.h"
#include "server/command_line.h"

#include <fmt/format.h>

namespace kv {

namespace {

/// An address that cannot be found out is for the listener to complain about.
bool other_machines_reach(const Uri& uri)
{
    try {
        return !is_local(resolve(uri).front());
    } catch (const boost::system::system_error&) {
        return false;
    }
}

}  // namespace

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

}  // namespace kv
