// main.cpp: kvserver's threads, from the first to the last.
//
//   thread                   runs                          how it ends
//   main                     this file                     SIGINT, SIGTERM, or as --exit-... says
//   listener, one each       Listener::run                 its socket is shut down; joined
//   session, one a client    Session::run                  client or deadline, or shut down; joined
//   zmq front end, one each  FrontEnd::run                 its context is shut down; joined
//   zmq watcher, one each    Peers::run                    likewise
//   sweeper                  Sweeper::run                  stop token; joined
//
// If a thread does not end in time, end_after() ends the process without it.

#include "server/command_line.h"
#include "server/launch/lifetime.h"
#include "server/launch/start.h"
#include "server/run.h"
#include "server/server.h"

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>

namespace {

enum ExitStatus { stopped = 0, cannot_serve = 1, wrong_usage = 2 };

int serve(kv::Options options, const kv::LaunchOptions& launch)
{
    kv::Signals signals{SIGINT, SIGTERM, kv::parent_death_signal()};
    std::signal(SIGPIPE, SIG_IGN);  // a write to a closed connection fails instead of ending us
    kv::use_little_memory();
    kv::provide_descriptors(options.max_clients, options.log_level);
    const kv::Lifetime lifetime(launch);
    options.on_shutdown = [] { ::kill(::getpid(), SIGTERM); };  // as if sent from outside
    kv::Announcement announcement(launch);
    kv::Server server(options);
    announcement.publish(server.uris());
    const kv::ExitReason end = lifetime.wait(signals, [&] { return server.idle_since(); });
    kv::Log(options.log_level).info(end.reason);
    signals.release();  // a second one ends the process immediately
    kv::end_after(options.drain_timeout + kv::time_to_end, stopped);
    server.stop();
    announcement.withdraw();
    std::exit(stopped);  // without freeing every item
}

}  // namespace

int main(int argc, char** argv)
{
    if (kv::is_run(argc, argv)) return kv::run_command(argc, argv);
    try {
        const auto command_line = kv::parse_command_line(argc, argv);
        return command_line ? serve(command_line->options, command_line->launch) : stopped;
    } catch (const kv::UsageError& error) {
        std::cerr << "kvserver: " << error.what() << "\nTry kvserver --help\n";
        return wrong_usage;
    } catch (const std::exception& error) {
        std::cerr << "kvserver: " << error.what() << '\n';
        return cannot_serve;
    }
}
