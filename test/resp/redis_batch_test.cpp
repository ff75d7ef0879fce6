// What one read brings is one batch: parsed where it lies, each key hashed once, all of them looked
// up together; up to what is not whole or not plain.
#include "server/resp/batch.h"

#include "test/support/manual_clock.h"
#include "test/support/redis_talk.h"

#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(redis_batch_test)

using kv::resp::Batch;
using kv::test::array_of;
using kv::test::bulk;
using kv::test::RedisTalk;
using kv::test::request;

namespace {

/// Notes which keys are hashed, and which are prefetched together, with a blank behind each.
class NotingMemory final : public kv::DraftSource {
public:
    std::optional<kv::Draft> draft(const kv::HashedKey&, std::size_t) override
    {
        return std::nullopt;
    }
    std::optional<kv::Charge> reserve(std::size_t) override { return std::nullopt; }
    kv::HashedKey hashed(std::string_view key) const override
    {
        hashed_ += std::string(key) + " ";
        return {key, 0};
    }
    void prefetch(std::span<const kv::HashedKey> keys) override
    {
        for (const kv::HashedKey& key : keys) prefetched_ += std::string(key.bytes) + " ";
    }

    mutable std::string hashed_;
    std::string prefetched_;
};

/// A batch of what `bytes` hold, which the peer has sent in one piece.
struct Taken {
    explicit Taken(std::string_view bytes)
    {
        peer.sends(bytes);
        BOOST_TEST(stream.read_some());
        batch.take(stream);
    }

    /// The words of all requests: "GET a|SET b v|".
    std::string requests()
    {
        std::string all;
        while (!batch.is_used_up()) all += joined(batch.next().words) + "|";
        return all;
    }

    static std::string joined(kv::resp::Words words)
    {
        std::string line;
        for (const std::string_view word : words) {
            if (!line.empty()) line += " ";
            line += word;
        }
        return line;
    }

    kv::test::ScriptedTransport peer;
    kv::BufferedStream stream{peer, {}};
    NotingMemory memory;
    Batch batch{memory, 100};
};

const std::string get_a = "*2\r\n$3\r\nGET\r\n$1\r\na\r\n";
const std::string set_b = "*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$7\r\n*1\r\n$1x\r\n";

}  // namespace

BOOST_AUTO_TEST_CASE(all_whole_requests_are_taken_and_their_keys_looked_up_together)
{
    Taken taken(get_a + set_b + request("PING") + request("MGET c d") + request("OBJECT FREQ e"));
    BOOST_TEST(taken.memory.hashed_ == "a b c d e ");
    BOOST_TEST(taken.memory.prefetched_ == "a b c d e ");
    BOOST_TEST(taken.requests() == "GET a|SET b *1\r\n$1x|PING|MGET c d|OBJECT FREQ e|");
    BOOST_TEST(!taken.batch.has_begun());
    BOOST_TEST(taken.stream.unread() == "");
}

BOOST_AUTO_TEST_CASE(a_request_alone_is_not_looked_up_ahead)
{
    Taken taken(get_a);
    BOOST_TEST(taken.memory.hashed_ == "a ");
    BOOST_TEST(taken.memory.prefetched_ == "");
}

// The words of a request that has come in part are handed on, so that no byte is parsed twice.
BOOST_AUTO_TEST_CASE(what_has_not_come_whole_stays_in_the_stream)
{
    const std::vector<std::pair<std::size_t, std::string>> words_by_bytes{
        {0, ""}, {4, ""}, {13, "SET"}, {20, "SET b"}};
    for (std::size_t come = 1; come < set_b.size(); ++come) {
        BOOST_TEST_CONTEXT(come << " bytes")
        {
            Taken taken(get_a + set_b.substr(0, come));
            BOOST_TEST(taken.stream.unread() == set_b.substr(0, come));
            const Batch::Begun begun = taken.batch.take_begun();
            auto expected = words_by_bytes.rbegin();
            while (expected->first > come) ++expected;
            BOOST_TEST(begun.bytes == expected->first);
            BOOST_TEST(Taken::joined(begun.words) == expected->second);
            BOOST_TEST(taken.requests() == "GET a|");
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_not_plain_ends_a_batch)
{
    for (const char* text :
         {"GET b\r\n", "\r\n", "*\r\n", "*-1\r\n", "*0\r\n", "*x\r\n", "*02\r\n", "*2\n", "*1x\r\n",
          "*1048577\r\n", "*18446744073709551617\r\n", "*99999999999999999999\r\n", "\x16\x03"}) {
        BOOST_TEST_CONTEXT(text)
        {
            Taken taken(get_a + text + get_a);
            BOOST_TEST(taken.requests() == "GET a|");
            BOOST_TEST(!taken.batch.has_begun());
        }
    }
    for (const char* text : {"$-1\r\n", ":1\r\n", "$01\r\nx\r\n", "$1\r\nxx\r\n", "$1\nx\r\n",
                             "$18446744073709551614\r\n", "$18446744073709551617\r\nx\r\n"}) {
        BOOST_TEST_CONTEXT(text)
        {
            Taken taken(get_a + "*2\r\n" + text + get_a);
            BOOST_TEST(taken.requests() == "GET a|");
            BOOST_TEST(taken.batch.take_begun().bytes == 4U);
        }
    }
    Taken taken(get_a + array_of({"GET", std::string(101, 'x')}) + get_a);  // longer than an item
    BOOST_TEST(taken.requests() == "GET a|");
}

BOOST_AUTO_TEST_CASE(there_are_no_more_than_can_be_looked_up_together)
{
    std::string many;
    for (int i = 0; i < 100; ++i) many += get_a;
    Taken taken(many);
    std::string thirty_two;
    for (int i = 0; i < 32; ++i) thirty_two += "a ";
    BOOST_TEST(taken.memory.hashed_ == thirty_two);
    BOOST_TEST(taken.memory.prefetched_ == thirty_two);
    BOOST_TEST(taken.stream.unread().size() == 68 * get_a.size());
}

// What is parsed before is carried out in its turn.
BOOST_AUTO_TEST_CASE(memory_that_a_request_frees_is_free_for_those_behind_it)
{
    const RedisTalk talk({.memory = 4096});
    const std::string large(3000, 'v');
    const std::string full = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";
    talk.ask({{"SET a " + large, RedisTalk::ok},
              {"SET b " + large, full},
              {"DEL a", ":1\r\n"},
              {"SET b " + large, RedisTalk::ok},
              {"GET b", bulk(large)}},
             7);
}

BOOST_AUTO_TEST_CASE(an_error_of_the_protocol_behind_others_is_answered_last)
{
    const RedisTalk talk;
    talk.check_closed({{get_a, RedisTalk::null},
                       {set_b, RedisTalk::ok},
                       {"*1\r\n$x\r\n", "-ERR Protocol error: invalid bulk length\r\n"}});
}

BOOST_AUTO_TEST_SUITE_END()
