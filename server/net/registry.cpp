#include "server/net/registry.h"

#include <system_error>

namespace kv {

Registry::Registry(SessionSettings settings, std::size_t max_clients)
    : settings_(settings), max_clients_(max_clients)
{
}

Registry::~Registry()
{
    join_ended();
}

Registry::Admission Registry::admit(Socket socket, const Scheme& scheme, std::string name)
{
    Clients arriving;
    arriving.emplace_back(std::move(socket), scheme, std::move(name), settings_);
    const Admission admission = start(arriving);
    if (admission == Admission::served) {
        ++admitted_;
    } else {
        ++refused_;
        arriving.front().session.turn_away();
    }
    return admission;
}

/// Moves the one client of `arriving` to the active ones and starts its thread, or leaves it there.
Registry::Admission Registry::start(Clients& arriving)
{
    const MutexLock lock(mutex_);
    if (stopping_ || active_.size() >= max_clients_) return Admission::refused;
    const auto client = arriving.begin();
    try {
        // The thread's last act takes the lock we hold, so it cannot end before it is entered.
        client->thread = std::thread([this, client] { run(client); });
    } catch (const std::system_error&) {
        return Admission::no_thread;
    }
    active_.splice(active_.end(), arriving);
    return Admission::served;
}

/// The body of a client's thread.
void Registry::run(Clients::iterator client)
{
    client->session.run();
    const MutexLock lock(mutex_);
    ended_.splice(ended_.end(), active_, client);
    changed_.notify_all();
}

void Registry::join_ended()
{
    Clients ended;
    {
        const MutexLock lock(mutex_);
        ended.swap(ended_);
    }
    for (Client& client : ended) client.thread.join();
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
        for (Client& client : active_) client.session.finish();
        changed_.wait_for(mutex_, drain_timeout, all_ended);
        for (Client& client : active_) client.session.cut();
        changed_.wait(mutex_, all_ended);
    }
    join_ended();
}

std::size_t Registry::clients()
{
    const MutexLock lock(mutex_);
    return active_.size();
}

}  // namespace kv
