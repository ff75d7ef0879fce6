#include "server/net/polling_transport.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>

BOOST_AUTO_TEST_SUITE(polling_transport_test)

namespace {

using kv::PollingTransport;
using std::chrono::microseconds;

/// A peer that sends a byte when it has been looked at often enough.
class SlowPeer final : public kv::Transport {
public:
    std::optional<std::size_t> try_read(std::span<char> into) override
    {
        ++looks;
        if (looks < answers_at) return std::nullopt;
        into[0] = 'x';
        return std::min(sends, into.size());
    }
    std::size_t try_write(std::string_view head, std::string_view tail) override
    {
        return head.size() + tail.size();
    }
    kv::Wakeup wait(kv::Event, const kv::Mailbox*, kv::Deadline) override
    {
        ++sleeps;
        return wakeup;
    }

    int looks = 0;
    int sleeps = 0;
    int answers_at = 1'000'000'000;
    std::size_t sends = 1;
    kv::Wakeup wakeup = kv::Wakeup::readable;
};

struct Polling {
    SlowPeer peer;
    std::array<char, 16> room{};

    /// How often the peer was looked at for one read.
    int looks_of_one_read(PollingTransport& transport)
    {
        const int before = peer.looks;
        (void)transport.try_read(room);
        return peer.looks - before;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_comes_while_it_polls_is_read_without_a_sleep, Polling)
{
    PollingTransport transport(peer, microseconds(1));
    peer.answers_at = 3;
    BOOST_TEST(transport.try_read(room).value() == 1U);
    BOOST_TEST(peer.sleeps == 0);
}

BOOST_FIXTURE_TEST_CASE(polling_ends, Polling)
{
    PollingTransport transport(peer, microseconds(1));
    BOOST_TEST((transport.try_read(room) == std::nullopt));
    BOOST_TEST(peer.looks >= 1);
}

BOOST_FIXTURE_TEST_CASE(polls_in_vain_become_rare, Polling)
{
    PollingTransport transport(peer, microseconds(1));
    int polls = 0;
    for (int i = 0; i < 1000; ++i) polls += looks_of_one_read(transport) > 0 ? 1 : 0;
    BOOST_TEST(polls > 6);  // it goes on trying
    BOOST_TEST(polls < 30);
}

BOOST_FIXTURE_TEST_CASE(a_poll_that_finds_something_makes_polling_worth_while_again, Polling)
{
    PollingTransport transport(peer, microseconds(1));
    for (int i = 0; i < 300; ++i) (void)transport.try_read(room);
    peer.answers_at = 0;
    while (!transport.try_read(room)) continue;
    peer.answers_at = 1'000'000'000;
    BOOST_TEST(looks_of_one_read(transport) > 0);
}

BOOST_FIXTURE_TEST_CASE(without_polling_only_what_woke_it_is_read, Polling)
{
    PollingTransport transport(peer, microseconds(0));
    peer.answers_at = 0;
    BOOST_TEST((transport.try_read(room) == std::nullopt));
    BOOST_TEST(peer.looks == 0);
    BOOST_TEST(
        (transport.wait(kv::Event::readable, nullptr, kv::no_deadline) == kv::Wakeup::readable));
    BOOST_TEST(transport.try_read(room).value() == 1U);
}

BOOST_FIXTURE_TEST_CASE(behind_what_filled_all_room_there_is_more, Polling)
{
    PollingTransport transport(peer, microseconds(0));
    peer.answers_at = 0;
    peer.sends = room.size();
    BOOST_TEST(
        (transport.wait(kv::Event::readable, nullptr, kv::no_deadline) == kv::Wakeup::readable));
    BOOST_TEST(transport.try_read(room).value() == room.size());
    peer.sends = room.size() - 1;
    BOOST_TEST(transport.try_read(room).value() == room.size() - 1);
    BOOST_TEST((transport.try_read(room) == std::nullopt));  // not looked at again
    BOOST_TEST(peer.looks == 2);
}

BOOST_FIXTURE_TEST_CASE(mail_is_nothing_to_read, Polling)
{
    PollingTransport transport(peer, microseconds(0));
    peer.wakeup = kv::Wakeup::mail;
    BOOST_TEST((transport.wait(kv::Event::readable, nullptr, kv::no_deadline) == kv::Wakeup::mail));
    (void)transport.try_read(room);
    BOOST_TEST(peer.looks == 0);
}

BOOST_FIXTURE_TEST_CASE(what_comes_while_it_waits_to_write_is_read_without_polling, Polling)
{
    PollingTransport transport(peer, microseconds(0));
    peer.answers_at = 0;
    BOOST_TEST(
        (transport.wait(kv::Event::either, nullptr, kv::no_deadline) == kv::Wakeup::readable));
    BOOST_TEST(transport.try_read(room).value() == 1U);
}

BOOST_FIXTURE_TEST_CASE(room_to_write_is_nothing_to_read, Polling)
{
    PollingTransport transport(peer, microseconds(0));
    peer.wakeup = kv::Wakeup::writable;
    BOOST_TEST(
        (transport.wait(kv::Event::either, nullptr, kv::no_deadline) == kv::Wakeup::writable));
    (void)transport.try_read(room);
    BOOST_TEST(peer.looks == 0);
}

BOOST_AUTO_TEST_SUITE_END()
