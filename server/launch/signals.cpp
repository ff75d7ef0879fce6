#include "server/launch/signals.h"

#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace kv {

Signals::Signals(std::initializer_list<int> numbers) : signals_{}, before_{}, descriptor_(-1)
{
    sigemptyset(&signals_);
    for (const int number : numbers) sigaddset(&signals_, number);
    pthread_sigmask(SIG_BLOCK, &signals_, &before_);
    descriptor_ = ::signalfd(-1, &signals_, SFD_CLOEXEC);
    if (descriptor_ == -1) throw std::system_error(errno, std::generic_category(), "signalfd");
}

Signals::~Signals()
{
    release();
    ::close(descriptor_);
}

signalfd_siginfo Signals::next()
{
    signalfd_siginfo signal{};
    while (::read(descriptor_, &signal, sizeof signal) == -1) {
        if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "signalfd");
    }
    return signal;
}

void Signals::release()
{
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace kv
