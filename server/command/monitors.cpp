#include "server/command/context.h"

#include "common/quoting.h"

#include <fmt/format.h>

#include <new>

namespace kv {

void LogWatchers::add(Transaction& store, Mailbox& watcher, unsigned streams)
{
    const MutexLock lock(mutex_);
    watchers_.push_back({&watcher, streams});
    listen(store);
}

void LogWatchers::remove(Transaction& store, Mailbox& watcher)
{
    const MutexLock lock(mutex_);
    std::erase_if(watchers_, [&](const Watcher& one) { return one.mailbox == &watcher; });
    listen(store);
}

/// To the store's changes, while somebody watches evictions.
void LogWatchers::listen(Transaction& store)
{
    const bool listened = any(evictions);
    unsigned streams = 0;
    for (const Watcher& watcher : watchers_) streams |= watcher.streams;
    streams_ = streams;
    if (!listened && any(evictions)) store.add_listener(*this);
    if (listened && !any(evictions)) store.remove_listener(*this);
}

// ts=1700000000.123456 gid=17 type=item_get key=foo ...
void LogWatchers::tell(Stream stream, std::string_view text)
{
    using std::chrono::microseconds;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto time = std::chrono::duration_cast<microseconds>(now).count();
    const MutexLock lock(mutex_);
    const std::string line = fmt::format("ts={}.{:06} gid={} {}\n", time / 1'000'000,
                                         time % 1'000'000, ++last_number_, text);
    for (const Watcher& watcher : watchers_) {
        if ((watcher.streams & stream) != 0) (void)watcher.mailbox->post(line);
    }
}

// type=eviction key=foo ttl=-1 clsid=1 size=67
void LogWatchers::changed(std::span<const Change> changes) noexcept
{
    for (const Change& change : changes) {
        if (change.kind != Change::Kind::evicted) continue;
        const Item& item = *change.item;
        const auto expires = std::chrono::duration_cast<std::chrono::seconds>(item.expires);
        try {
            tell(evictions,
                 fmt::format("type=eviction key={} ttl={} clsid=1 size={}", in_uri(item.key()),
                             item.expires == never ? -1 : expires.count(), item.value().size()));
        } catch (const std::bad_alloc&) {  // one line less
        }
    }
}

}  // namespace kv
