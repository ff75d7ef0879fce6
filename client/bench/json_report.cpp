#include "client/bench/report.h"

#include <nlohmann/json.hpp>

namespace kv::bench {

namespace {

using nlohmann::ordered_json;

double microseconds(std::int64_t ns)
{
    return static_cast<double>(ns) / 1000;
}

ordered_json latencies(const Histogram& histogram)
{
    return {{"count", histogram.count()},
            {"mean", histogram.mean_ns() / 1000},
            {"min", microseconds(histogram.min_ns())},
            {"p50", microseconds(histogram.percentile_ns(50))},
            {"p90", microseconds(histogram.percentile_ns(90))},
            {"p99", microseconds(histogram.percentile_ns(99))},
            {"p99.9", microseconds(histogram.percentile_ns(99.9))},
            {"max", microseconds(histogram.max_ns())}};
}

ordered_json settings(const Options& options)
{
    return {{"uri", to_string(options.uri)},
            {"clients", options.clients},
            {"threads", options.threads},
            {"pipeline", options.pipeline},
            {"get_share", options.get_share},
            {"active_share", options.active_share},
            {"connect_per_request", options.connects_per_request},
            {"rate", options.rate},
            {"keys", options.keys},
            {"distribution", options.distribution.text()},
            {"value_bytes", {options.value_sizes.min_bytes, options.value_sizes.max_bytes}},
            {"seed", options.seed}};
}

}  // namespace

std::string json_report(const Options& options, const Result& result)
{
    const Tally& tally = result.tally;
    Histogram all = tally.gets;
    all.merge(tally.sets);
    ordered_json report{
        {"load", settings(options)},
        {"seconds", result.seconds},
        {"requests", tally.answered()},
        {"requests_per_second", result.per_second()},
        {"value_bytes", tally.value_bytes},
        {"hits", tally.hits},
        {"misses", tally.misses},
        {"hit_share", result.hit_share()},
        {"refused", tally.refused},
        {"wrong", tally.wrong},
        {"lost", tally.lost},
        {"not_sent", tally.not_sent},
        {"first_fault", tally.complaint},
        {"latency_us",
         {{"all", latencies(all)}, {"get", latencies(tally.gets)}, {"set", latencies(tally.sets)}}},
        {"client_cpu_seconds", result.client_cpu_seconds},
        {"client_cpu_us_per_request", result.per_request_us(result.client_cpu_seconds)}};
    if (result.server) {
        report["server"] = {
            {"cpu_seconds", result.server->cpu_seconds},
            {"cpu_us_per_request", result.per_request_us(result.server->cpu_seconds)},
            {"resident_kib", result.server->memory.resident_kib},
            {"peak_kib", result.server->memory.peak_kib}};
    }
    return report.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace kv::bench
