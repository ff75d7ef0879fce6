#include "client/bench/options.h"

#include "common/program_options.h"
#include "common/words.h"

#include <fmt/format.h>
#include <boost/program_options.hpp>

#include <unistd.h>

#include <iostream>
#include <limits>
#include <stdexcept>
#include <vector>

namespace kv::bench {

namespace po = boost::program_options;

namespace {

constexpr std::uint16_t memcached_port = 11211;
constexpr std::uint16_t redis_port = 6379;  // kvserver's own is 31337
constexpr std::uint32_t max_clients = 1'000'000;
constexpr std::uint64_t max_value_bytes = 1ULL << 30;

constexpr const char* introduction =
    "Usage: kvbench [OPTIONS] [URI]\n"
    "\n"
    "Puts load on a key-value server and reports throughput and latency. Every reply is checked\n"
    "against the value that belongs to its key. Speaks memcached's text protocol and RESP:\n"
    "\n"
    "  memcache://HOST[:PORT]   port 11211            memcache+unix:///PATH\n"
    "  redis://HOST[:PORT]      port 6379, not 31337  redis+unix:///PATH\n"
    "\n"
    "Without a URI: memcache://127.0.0.1:11211. Examples:\n"
    "\n"
    "  kvbench --prefill                               50 clients for 5 seconds, 90 % gets\n"
    "  kvbench --prefill -c 1 redis://127.0.0.1:6379   one client: the latency it sees\n"
    "  kvbench --prefill -c 200 -p 16 -d 30            200 clients, 16 requests at a time\n"
    "  kvbench --prefill --rate 20000                  how late are replies at this load?\n"
    "  kvbench --distribution zipf:0.99 --set-on-miss  hit ratio, used as a cache\n";

constexpr const char* epilogue =
    "\n"
    "Closed loop (no --rate): a client sends its next batch as soon as the last one is answered.\n"
    "Open loop: requests are due at fixed times; latency counts from then, even if sent late.\n"
    "\n"
    "Exit status: 0 success, 1 replies were errors, wrong or missing, 2 usage.\n";

po::options_description load_options(Options& options)
{
    po::options_description group("Load", 100, 60);
    auto add = group.add_options();
    add("clients,c", po::value(&options.clients)->value_name("N")->default_value(50),
        "connections");
    add("pipeline,p", po::value(&options.pipeline)->value_name("N")->default_value(1),
        "requests a client sends before it waits for replies");
    add("ratio,r", po::value(&options.get_share)->value_name("SHARE")->default_value(0.9, "0.9"),
        "share of gets; the others are sets");
    add("rate", po::value(&options.rate)->value_name("N"),
        "open loop: requests per second, of all clients together");
    add("active-share",
        po::value(&options.active_share)->value_name("SHARE")->default_value(1, "1"),
        "share of the clients that send; the others stay connected, and send one request before "
        "and one after the load");
    add("connect-per-request", po::bool_switch(&options.connects_per_request),
        "a new connection for every batch");
    add("threads,t", po::value(&options.threads)->value_name("N")->default_value(1),
        "threads of kvbench, which share the clients");
    return group;
}

po::options_description data_options(Options& options)
{
    po::options_description group("Data", 100, 60);
    auto add = group.add_options();
    add("keys,k", po::value(&options.keys)->value_name("N")->default_value(100'000),
        "different keys, of 16 bytes each");
    add("distribution", po::value<std::string>()->value_name("HOW")->default_value("uniform"),
        "uniform, zipf:THETA or loop; with +scan:SHARE, that share of the requests walks through "
        "as many other keys");
    add("value-size,s", po::value<std::string>()->value_name("BYTES")->default_value("100"),
        "size of values, or a range: 100, 4k, 10-2000, 1m");
    add("prefill", po::bool_switch(&options.prefill), "store every key first");
    add("set-on-miss", po::bool_switch(&options.sets_after_miss),
        "store a key after a miss, as users of a cache do");
    add("seed", po::value(&options.seed)->value_name("N")->default_value(1),
        "the same seed requests the same keys");
    return group;
}

po::options_description run_options(Options& options)
{
    po::options_description group("Run", 100, 60);
    auto add = group.add_options();
    add("duration,d", po::value(&options.duration_seconds)->value_name("SECONDS"),
        "length of the measurement (default: 5)");
    add("requests,n", po::value(&options.requests)->value_name("N"),
        "requests instead of a duration; 0: connect and prefill only");
    add("warm-up", po::value(&options.warm_up_seconds)->value_name("SECONDS"),
        "seconds of the same load before that, not counted");
    add("timeout", po::value(&options.timeout_seconds)->value_name("SECONDS")->default_value(10),
        "give up after this long without a reply");
    add("server-pid", po::value(&options.server_pid)->value_name("PID"),
        "also report this process's CPU time and memory");
    add("json", po::value(&options.json_path)->value_name("FILE"),
        "write the results as JSON; -: to standard output, instead of the table");
    add("progress", po::value<std::string>()->value_name("WHEN")->default_value("auto"),
        "progress bar on standard error: auto (on a terminal), on, off");
    add("help,h", "print this text");
    add("version", "print the version");
    return group;
}

po::variables_map read(int argc, const char* const* argv, const po::options_description& visible)
{
    po::options_description all;
    all.add(visible).add_options()("uri", po::value<std::string>())(
        "generate", po::value<std::string>(), "what packaging uses");
    po::positional_options_description positional;
    positional.add("uri", 1);
    po::variables_map values;
    po::store(po::command_line_parser(argc, argv).options(all).positional(positional).run(),
              values);
    po::notify(values);
    return values;
}

void require(bool condition, const std::string& otherwise)
{
    if (!condition) throw std::invalid_argument(otherwise);
}

std::uint32_t parse_value_bytes(std::string_view text)
{
    const auto bytes = parse_size(text);
    require(bytes && *bytes <= max_value_bytes,
            fmt::format("--value-size: '{}' is not a size up to 1g", text));
    return static_cast<std::uint32_t>(*bytes);
}

SizeRange parse_sizes(std::string_view text)
{
    const auto dash = text.find('-');
    const std::uint32_t first = parse_value_bytes(text.substr(0, dash));
    if (dash == std::string_view::npos) return {first, first};
    const std::uint32_t last = parse_value_bytes(text.substr(dash + 1));
    require(first <= last, "--value-size: the range ends before it begins");
    return {first, last};
}

bool parse_progress(const std::string& when)
{
    require(when == "auto" || when == "on" || when == "off", "--progress must be auto, on or off");
    return when == "on" || (when == "auto" && ::isatty(STDERR_FILENO) == 1);
}

void check(const Options& options)
{
    require(options.clients >= 1 && options.clients <= max_clients, "--clients: 1 to 1000000");
    require(options.threads >= 1 && options.threads <= options.clients,
            "--threads must be from 1 to the number of clients");
    require(options.pipeline >= 1 && options.pipeline <= 100'000, "--pipeline: 1 to 100000");
    require(options.get_share >= 0 && options.get_share <= 1, "--ratio: 0 to 1");
    require(options.keys >= 1 && options.keys <= std::numeric_limits<std::uint32_t>::max() / 2,
            "--keys must be from 1 to 2147483647");
    require(options.rate >= 0, "--rate must not be negative");
    require(options.active_share > 0 && options.active_share <= 1,
            "--active-share must be above 0 and at most 1");
    require(options.duration_seconds >= 0 && options.warm_up_seconds >= 0,
            "--duration and --warm-up must not be negative");
    require(options.timeout_seconds > 0, "--timeout: above 0");
}

}  // namespace

std::optional<Options> parse_options(int argc, const char* const* argv)
{
    Options options;
    const std::vector groups{load_options(options), data_options(options), run_options(options)};
    po::options_description visible;
    for (const auto& group : groups) visible.add(group);
    const po::variables_map values = read(argc, argv, visible);
    if (values.contains("generate")) {
        require(values["generate"].as<std::string>() == "man", "--generate makes man");
        std::cout << roff_page({"kvbench", "put load on a key-value server and check its replies",
                                introduction, groups, epilogue});
        return std::nullopt;
    }
    if (values.contains("help")) {
        std::cout << introduction << visible << epilogue;
        return std::nullopt;
    }
    if (values.contains("version")) {
        std::cout << "kvbench " KV_VERSION "\n";
        return std::nullopt;
    }
    require(!values.contains("duration") || !values.contains("requests"),
            "--duration and --requests exclude each other");
    if (values.contains("requests")) options.duration_seconds = 0;
    const std::string uri =
        values.contains("uri") ? values["uri"].as<std::string>() : "memcache://127.0.0.1:11211";
    options.uri = parse_uri(uri, uri.starts_with("redis") ? redis_port : memcached_port);
    options.distribution = Distribution::parse(values["distribution"].as<std::string>());
    options.value_sizes = parse_sizes(values["value-size"].as<std::string>());
    options.shows_progress = parse_progress(values["progress"].as<std::string>());
    check(options);
    return options;
}

}  // namespace kv::bench
