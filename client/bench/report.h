// report.h: the result of a run, for people and for programs.
#pragma once

#include "client/bench/load.h"
#include "client/bench/options.h"

#include <string>

namespace kv::bench {

/// Table and histogram for a terminal.
[[nodiscard]] std::string text_report(const Options& options, const Result& result);

/// The same figures and the options as one JSON object. Latencies are in microseconds.
[[nodiscard]] std::string json_report(const Options& options, const Result& result);

}  // namespace kv::bench
