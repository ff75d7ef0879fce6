// conversation.h: a small language for tests of dialects, over a scripted transport.
//
//   Talk<memcached::Dialect> talk;
//   talk.check({{"set a 0 0 1\r\nx\r\n", "STORED\r\n"}, {"get a\r\n", "VALUE a 0
//   1\r\nx\r\nEND\r\n"}});
//
// The conversation is played turn by turn, then whole, byte by byte and split at every position,
// each time with an empty store: the replies must be identical.
#pragma once

#include "test/support/every_split.h"
#include "test/support/held.h"
#include "test/support/manual_clock.h"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace kv::test {

/// One turn: what the client sends, and the complete reply.
struct Turn {
    std::string sent;
    std::string expected;
};

struct Limits {
    std::size_t memory = 0;
    std::size_t item = std::size_t{1} << 20;
};

template <class Dialect>
class Talk {
public:
    explicit Talk(Limits limits = {}) : limits_(limits) {}

    /// The replies to `peer`, from an empty store.
    Held hold(ScriptedTransport& peer) const
    {
        ManualClock clock;
        Store store(clock, limits_.memory);
        return hold(peer, store);
    }

    Held hold(ScriptedTransport& peer, Store& store) const
    {
        return hold_conversation<Dialect>(peer, store, limits_.item);
    }

    /// Checks the conversation for every way of splitting it. `step` as in for_every_split.
    void check(const std::vector<Turn>& turns, std::size_t step = 1) const
    {
        check_turn_by_turn(turns);
        std::string sent;
        std::string expected;
        for (const Turn& turn : turns) {
            sent += turn.sent;
            expected += turn.expected;
        }
        bool same = true;  // the first failing split suffices
        for_every_split(
            sent, [&](const Pieces& pieces) { same = same && check_pieces(pieces, expected); },
            step);
    }

    /// Like check, and the server must end the conversation with the last turn.
    void check_closed(const std::vector<Turn>& turns, std::size_t step = 1) const
    {
        check(turns, step);
        ScriptedTransport peer;
        for (const Turn& turn : turns) peer.sends(turn.sent);
        const Held held = hold(peer);
        BOOST_REQUIRE(held.ended.has_value());
        BOOST_TEST((*held.ended == Ended::by_us));
    }

private:
    /// Each reply must be sent before the server waits for the next turn.
    void check_turn_by_turn(const std::vector<Turn>& turns) const
    {
        ScriptedTransport peer;
        for (const Turn& turn : turns) peer.pauses().sends(turn.sent);
        peer.pauses();
        const Held held = hold(peer);
        std::size_t begin = 0;
        for (std::size_t i = 0; i < turns.size(); ++i) {
            // There is no wait after the server has ended the conversation.
            const std::size_t end =
                i + 1 < held.reply_ends.size() ? held.reply_ends[i + 1] : held.replies.size();
            BOOST_TEST_CONTEXT("in turn " << i << ": " << turns[i].sent.substr(0, 100))
            {
                BOOST_TEST(held.replies.substr(begin, end - begin) == turns[i].expected);
            }
            begin = end;
        }
    }

    bool check_pieces(const Pieces& pieces, const std::string& expected) const
    {
        ScriptedTransport peer;
        for (const std::string_view piece : pieces) peer.sends(piece).pauses();
        const Held held = hold(peer);
        if (held.replies == expected)
            return true;  // builds no message for the thousands of good splits
        BOOST_TEST_CONTEXT("in " << pieces.size() << " pieces, the first of " << pieces[0].size()
                                 << " bytes")
        {
            BOOST_TEST(held.replies == expected);
        }
        return false;
    }

    Limits limits_;
};

}  // namespace kv::test
