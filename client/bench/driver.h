// driver.h: the event loop of one thread of the load generator, and when it may send.
#pragma once

#include "client/bench/connection.h"
#include "client/bench/keys.h"
#include "client/bench/measurement.h"
#include "common/log.h"

#include <fmt/format.h>
#include <boost/circular_buffer.hpp>

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kv::bench {

/// The bounds of a phase, for one thread.
struct Bounds {
    std::uint64_t requests = std::numeric_limits<std::uint64_t>::max();
    double seconds = 0;              ///< 0: until `requests` are sent
    double requests_per_second = 0;  ///< 0: closed loop, a client sends as soon as it is answered
};

/// When requests may be sent. Closed loop: any time until the end. Open loop: at fixed times,
/// however slow the replies; a request for which no client was free is sent late but keeps its due
/// time, so a stall of the server counts for every request that it delayed.
class Pace {
public:
    Pace(const Bounds& bounds, std::int64_t now_ns)
        : begin_ns_(now_ns),
          left_(bounds.requests),
          interval_ns_(bounds.requests_per_second > 0 ? 1e9 / bounds.requests_per_second : 0)
    {
        if (bounds.seconds > 0) end_ns_ = now_ns + static_cast<std::int64_t>(bounds.seconds * 1e9);
    }

    [[nodiscard]] bool is_open_loop() const { return interval_ns_ > 0; }

    /// When the next request is due. REQUIRES is_open_loop().
    [[nodiscard]] std::int64_t next_due_ns() const
    {
        return begin_ns_ + static_cast<std::int64_t>(interval_ns_ * static_cast<double>(taken_));
    }

    [[nodiscard]] bool is_over(std::int64_t now_ns) const
    {
        return left_ == 0 || now_ns >= end_ns_;
    }

    /// The due time of a request sent now; nullopt when none may be sent yet.
    [[nodiscard]] std::optional<std::int64_t> take(std::int64_t now_ns)
    {
        if (is_over(now_ns)) return std::nullopt;
        const std::int64_t since_ns = is_open_loop() ? next_due_ns() : now_ns;
        if (since_ns > now_ns) return std::nullopt;
        --left_;
        ++taken_;
        return since_ns;
    }

    /// Requests that were due before the end but never sent.
    [[nodiscard]] std::uint64_t overdue() const
    {
        if (!is_open_loop() || left_ == 0 || next_due_ns() >= end_ns_) return 0;
        const auto late_ns = static_cast<double>(end_ns_ - next_due_ns());
        return std::min(left_, static_cast<std::uint64_t>(std::ceil(late_ns / interval_ns_)));
    }

private:
    std::int64_t begin_ns_;
    std::int64_t end_ns_ = std::numeric_limits<std::int64_t>::max();
    std::uint64_t left_;
    std::uint64_t taken_ = 0;
    double interval_ns_;
};

[[nodiscard]] inline std::int64_t now_ns()
{
    return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

/// The load of a phase.
struct LoadProfile {
    std::size_t pipeline = 1;      ///< requests in one batch
    bool sets_after_miss = false;  ///< like an application that uses the server as a cache
    bool connects_per_batch = false;
    double timeout_seconds =
        10;  ///< after this long without an event, unanswered requests count as lost
};

/// Shared by the phases of one thread, and outlives them.
struct Shared {
    const Target& target;
    const Payload& payload;
    const Descriptor& epoll;
    Batch& batch;
    std::span<char> input;
    std::atomic<std::uint64_t>& answered;  ///< read by the progress bar
};

/// Registers a client with epoll, edge-triggered: one call per connection.
template <class Dialect>
void watch(const Descriptor& epoll, Connection<Dialect>& client)
{
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.ptr = &client;
    if (::epoll_ctl(epoll.number(), EPOLL_CTL_ADD, client.descriptor(), &event) != 0) {
        throw std::runtime_error("cannot add a connection to epoll");
    }
}

/// Drives connections until the pace has ended and every reply is in. One object per phase; used by
/// one thread. `Source` is called for each request and returns a Request.
///
///   free client -> batch from the source, at the pace -> one send -> replies -> free client
template <class Dialect, class Source>
class Driver {
public:
    using Client = Connection<Dialect>;

    Driver(Shared shared, std::vector<Client>& clients, Source source, LoadProfile profile)
        : shared_(shared), clients_(clients), source_(std::move(source)), profile_(profile)
    {
    }

    /// The first `active` clients take part. All are watched: unrequested bytes, or the end of an
    /// idle connection, are faults.
    Tally run(std::size_t active, const Bounds& bounds)
    {
        free_.set_capacity(active);
        tally_.begin_ns = now_ns();
        Pace pace(bounds, tally_.begin_ns);
        pace_ = &pace;
        for (std::size_t i = 0; i < active; ++i) {
            if (clients_[i].is_open()) feed(clients_[i], now_ns());
        }
        while (!is_finished()) step();
        tally_.not_sent = pace.overdue();
        tally_.end_ns = now_ns();
        return std::move(tally_);
    }

private:
    bool is_finished() const { return busy_ == 0 && (free_.empty() || pace_->is_over(now_ns())); }

    void step()
    {
        const std::int64_t wait_ns = send_what_is_due();
        const std::size_t events = wait(wait_ns < 0 ? timeout_ns() : wait_ns);
        if (events == 0 && wait_ns < 0) give_up();
        for (std::size_t i = 0; i < events; ++i) {
            on_event(*static_cast<Client*>(events_[i].data.ptr));
        }
        shared_.answered.fetch_add(std::exchange(fresh_, 0), std::memory_order_relaxed);
    }

    // Returns the time until a free client can send; negative: wait for replies only.
    std::int64_t send_what_is_due()
    {
        if (free_.empty()) return -1;
        std::int64_t now = now_ns();
        while (!free_.empty() && !pace_->is_over(now)) {
            const std::int64_t early_ns = pace_->next_due_ns() - now;
            if (early_ns > 0) return early_ns;
            Client& client = *free_.front();
            free_.pop_front();
            if (client.is_open()) feed(client, now);
            now = now_ns();
        }
        return -1;
    }

    std::int64_t timeout_ns() const
    {
        return static_cast<std::int64_t>(profile_.timeout_seconds * 1e9);
    }

    std::size_t wait(std::int64_t wait_ns)
    {
        const timespec timeout{wait_ns / 1'000'000'000, wait_ns % 1'000'000'000};
        const int events = ::epoll_pwait2(shared_.epoll.number(), events_.data(),
                                          static_cast<int>(events_.size()), &timeout, nullptr);
        if (events < 0 && errno != EINTR) throw std::runtime_error("epoll_pwait2 failed");
        return events < 0 ? 0 : static_cast<std::size_t>(events);
    }

    // Gives a free client its next batch, or queues it.
    void feed(Client& client, std::int64_t now)
    {
        client.begin_batch();
        for (const std::uint32_t key : missed_) client.ask({key, true}, now);
        missed_.clear();
        while (client.batch_size() < profile_.pipeline) {
            const auto since = pace_->take(now);
            if (!since) break;
            client.ask(source_(), *since);
        }
        if (client.batch_size() == 0) return free_.push_back(&client);
        ++busy_;
        if (profile_.connects_per_batch && !reconnect(client)) return;
        client.send(shared_.batch, shared_.payload);
    }

    bool reconnect(Client& client)
    {
        try {
            client.use(shared_.target.start_connect(turn_++));
            watch(shared_.epoll, client);
            return true;
        } catch (const std::exception& error) {
            drop(client, error.what());
            return false;
        }
    }

    void on_event(Client& client)
    {
        if (!client.is_open()) return;  // dropped since the event was taken
        if (client.has_unsent()) client.send(shared_.batch, shared_.payload);
        while (read_replies(client)) {
        }
    }

    // True when there may be more to read.
    bool read_replies(Client& client)
    {
        const auto input = client.receive(shared_.input);
        if (!input) return false;
        if (input->empty()) {
            drop(client, "the server closed the connection");
            return false;
        }
        const std::int64_t now = now_ns();
        const bool was_busy = !client.is_idle();
        if (!was_busy && Dialect::is_error(*input)) {
            turned_away(client, *input);
            return false;
        }
        const bool is_in_step = client.consume(
            *input, shared_.payload,
            [&](Reply reply, const Pending& pending) { count(client, reply, pending, now); });
        const bool is_free = was_busy && client.is_idle();
        if (is_free) --busy_;
        if (!is_in_step) {
            ++tally_.wrong;
            drop(client, client.fault(shared_.payload));
            return false;
        }
        if (is_free) feed(client, now);
        return !is_free &&
               input->size() == shared_.input.size();  // a short read emptied the socket
    }

    void count(Client& client, Reply reply, const Pending& pending, std::int64_t now)
    {
        ++fresh_;
        if (reply == Reply::refused) {
            ++tally_.refused;
            return tally_.complain(fmt::format("refused: {}", client.last_line()));
        }
        (pending.request.is_set ? tally_.sets : tally_.gets).add(now - pending.since_ns);
        if (reply == Reply::miss) {
            ++tally_.misses;
            if (profile_.sets_after_miss) missed_.push_back(pending.request.key);
            return;
        }
        if (reply == Reply::hit) ++tally_.hits;
        tally_.value_bytes += shared_.payload.value(pending.request.key).size();
    }

    // An unrequested error before a close: the server is full.
    void turned_away(Client& client, std::string_view farewell)
    {
        const std::string_view line = farewell.substr(0, farewell.find_first_of("\r\n"));
        tally_.complain(fmt::format("refused: {}", escaped(line)));
        ++tally_.refused;
        client.close();
    }

    void drop(Client& client, const std::string& why)
    {
        tally_.complain(why);
        if (client.is_idle()) {
            ++tally_.lost;  // not a request, but the connection was not kept
        } else {
            tally_.lost += client.unanswered();
            --busy_;
        }
        client.close();
    }

    void give_up()
    {
        for (Client& client : clients_) {
            if (client.is_open() && !client.is_idle()) drop(client, "no reply within the timeout");
        }
    }

    Shared shared_;
    std::vector<Client>& clients_;
    Source source_;
    LoadProfile profile_;
    Pace* pace_ = nullptr;
    Tally tally_;
    boost::circular_buffer<Client*> free_;  // open loop: longest free first
    std::vector<std::uint32_t> missed_;     // keys for the next free client to set
    std::size_t busy_ = 0;                  // clients with a batch in flight
    std::uint64_t fresh_ = 0;               // replies since the last progress report
    std::uint32_t turn_ = 0;
    std::array<epoll_event, 256> events_;
};

}  // namespace kv::bench
