// process_meter.h: what a process has cost so far: CPU time and memory.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace kv::bench {

/// CPU time that the process has used, all threads, ended ones too; user and system. Any process of
/// this machine may be asked about. Throws std::system_error when there is no such process.
[[nodiscard]] double cpu_seconds(pid_t pid);

struct Memory {
    std::uint64_t resident_kib = 0;  ///< now
    std::uint64_t peak_kib = 0;      ///< the most it ever was
};

/// From /proc/PID/status. Throws std::system_error when there is no such process.
[[nodiscard]] Memory memory_of(pid_t pid);

}  // namespace kv::bench
