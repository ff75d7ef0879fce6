// main.cpp: kvserver's threads, from the first to the last.
//
//   thread                   runs                          how it ends
//   main                     this file                     SIGINT or SIGTERM
//   listener, one each       Listener::run                 its socket is shut down; joined
//   session, one a client    Session::run                  client or deadline, or shut down; joined
//   zmq front end, one each  FrontEnd::run                 its context is shut down; joined
//   sweeper                  Sweeper::run                  stop token; joined

#include "server/options.h"
#include "server/server.h"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>

namespace {

enum ExitStatus { stopped = 0, cannot_serve = 1, wrong_usage = 2 };

/// Blocks the signals that stop us in this thread and so in every thread it starts: only
/// wait_for_signal() receives them.
sigset_t block_stop_signals()
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);  // a client that has gone is an error code, not our end
    return signals;
}

/// Returns at the first signal; from then on a second one ends the process at once.
void wait_for_signal(const sigset_t& signals)
{
    int received = 0;
    sigwait(&signals, &received);
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

/// A thread's stack is reserved, not used: 8 MiB for each of 10,000 clients would be 80 GB of
/// addresses. std::thread cannot say so for itself.
void use_small_stacks()
{
#ifdef __SANITIZE_THREAD__
    constexpr std::size_t stack_bytes =
        std::size_t{2'048} * 1'024;  // its runtime keeps parts of its own there
#else
    constexpr std::size_t stack_bytes = std::size_t{256} * 1'024;
#endif
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, stack_bytes);
    pthread_setattr_default_np(&attributes);
    pthread_attr_destroy(&attributes);
}

int serve(kv::Options options)
{
    const sigset_t signals = block_stop_signals();
    use_small_stacks();
    options.on_shutdown = [] {
        ::kill(::getpid(), SIGTERM);
    };  // as if we had been told from outside
    kv::Server server(options);
    for (const kv::Uri& uri : server.uris()) std::cout << "ready " << to_string(uri) << '\n';
    std::cout.flush();
    wait_for_signal(signals);
    server.stop();
    return stopped;
}

}  // namespace

int main(int argc, char** argv)
{
    try {
        const auto options = kv::parse_options(argc, argv);
        return options ? serve(*options) : stopped;
    } catch (const kv::UsageError& error) {
        std::cerr << "kvserver: " << error.what() << "\nTry kvserver --help\n";
        return wrong_usage;
    } catch (const std::exception& error) {
        std::cerr << "kvserver: " << error.what() << '\n';
        return cannot_serve;
    }
}
