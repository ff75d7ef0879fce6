#include "client/bench/protocol.h"

#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(protocol_test)

using namespace kv::bench;
using Dialects = boost::mpl::list<MemcachedText, Resp>;

namespace {

const Payload payload({.min_bytes = 5, .max_bytes = 60});
constexpr Request get_7{7, false};
constexpr Request set_7{7, true};

template <class Dialect>
std::string hit_for(std::uint32_t number)
{
    std::string line(max_head_bytes, ' ');
    const std::string_view value = payload.value(number);
    char* const end = Dialect::write_hit_line(line.data(), payload.key(number), value.size());
    line.resize(static_cast<std::size_t>(end - line.data()));
    return line + "\r\n" + std::string(value) + std::string(Dialect::hit_tail);
}

/// What a connection makes of `pieces`, which answer `requests`.
template <class Dialect>
std::vector<Reply> read_all(const std::vector<std::string>& pieces,
                            const std::vector<Request>& requests)
{
    ReplyReader<Dialect> reader;
    std::vector<Reply> replies;
    for (const std::string& piece : pieces) {
        std::string_view input = piece;
        while (!input.empty() && replies.size() < requests.size()) {
            const Reply reply = reader.read(input, requests[replies.size()], payload);
            if (reply == Reply::incomplete) break;
            replies.push_back(reply);
            if (reply == Reply::wrong) return replies;
        }
        BOOST_TEST(input.empty());
    }
    return replies;
}

template <class Dialect>
Reply read_one(const std::string& bytes, const Request& request)
{
    const auto replies = read_all<Dialect>({bytes}, {request});
    return replies.empty() ? Reply::incomplete : replies.front();
}

}  // namespace

BOOST_AUTO_TEST_CASE_TEMPLATE(a_conversation_reads_the_same_at_every_split, Dialect, Dialects)
{
    const std::string stream = std::string(Dialect::stored) + "\r\n" + hit_for<Dialect>(7) +
                               std::string(Dialect::miss) + "\r\n" + hit_for<Dialect>(8);
    const std::vector<Request> requests{set_7, get_7, get_7, {8, false}};
    const std::vector<Reply> right{Reply::stored, Reply::hit, Reply::miss, Reply::hit};
    for (std::size_t first = 0; first <= stream.size(); ++first) {
        for (std::size_t second = first; second <= stream.size(); ++second) {
            const std::vector<std::string> pieces{stream.substr(0, first),
                                                  stream.substr(first, second - first),
                                                  stream.substr(second)};
            BOOST_REQUIRE((read_all<Dialect>(pieces, requests) == right));
        }
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_conversation_reads_the_same_byte_by_byte, Dialect, Dialects)
{
    const std::string stream = hit_for<Dialect>(7) + std::string(Dialect::stored) + "\r\n";
    std::vector<std::string> pieces;
    for (const char byte : stream) pieces.emplace_back(1, byte);
    BOOST_TEST((read_all<Dialect>(pieces, {get_7, set_7}) ==
                std::vector<Reply>{Reply::hit, Reply::stored}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(any_changed_byte_of_a_hit_is_noticed, Dialect, Dialects)
{
    const std::string right = hit_for<Dialect>(7);
    BOOST_TEST((read_one<Dialect>(right, get_7) == Reply::hit));
    for (std::size_t at = 0; at < right.size(); ++at) {
        std::string wrong = right;
        wrong[at] = static_cast<char>(wrong[at] ^ 1);
        BOOST_TEST_CONTEXT("byte " << at)
        BOOST_TEST((read_one<Dialect>(wrong, get_7) != Reply::hit));
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_value_of_another_key_is_noticed, Dialect, Dialects)
{
    for (std::uint32_t other = 8; other < 1000; ++other) {
        BOOST_REQUIRE((read_one<Dialect>(hit_for<Dialect>(other), get_7) == Reply::wrong));
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_reply_to_the_other_verb_is_noticed, Dialect, Dialects)
{
    BOOST_TEST((read_one<Dialect>(hit_for<Dialect>(7), set_7) == Reply::wrong));
    const std::string stored = std::string(Dialect::stored) + "\r\n";
    BOOST_TEST((read_one<Dialect>(stored, get_7) == Reply::wrong));
}

BOOST_AUTO_TEST_CASE(errors_of_the_protocol_are_told_from_nonsense)
{
    for (const char* error : {"ERROR\r\n", "CLIENT_ERROR bad data chunk\r\n",
                              "SERVER_ERROR out of memory storing object\r\n"}) {
        BOOST_TEST((read_one<MemcachedText>(error, set_7) == Reply::refused));
        BOOST_TEST((read_one<MemcachedText>(error, get_7) == Reply::refused));
    }
    BOOST_TEST((read_one<Resp>("-OOM command not allowed\r\n", set_7) == Reply::refused));
    BOOST_TEST((read_one<MemcachedText>("\r\n", set_7) == Reply::wrong));
    BOOST_TEST((read_one<Resp>(":1\r\n", set_7) == Reply::wrong));
}

BOOST_AUTO_TEST_CASE(an_error_longer_than_what_is_kept_ends_at_its_line_end)
{
    const std::string error = "-ERR " + std::string(1000, 'x');
    const std::vector<std::string> pieces{error.substr(0, 400), error.substr(400), "\r\n+OK\r\n"};
    BOOST_TEST((read_all<Resp>(pieces, {set_7, set_7}) ==
                std::vector<Reply>{Reply::refused, Reply::stored}));
}

BOOST_AUTO_TEST_CASE(a_fault_names_the_request_and_what_came)
{
    ReplyReader<MemcachedText> reader;
    std::string_view input = "HELLO\x01\r\n";
    BOOST_TEST((reader.read(input, get_7, payload) == Reply::wrong));
    BOOST_TEST(reader.fault("get ", "k") == "wrong reply to get k: HELLO?");
}

BOOST_AUTO_TEST_SUITE_END()
