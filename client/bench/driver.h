// driver.h: the event loop of one thread of the load generator.
#pragma once

#include "client/bench/connection.h"
#include "client/bench/pace.h"
#include "client/bench/stage.h"
#include "client/bench/tally.h"

#include <fmt/format.h>
#include <boost/circular_buffer.hpp>

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kv::bench {

/// Drives connections until the pace is over and every reply is in. One object per stage; used by
/// one thread. `Source` is called for each request: Request().
///
///   free client -> batch from the source, at the pace -> one send -> replies -> free client
template <class Dialect, class Source>
class Driver {
public:
    using Client = Connection<Dialect>;

    Driver(Surroundings around, std::vector<Client>& clients, Source source, Manners manners)
        : around_(around), clients_(clients), source_(std::move(source)), manners_(manners)
    {
    }

    /// The first `active` clients take part. Every client is watched: bytes that nobody asked for,
    /// or the end of an idle connection, are faults.
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
        around_.answered.fetch_add(std::exchange(fresh_, 0), std::memory_order_relaxed);
    }

    // Returns how long until a free client has something to send; negative: only replies matter.
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
        return static_cast<std::int64_t>(manners_.timeout_seconds * 1e9);
    }

    std::size_t wait(std::int64_t wait_ns)
    {
        const timespec timeout{wait_ns / 1'000'000'000, wait_ns % 1'000'000'000};
        const int events = ::epoll_pwait2(around_.epoll.number(), events_.data(),
                                          static_cast<int>(events_.size()), &timeout, nullptr);
        if (events < 0 && errno != EINTR) throw std::runtime_error("epoll_pwait2 failed");
        return events < 0 ? 0 : static_cast<std::size_t>(events);
    }

    // Gives a free client its next batch, or puts it among those that wait for one.
    void feed(Client& client, std::int64_t now)
    {
        client.begin_batch();
        for (const std::uint32_t key : missed_) client.ask({key, true}, now);
        missed_.clear();
        while (client.batch_size() < manners_.pipeline) {
            const auto since = pace_->take(now);
            if (!since) break;
            client.ask(source_(), *since);
        }
        if (client.batch_size() == 0) return free_.push_back(&client);
        ++busy_;
        if (manners_.connects_per_batch && !reconnect(client)) return;
        client.send(around_.batch, around_.payload);
    }

    bool reconnect(Client& client)
    {
        try {
            client.use(around_.target.start_connect(turn_++));
            watch(around_.epoll, client);
            return true;
        } catch (const std::exception& error) {
            drop(client, error.what());
            return false;
        }
    }

    void on_event(Client& client)
    {
        if (!client.is_open()) return;  // dropped since the event was taken
        if (client.has_unsent()) client.send(around_.batch, around_.payload);
        while (read_replies(client)) {
        }
    }

    // True when there may be more to read at once.
    bool read_replies(Client& client)
    {
        const auto input = client.receive(around_.input);
        if (!input) return false;
        if (input->empty()) {
            drop(client, "the server closed the connection");
            return false;
        }
        const std::int64_t now = now_ns();
        const bool was_busy = !client.is_idle();
        const bool is_in_step = client.consume(
            *input, around_.payload,
            [&](Reply reply, const Asked& asked) { count(client, reply, asked, now); });
        const bool is_free = was_busy && client.is_idle();
        if (is_free) --busy_;
        if (!is_in_step) {
            ++tally_.wrong;
            drop(client, client.fault(around_.payload));
            return false;
        }
        if (is_free) feed(client, now);
        return !is_free &&
               input->size() == around_.input.size();  // a short read emptied the socket
    }

    void count(Client& client, Reply reply, const Asked& asked, std::int64_t now)
    {
        ++fresh_;
        if (reply == Reply::refused) {
            ++tally_.refused;
            return tally_.complain(fmt::format("refused: {}", client.last_line()));
        }
        (asked.request.is_set ? tally_.sets : tally_.gets).add(now - asked.since_ns);
        if (reply == Reply::miss) {
            ++tally_.misses;
            if (manners_.sets_after_miss) missed_.push_back(asked.request.key);
            return;
        }
        if (reply == Reply::hit) ++tally_.hits;
        tally_.value_bytes += around_.payload.value(asked.request.key).size();
    }

    void drop(Client& client, const std::string& why)
    {
        tally_.complain(why);
        if (client.is_idle()) {
            ++tally_.lost;  // no request is, but the connection was not held
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

    Surroundings around_;
    std::vector<Client>& clients_;
    Source source_;
    Manners manners_;
    Pace* pace_ = nullptr;
    Tally tally_;
    boost::circular_buffer<Client*> free_;  // open loop: longest free first
    std::vector<std::uint32_t> missed_;     // keys that the next free client sets
    std::size_t busy_ = 0;                  // clients with a batch under way
    std::uint64_t fresh_ = 0;               // answered since the progress bar was told
    std::uint32_t turn_ = 0;
    std::array<epoll_event, 256> events_;
};

}  // namespace kv::bench
