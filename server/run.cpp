#include "server/run.h"

#include "server/command_line.h"
#include "server/launch/child.h"
#include "server/launch/lifetime.h"
#include "server/launch/start.h"
#include "server/server.h"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string_view>

namespace kv {

namespace {

constexpr int cannot_serve = 125;  // as in env(1) and timeout(1)

/// KV_URL names the first listener, the others the first one of their dialect.
std::vector<std::string> variables(const std::vector<Uri>& uris)
{
    std::vector<std::string> result{"KV_URL=" + to_string(uris.front())};
    const auto name_first = [&](const char* variable, std::string_view scheme) {
        for (const Uri& uri : uris) {
            if (uri.scheme != scheme) continue;
            result.push_back(variable + to_string(uri));
            return;
        }
    };
    name_first("KV_MEMCACHE_URL=", "memcache");
    name_first("KV_REDIS_URL=", "redis");
    return result;
}

/// Descriptors that are for us alone: the command must not hold them open.
void keep_from_command(const CommandLine& ours)
{
    if (ours.launch.ready_fd != -1) ::fcntl(ours.launch.ready_fd, F_SETFD, FD_CLOEXEC);
    for (const Uri& uri : ours.options.listen) {
        if (uri.is_inherited()) ::fcntl(uri.descriptor, F_SETFD, FD_CLOEXEC);
    }
}

ExitReason next_signal(Signals& signals)
{
    const signalfd_siginfo signal = signals.next();
    return {static_cast<int>(signal.ssi_signo), signal.ssi_code == SI_KERNEL, {}};
}

/// Passes signals on until the command has ended.
int attend(Child& child, Signals& signals, const Lifetime& lifetime, const Server& server)
{
    bool ending = false;
    for (;;) {
        if (const auto status = child.exit_status()) return *status;
        // After asking it to end, wait only for its end or another signal.
        const ExitReason event = ending
                                     ? next_signal(signals)
                                     : lifetime.wait(signals, [&] { return server.idle_since(); });
        if (!event.signal) {
            ending = true;
            child.send(SIGTERM);
        } else if (*event.signal != SIGCHLD && !event.from_terminal) {
            child.send(*event.signal);
        }
    }
}

/// The command is forked while signals wait and there is one thread; it is served after that.
int serve_command(CommandLine ours, char** command)
{
    keep_from_command(ours);
    Signals signals{SIGCHLD, SIGHUP,  SIGINT,  SIGQUIT,
                    SIGTERM, SIGUSR1, SIGUSR2, parent_death_signal()};
    Child child(command, signals);
    std::signal(SIGPIPE, SIG_IGN);
    use_little_memory();
    provide_descriptors(ours.options.max_clients, ours.options.log_level);
    const Lifetime lifetime(ours.launch);
    ours.options.on_shutdown = [] { ::kill(::getpid(), SIGTERM); };
    Announcement announcement(ours.launch);
    Server server(ours.options);
    announcement.write(server.uris());
    child.start(variables(server.uris()));
    announcement.tell_ready();
    const int status = attend(child, signals, lifetime, server);
    signals.release();
    end_after(ours.options.drain_timeout + time_to_end, status);
    server.stop();
    announcement.withdraw();
    std::exit(status);  // without freeing what is stored, item by item
}

/// Everything up to "--" is ours.
int end_of_options(int argc, char** argv)
{
    int end = 2;
    while (end < argc && std::string_view(argv[end]) != "--") ++end;
    return end;
}

}  // namespace

bool is_run(int argc, const char* const* argv)
{
    return argc > 1 && std::string_view(argv[1]) == "run";
}

int run_command(int argc, char** argv)
{
    try {
        const int end = end_of_options(argc, argv);
        std::vector<const char*> ours(argv + 1, argv + end);
        const auto command_line =
            parse_command_line(static_cast<int>(ours.size()), ours.data(), {0, 0});
        if (!command_line) return 0;
        if (end + 1 >= argc) throw UsageError("run: no command; it is run [OPTIONS] -- COMMAND");
        return serve_command(*command_line, argv + end + 1);
    } catch (const std::exception& error) {
        std::cerr << "kvserver: " << error.what() << '\n';
        return cannot_serve;
    }
}

}  // namespace kv
