// Plays every transcript on a live server: turn by turn, whole, byte by byte, and cut at random.
//
//   transcript_test                                    each time on a new server of this process
//   transcript_test -- memcache://127.0.0.1:11211      on that server, but for what is only ours
//
// The seed of the random cuts is printed; KV_SEED repeats them.
#define BOOST_TEST_MODULE transcripts
#include "test/transcripts/transcript.h"

#include "server/command_line.h"
#include "test/support/every_split.h"
#include "test/support/running_server.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <random>

namespace kv::test {

std::ostream& operator<<(std::ostream& out, const Transcript& transcript)
{
    return out << transcript.name;
}

}  // namespace kv::test

namespace {

using kv::test::Pieces;
using kv::test::RawClient;
using kv::test::RunningServer;
using kv::test::Step;
using kv::test::Transcript;

std::vector<Transcript> all_transcripts()
{
    std::vector<Transcript> all;
    for (const auto& entry : std::filesystem::directory_iterator(KV_TRANSCRIPTS)) {
        if (entry.path().extension() == ".txt" && entry.path().filename() != "CMakeLists.txt")
            all.push_back(kv::test::read_transcript(entry));
    }
    std::sort(all.begin(), all.end(),
              [](const Transcript& a, const Transcript& b) { return a.name < b.name; });
    return all;
}

kv::Options options_of(const Transcript& transcript)
{
    std::vector<const char*> arguments{"kvserver", "--log-level", "off"};
    for (const std::string& argument : transcript.arguments) arguments.push_back(argument.c_str());
    if (std::find(transcript.arguments.begin(), transcript.arguments.end(), "--listen") ==
        transcript.arguments.end()) {
        arguments.insert(arguments.end(), {"--port", "0"});
    }
    return kv::parse_command_line(static_cast<int>(arguments.size()), arguments.data())
        .value()
        .options;
}

/// Says in which pieces some bytes are to be sent.
using Cut = std::function<Pieces(std::string_view)>;

Pieces whole(std::string_view bytes)
{
    return {bytes};
}

/// One client's part in a transcript.
class Player {
public:
    Player(RawClient& client, Cut cut, bool turn_by_turn)
        : client_(client), cut_(std::move(cut)), turn_by_turn_(turn_by_turn)
    {
    }

    void play(const std::vector<Step>& steps)
    {
        auto expected = steps.begin();
        for (auto step = steps.begin(); step != steps.end(); ++step) {
            if (step->kind != Step::Kind::send) continue;
            // What is not known yet is in an answer that has to be read first.
            if (step->text.lacks_a_word(known_)) expected = read_answers(expected, step);
            waiting_ += step->text.bytes(known_);
            const bool turn_ends =
                std::next(step) == steps.end() || std::next(step)->kind != Step::Kind::send;
            if (turn_by_turn_ && turn_ends) {
                expected = read_answers(expected, std::next(step));
            }
        }
        read_answers(expected, steps.end());
        if (!closed_) client_.end_sending();
        BOOST_TEST(client_.read_all() == "");
    }

private:
    using Place = std::vector<Step>::const_iterator;

    /// Sends what waits, then reads all that is expected before `end`.
    Place read_answers(Place from, Place end)
    {
        send_waiting();
        for (; from != end; ++from) {
            BOOST_TEST_CONTEXT("in line " << from->line)
            {
                if (from->kind == Step::Kind::expect) expect(from->text);
                if (from->kind == Step::Kind::closed) expect_close();
            }
        }
        return from;
    }

    void send_waiting()
    {
        if (waiting_.empty()) return;
        try {
            for (const std::string_view piece : cut_(waiting_)) client_.send(piece);
        } catch (const std::system_error&) {
            // A server that closes need not read all of it; what it said will be looked at.
        }
        waiting_.clear();
    }

    void expect(const kv::test::Text& text)
    {
        const auto size = text.size(known_);
        const std::string line = size ? client_.read(*size) : client_.read_until("\r\n");
        if (!text.matches(line, known_)) BOOST_FAIL("got: " << line.substr(0, 200));
    }

    void expect_close()
    {
        BOOST_TEST(client_.read_all() == "");
        closed_ = true;
    }

    RawClient& client_;
    Cut cut_;
    bool turn_by_turn_;
    std::string waiting_;
    kv::test::Words known_;
    bool closed_ = false;
};

/// The server of the command line, if one is named.
std::optional<kv::Uri> other_server()
{
    const auto& suite = boost::unit_test::framework::master_test_suite();
    if (suite.argc < 2) return std::nullopt;
    return kv::parse_uri(suite.argv[1]);
}

void play(const Transcript& transcript, const Cut& cut, bool turn_by_turn = false)
{
    if (const auto uri = other_server()) {
        if (!transcript.only_ours.empty() || !transcript.arguments.empty()) return;
        RawClient client(*uri);
        BOOST_REQUIRE(client.answers("flush_all\r\n", "OK\r\n"));
        Player(client, cut, turn_by_turn).play(transcript.steps);
        return;
    }
    const RunningServer server(options_of(transcript), {});
    RawClient client = server.connect();
    Player(client, cut, turn_by_turn).play(transcript.steps);
}

std::uint64_t choose_seed()
{
    const char* given = std::getenv("KV_SEED");
    const std::uint64_t seed = given != nullptr ? std::stoull(given) : std::random_device{}();
    BOOST_TEST_MESSAGE("KV_SEED=" << seed);
    return seed;
}

/// Pieces of 1 to 20 bytes.
class RandomCut {
public:
    explicit RandomCut(std::uint64_t seed) : random_(seed) {}
    Pieces operator()(std::string_view bytes)
    {
        Pieces pieces;
        while (!bytes.empty()) {
            pieces.push_back(bytes.substr(0, 1 + random_() % 20));
            bytes.remove_prefix(pieces.back().size());
        }
        return pieces;
    }

private:
    std::mt19937_64 random_;
};

const std::vector<Transcript> transcripts = all_transcripts();

}  // namespace

BOOST_DATA_TEST_CASE(turn_by_turn, boost::unit_test::data::make(transcripts), transcript)
{
    play(transcript, whole, true);
}

BOOST_DATA_TEST_CASE(all_at_once, boost::unit_test::data::make(transcripts), transcript)
{
    play(transcript, whole);
}

BOOST_DATA_TEST_CASE(byte_by_byte, boost::unit_test::data::make(transcripts), transcript)
{
    play(transcript, kv::test::byte_by_byte);
}

BOOST_DATA_TEST_CASE(cut_at_random, boost::unit_test::data::make(transcripts), transcript)
{
    const std::uint64_t seed = choose_seed();
    for (std::uint64_t i = 0; i < 10; ++i) {
        BOOST_TEST_CONTEXT("with KV_SEED=" << seed << ", in round " << i)
        {
            play(transcript, RandomCut(seed + i));
        }
    }
}
