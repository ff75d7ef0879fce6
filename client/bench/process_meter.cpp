#include "client/bench/process_meter.h"

#include "common/parse_number.h"

#include <fmt/format.h>

#include <ctime>
#include <fstream>
#include <string>
#include <system_error>

namespace kv::bench {

namespace {

// "VmRSS:	    1234 kB" -> 1234
std::uint64_t number_in(const std::string& line)
{
    const auto first = line.find_first_of("0123456789");
    const auto last = line.find_last_of("0123456789");
    if (first == std::string::npos) return 0;
    return parse_number<std::uint64_t>(std::string_view(line).substr(first, last - first + 1))
        .value_or(0);
}

}  // namespace

double cpu_seconds(pid_t pid)
{
    clockid_t clock{};
    timespec used{};
    if (const int error = ::clock_getcpuclockid(pid, &clock); error != 0) {
        throw std::system_error(error, std::generic_category(), fmt::format("process {}", pid));
    }
    if (::clock_gettime(clock, &used) != 0) {
        throw std::system_error(errno, std::generic_category(), fmt::format("process {}", pid));
    }
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

Memory memory_of(pid_t pid)
{
    std::ifstream status(fmt::format("/proc/{}/status", pid));
    if (!status)
        throw std::system_error(ESRCH, std::generic_category(), fmt::format("process {}", pid));
    Memory memory;
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmRSS:")) memory.resident_kib = number_in(line);
        if (line.starts_with("VmHWM:")) memory.peak_kib = number_in(line);
    }
    return memory;
}

}  // namespace kv::bench
