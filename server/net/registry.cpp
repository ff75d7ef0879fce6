#include "server/net/registry.h"

#include <exception>

namespace kv {

Registry::Registry(SessionSettings settings, std::size_t max_clients)
    : settings_(settings), max_clients_(max_clients)
{
}

Registry::~Registry()
{
    join_ended();
}

Registry::Admission Registry::admit(Socket&& socket, const Scheme& scheme, std::string_view space)
{
    Entries arriving;
    arriving.emplace_back(std::move(socket), scheme, space, ++last_id_, settings_);
    const Admission admission = start(arriving);
    if (admission != Admission::served) arriving.front().session.reject();
    return admission;
}

/// Moves the one client of `arriving` to the active ones and starts its thread, or leaves it there.
Registry::Admission Registry::start(Entries& arriving)
{
    const MutexLock lock(mutex_);
    if (stopping_ || active_.size() >= max_clients_) {
        ++refused_;
        return Admission::refused;
    }
    const auto entry = arriving.begin();
    try {
        // The thread needs our lock to end, so it cannot end before it is registered.
        entry->thread = std::thread([this, entry] { run(entry); });
    } catch (const std::exception&) {
        ++refused_;
        return Admission::no_thread;
    }
    ++admitted_;
    active_.splice(active_.end(), arriving);
    return Admission::served;
}

/// The body of a client's thread.
void Registry::run(Entries::iterator entry)
{
    entry->session.run();
    const Traffic& traffic = entry->session.client().traffic();
    const MutexLock lock(mutex_);
    commands_ += entry->session.client().activity().commands;
    bytes_read_ += traffic.bytes_read;
    bytes_written_ += traffic.bytes_written;
    ended_.splice(ended_.end(), active_, entry);
    if (active_.empty()) idle_since_ = std::chrono::steady_clock::now();
    changed_.notify_all();
}

void Registry::join_ended()
{
    Entries ended;
    {
        const MutexLock lock(mutex_);
        ended.swap(ended_);
    }
    for (Entry& entry : ended) entry.thread.join();
}

void Registry::wait_for_end(std::stop_token stop, std::chrono::milliseconds timeout)
{
    const MutexLock lock(mutex_);
    changed_.wait_for(mutex_, std::move(stop), timeout, [this] {
        mutex_.assert_held();
        return !ended_.empty();
    });
}

void Registry::stop(std::chrono::milliseconds drain_timeout)
{
    const auto all_ended = [this] {
        mutex_.assert_held();
        return active_.empty();
    };
    {
        const MutexLock lock(mutex_);
        stopping_ = true;
        for (Entry& entry : active_) entry.session.finish();
        changed_.wait_for(mutex_, drain_timeout, all_ended);
        for (Entry& entry : active_) entry.session.cut();
        changed_.wait(mutex_, all_ended);
    }
    join_ended();
}

}  // namespace kv
