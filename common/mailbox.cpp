#include "common/mailbox.h"

#include <boost/system/system_error.hpp>

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <utility>

namespace kv {

Mailbox::~Mailbox()
{
    if (descriptor_ >= 0) ::close(descriptor_);
}

void Mailbox::open()
{
    if (descriptor_ >= 0) return;
    descriptor_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (descriptor_ < 0) {
        throw boost::system::system_error(errno, boost::system::system_category(), "eventfd");
    }
}

bool Mailbox::post(std::string message)
{
    {
        const MutexLock lock(mutex_);
        if (waiting_bytes_ + message.size() > max_waiting_bytes) return false;
        const std::size_t bytes = message.size();
        messages_.push_back(std::move(message));
        waiting_bytes_ += bytes;
    }
    const std::uint64_t one = 1;
    // It can fail only when the counter is full, and then the session is being woken already.
    [[maybe_unused]] const auto written = ::write(descriptor_, &one, sizeof one);
    return true;
}

std::vector<std::string> Mailbox::take()
{
    std::uint64_t count = 0;
    // Fails when nobody has posted: then there is nothing to reset.
    [[maybe_unused]] const auto got = ::read(descriptor_, &count, sizeof count);
    const MutexLock lock(mutex_);
    waiting_bytes_ = 0;
    return std::exchange(messages_, {});
}

}  // namespace kv
