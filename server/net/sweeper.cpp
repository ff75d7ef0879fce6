#include "server/net/sweeper.h"

#include "common/words.h"

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <new>
#include <string_view>

namespace kv {

namespace {

using std::chrono::milliseconds;
using SteadyTime = std::chrono::steady_clock::time_point;

// A walk over a million items takes some five seconds this way, and one hundredth of a core.
constexpr milliseconds between_steps{1};
constexpr int steps_at_once = 24;

// For a lowered limit, which is to hold soon: a million items are dropped in about a second.
constexpr int steps_in_a_hurry = 240;

// Dropping items needs a little memory: retry after this.
constexpr milliseconds without_memory{50};

// Bounds how late the sweeper notices an expiry or a limit set while it slept; until then writes
// may be refused.
constexpr milliseconds longest_sleep{100};

// Between two looks, writes may take the heap some megabytes past its bound.
constexpr milliseconds between_looks{100};

constexpr std::size_t mib = std::size_t{1} << 20;

milliseconds until(UnixMillis when, UnixMillis now)
{
    if (when <= now) return between_steps;
    return std::min(when - now, longest_sleep);
}

/// A few steps. Returns how long to wait for the next ones.
milliseconds sweep(Store& store)
{
    try {
        bool more = true;
        const int steps = store.budget().excess() > 0 ? steps_in_a_hurry : steps_at_once;
        for (int step = 0; more && step < steps; ++step) {
            more = store.sweep();
            store.let_others_in();
        }
        while (store.unstored().unread.release()) {
        }
        return more ? between_steps : until(store.next_expiry(), store.clock().now());
    } catch (const std::bad_alloc&) {
        return without_memory;
    }
}

/// The process's resident memory and number of threads (proc(5), /proc/pid/stat).
struct Process {
    std::size_t threads = 0;
    std::size_t resident = 0;
};

/// Allocates nothing: it also runs when memory is short.
Process look_at_process()
{
    std::array<char, 1024> bytes;
    const int file = ::open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
    if (file == -1) return {};
    const ssize_t got = ::read(file, bytes.data(), bytes.size());
    ::close(file);
    std::string_view rest(bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    rest.remove_prefix(std::min(rest.rfind(')') + 1, rest.size()));  // the name may contain blanks
    std::array<std::size_t, 25> fields{};
    for (std::size_t field = 3; field < fields.size(); ++field) {
        fields[field] = parse_number<std::size_t>(take_word(rest)).value_or(0);
    }
    return {fields[20], fields[24] * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))};
}

/// Keeps the process's memory close to the store's limit. When the sizes of values change, the heap
/// fragments: freed memory lies in holes between items, too small for new ones. Free pages are
/// returned to the system; while that is not enough, a store that evicts must keep below its limit
/// until the holes have merged.
class HeapWatch {
public:
    explicit HeapWatch(Store& store) : store_(store) {}

    /// Looks at the heap, unless it has just done so. Costs some 30 us; a trim costs some
    /// milliseconds, during which no thread can allocate.
    void look()
    {
        const SteadyTime now = std::chrono::steady_clock::now();
        if (now - looked_at_ < between_looks) return;
        looked_at_ = now;
        const std::size_t used = store_.budget().used();
        std::size_t resident = beyond_others();
        if (resident > used + used / 4 && now - trimmed_at_ > trim_pause && pays(resident, used)) {
            trimmed_at_ = now;
            once_more_ = used + enough < used_;
            ::malloc_trim(0);
            const std::size_t rest = beyond_others();
            gained_ = resident - std::min(resident, rest);
            after_trim_ = resident = rest;
            used_at_trim_ = used;
        }
        withhold(resident);
        busy_ = used != used_;
        used_ = used;
    }

    /// How long to wait before the next look.
    [[nodiscard]] milliseconds pause() const { return busy_ ? between_looks : longest_sleep; }

private:
    /// Resident memory without what is not items: the program, its threads, memory held elsewhere.
    [[nodiscard]] std::size_t beyond_others() const
    {
        const Process process = look_at_process();
        const std::size_t others =
            24 * mib + process.threads * (64 << 10) + store_.unheeded_bytes();
        return process.resident - std::min(process.resident, others);
    }

    /// Whether a trim is likely to free more than the last one left.
    [[nodiscard]] bool pays(std::size_t resident, std::size_t used) const
    {
        return once_more_ || gained_ > enough || resident > after_trim_ + enough ||
               used + enough < used_at_trim_;
    }

    void withhold(std::size_t resident)
    {
        const std::size_t limit = store_.budget().limit();
        const std::size_t now = store_.budget().withheld();
        const std::size_t bound = limit + limit / 4;
        if (limit != 0 && resident > bound) {
            store_.withhold(std::min(limit / 2, now + limit / 50 + (resident - bound) / 2));
        } else if (now > 0) {
            store_.withhold(now - std::min(now, limit / 100 + 1));
        }
    }

    static constexpr milliseconds trim_pause{1000};
    static constexpr std::size_t enough = 4 * mib;

    Store& store_;
    SteadyTime looked_at_;
    SteadyTime trimmed_at_;
    std::size_t after_trim_ = 0;    ///< resident bytes after the last trim
    std::size_t used_at_trim_ = 0;  ///< used bytes at the last trim
    std::size_t gained_ = 0;        ///< bytes freed by the last trim
    bool once_more_ = false;  ///< items dropped just before the last trim may have been freed since
    std::size_t used_ = 0;    ///< at the last look
    bool busy_ = false;
};

}  // namespace

void Sweeper::run(Store& store, Registry& registry, bool watches_heap, const std::stop_token& stop)
{
    HeapWatch heap(store);
    while (!stop.stop_requested()) {
        registry.join_ended();
        const milliseconds pause = sweep(store);
        if (watches_heap) heap.look();
        registry.wait_for_end(stop, watches_heap ? std::min(pause, heap.pause()) : pause);
    }
}

}  // namespace kv
