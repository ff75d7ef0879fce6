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
    if (memory_ != nullptr) memory_->give_back(waiting_bytes_);
}

void Mailbox::open(MemorySource* memory)
{
    if (descriptor_ >= 0) return;
    descriptor_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (descriptor_ < 0) {
        throw boost::system::system_error(errno, boost::system::system_category(), "eventfd");
    }
    memory_ = memory;
}

bool Mailbox::post(std::string message)
{
    {
        const std::size_t bytes = footprint(message);
        const MutexLock lock(mutex_);
        if (waiting_bytes_ + bytes > max_waiting_bytes) return false;
        messages_.push_back(std::move(message));
        if (memory_ != nullptr && !memory_->take(bytes)) {
            messages_.pop_back();
            return false;
        }
        waiting_bytes_ += bytes;
    }
    wake();
    return true;
}

void Mailbox::wake() noexcept
{
    const std::uint64_t one = 1;
    // It fails only when the counter is full: then the session has already been woken.
    [[maybe_unused]] const auto written = ::write(descriptor_, &one, sizeof one);
}

std::optional<std::string> Mailbox::take()
{
    const MutexLock lock(mutex_);
    const std::size_t written = std::exchange(taken_bytes_, 0);
    waiting_bytes_ -= written;
    if (memory_ != nullptr) memory_->give_back(written);
    if (messages_.empty()) {
        std::uint64_t count = 0;
        // Fails when nothing was posted: then there is nothing to reset. A later post wakes us
        // again.
        [[maybe_unused]] const auto got = ::read(descriptor_, &count, sizeof count);
        return std::nullopt;
    }
    std::string message = std::move(messages_.front());
    messages_.pop_front();
    taken_bytes_ = footprint(message);
    return message;
}

}  // namespace kv
