#include "server/command_line.h"

#include "common/log.h"
#include "common/program_options.h"
#include "server/store/when_full.h"

#include <boost/program_options.hpp>

#include <string>
#include <vector>

namespace kv {

namespace po = boost::program_options;

/// How Program_options reads a WhenFull; it finds this by its name.
void validate(boost::any& value, const std::vector<std::string>& words, WhenFull*, int)
{
    const std::string& word = po::validators::get_single_string(words);
    if (word != "refuse" && word != "evict") {
        throw po::validation_error(po::validation_error::invalid_option_value);
    }
    value = word == "evict" ? WhenFull::evict : WhenFull::refuse;
}

namespace {

// clang-format off
po::options_description describe_listening()
{
    po::options_description listening("Where it listens");
    listening.add_options()
        ("listen", po::value<std::vector<std::string>>()->value_name("URI"),
            "SCHEME://HOST:PORT or SCHEME+unix:///PATH, where SCHEME is memcache, redis, simple, "
            "miniredis or zmq; or SCHEME+fd://N, an inherited listening socket. May be repeated; "
            "port 0 is any free port. Replaces the default listeners: the sockets of LISTEN_FDS, "
            "or memcache://127.0.0.1:11211 and redis://127.0.0.1:31337")
        ("port", po::value<Port>()->value_name("N"),
            "a memcache listener on --host; 0: any free port; off: disable the default one")
        ("redis-port", po::value<Port>()->value_name("N"), "likewise a redis listener")
        ("host", po::value<std::string>()->value_name("ADDR")->default_value("127.0.0.1"),
            "the address for --port and --redis-port")
        ("allow-remote", po::bool_switch(),
            "permit an address that other machines reach; there is no password")
        ("max-clients", po::value<Count>()->value_name("N")->default_value({1024}, "1024"),
            "connections served at the same time; further ones read an error and are closed");
    return listening;
}

po::options_description describe_storing()
{
    po::options_description storing("What it keeps");
    storing.add_options()
        ("databases", po::value<Count>()->value_name("N")->default_value({16}, "16"),
            "numbered databases, of which SELECT chooses; a listener's URI may name one, or a private "
            "space, behind the port")
        ("memory-limit", po::value<Size>()->value_name("SIZE")->default_value({1 << 30}, "1g"),
            "for keys, values and their bookkeeping, as in 64m or 2g; at least 1m; 0: no limit. Data "
            "waiting for clients that do not read may take a quarter more")
        ("when-full", po::value<WhenFull>()->value_name("refuse|evict")
                            ->default_value(WhenFull::refuse, "refuse"),
            "refuse: writes get an error, and no stored item is lost; "
            "evict: rarely read items are dropped, as in a cache")
        ("max-item-size", po::value<Size>()->value_name("SIZE")->default_value({1 << 20}, "1m"),
            "the largest value, up to 1g");
    return storing;
}

po::options_description describe_running()
{
    po::options_description running("How it runs");
    running.add_options()
        ("idle-timeout", po::value<Seconds>()->value_name("SECONDS")->default_value({}, "0"),
            "close a client that sends nothing for this time, even in the middle of a request, where the "
            "shorter of this and request-timeout counts; 0: never")
        ("request-timeout", po::value<Seconds>()->value_name("SECONDS")
                                ->default_value({std::chrono::seconds(30)}, "30"),
            "time for a request to arrive once begun, and for a reply to be sent; 0: no limit")
        ("drain-timeout", po::value<Seconds>()->value_name("SECONDS")
                              ->default_value({std::chrono::seconds(5)}, "5"),
            "how long a stop waits for requests in flight; the process ends at most a second later")
        ("busy-poll", po::value<Microseconds>()->value_name("MICROSECONDS")
                          ->default_value({std::chrono::microseconds(50)}, "50"),
            "how long a client's thread polls for its next request before it sleeps; 0: not at all")
        ("allow-shutdown", po::bool_switch(), "a client's shutdown command may stop the server")
        ("virtual-clock", po::bool_switch(),
            "a client's debugtime command may move the clock, so that tests of expiry need not "
            "wait")
        ("log-level", po::value<LogLevel>()->value_name("LEVEL")->default_value(LogLevel::info, "info"),
            "debug, info, warning, error or off; to stderr")
        ("verbose,v", po::bool_switch(), "the same as --log-level debug")
        ("config", po::value<std::string>()->value_name("FILE"),
            "read options from lines such as max-clients = 100");
    return running;
}

po::options_description describe_launching()
{
    po::options_description launching("How it is launched");
    launching.add_options()
        ("announce", po::value<std::string>()->value_name("FILE|-")->default_value("", ""),
            "when every listener is bound, write a line of JSON (uris, pid, version) to a file that "
            "appears whole; -: to stdout, in place of the ready lines")
        ("ready-fd", po::value<Descriptor>()->value_name("N")->default_value({}, ""),
            "after that, write a newline to this descriptor and close it")
        ("exit-with-parent", po::bool_switch(), "stop when the process that started it has ended")
        ("exit-on-eof", po::bool_switch(),
            "stop when standard input ends: the process at the other end of the pipe is gone")
        ("max-lifetime", po::value<Seconds>()->value_name("SECONDS")->default_value({}, "0"),
            "stop after this time; 0: never")
        ("exit-when-idle", po::value<Seconds>()->value_name("SECONDS")->default_value({}, "0"),
            "stop when no client has been connected for this time (zmq peers do not count); 0: never");
    return launching;
}

po::options_description describe_teaching()
{
    po::options_description teaching("For lessons; all but --trace on loopback addresses only, and not on zmq");
    teaching.add_options()
        ("trace", po::bool_switch(),
            "explain every read and write on stderr, with a ruler under the bytes that shows where "
            "requests begin and end")
        ("max-read", po::value<Size>()->value_name("BYTES")->default_value({}, "0"),
            "a read returns at most this many bytes; 0: no limit")
        ("max-write", po::value<Size>()->value_name("BYTES")->default_value({}, "0"),
            "a write sends at most this many bytes; 0: no limit")
        ("delay", po::value<Milliseconds>()->value_name("MS")->default_value({}, "0"),
            "delay each read and each write by this much, at most 60000")
        ("reset-after", po::value<Size>()->value_name("BYTES")->default_value({}, "0"),
            "reset a connection once this many bytes have been sent on it; 0: never");
    return teaching;
}
// clang-format on

}  // namespace

std::vector<po::options_description> option_groups()
{
    po::options_description others;
    others.add_options()("help,h", "print this text")("version", "print the version");
    return {describe_listening(), describe_storing(),  describe_running(),
            describe_launching(), describe_teaching(), others};
}

po::options_description describe_options()
{
    po::options_description known;
    for (const po::options_description& group : option_groups()) known.add(group);
    return known;
}

const std::string_view usage_introduction =
    "Usage: kvserver [OPTIONS]\n"
    "       kvserver run [OPTIONS] -- COMMAND [ARGUMENT...]\n\n"
    "A key-value server: one thread per client, everything in memory. It prints a line\n"
    "\"ready URI\" for each listener, and serves until SIGINT or SIGTERM. With run it serves a\n"
    "command, on free ports given in KV_URL, KV_MEMCACHE_URL and KV_REDIS_URL, until it ends.\n\n";

const std::string_view usage_conclusion =
    "\nEvery option may also be set in the environment (KVSERVER_MAX_CLIENTS=100; several\n"
    "listeners with commas between them) or in the --config file; the command line wins,\n"
    "then the environment.\n"
    "Exit status: 0 stopped by a signal, a command or an option, 1 cannot serve, 2 wrong usage;\n"
    "of run: the command's, 128 + the signal it died of, 125 cannot serve, 126 cannot run it,\n"
    "127 no such command. A second SIGINT or SIGTERM kills it immediately.\n";

}  // namespace kv
