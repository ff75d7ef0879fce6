#include "server/zmq/cache.h"

#include "test/support/conversation.h"

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(cache_test)

namespace {

using namespace std::string_literals;

struct Cache {
    std::string ask(const std::string& message)
    {
        return kv::zeromq::answer(message, {store, server, client}, 1000);
    }

    /// ('set' or 'get', 'k', ...) with `data` as the instructions for the third.
    std::string ask(const std::string& command, const std::string& data)
    {
        return ask("\x80\x02X\x03\0\0\0"s + command + "X\x01\0\0\0k"s + data + "\x87.");
    }

    static bool is_error(const std::string& reply)
    {
        return reply.starts_with("\x80\x02X") && reply.find("error: ") == 7;
    }

    kv::test::ManualClock clock;
    kv::Store store{clock, 0};
    kv::test::NoServer server;
    kv::ClientRecord client{0, "zmq", "any", "here"};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cache, Cache)

BOOST_AUTO_TEST_CASE(what_is_set_is_got)
{
    BOOST_TEST(ask("get", "N") == "\x80\x02N.");
    BOOST_TEST(ask("set",
                   "](K\x01K\x02"
                   "e") == "ok");
    BOOST_TEST(ask("get", "N") ==
               "\x80\x02](K\x01K\x02"
               "e.");
    BOOST_TEST(ask("set", "N") == "ok");
    BOOST_TEST(ask("get", "]") == "\x80\x02N.");
}

BOOST_AUTO_TEST_CASE(what_is_no_request_is_an_error)
{
    BOOST_TEST(is_error(ask("")));
    BOOST_TEST(is_error(ask("N.")));
    BOOST_TEST(is_error(ask("]N\x86.")));
    BOOST_TEST(is_error(ask("del", "N")));
    BOOST_TEST(is_error(ask("\x80\x02X\x03\0\0\0setX\x01\0\0\0k\x86."s)));
    BOOST_TEST(is_error(ask("\x80\x02X\x03\0\0\0set)N\x87."s)));
}

// Its text would be longer than any key.
BOOST_AUTO_TEST_CASE(an_integer_of_many_bytes_is_no_key)
{
    const auto get = [&](const std::string& size, std::size_t bytes) {
        return ask("\x80\x02X\x03\0\0\0get\x8b"s + size + std::string(bytes, '\x11') + "N\x87.");
    };
    BOOST_TEST(get("\x00\x10\0\0"s, 4096) == "\x80\x02N.");
    BOOST_TEST(is_error(get("\x00\x80\0\0"s, 0x8000)));
    BOOST_TEST(is_error(get("\x00\x00\x20\0"s, 0x200000)));
}

BOOST_AUTO_TEST_CASE(a_class_or_function_is_no_data)
{
    BOOST_TEST(is_error(ask("set", "c__builtin__\nset\n")));
    BOOST_TEST(is_error(ask("set", "cos\nsystem\n")));
    BOOST_TEST(ask("get", "N") == "\x80\x02N.");
}

BOOST_AUTO_TEST_CASE(what_contains_itself_is_refused)
{
    BOOST_TEST(is_error(ask("set", "]q\0h\0a"s)));
    BOOST_TEST(is_error(ask("set", "}q\0K\x01h\0s"s)));
    BOOST_TEST(is_error(ask("set", "]q\0h\0\x85q\x01h\x01"s + "a0h\x01")));
    BOOST_TEST(ask("get", "N") == "\x80\x02N.");
}

BOOST_AUTO_TEST_CASE(an_object_in_two_places_is_kept_twice)
{
    BOOST_TEST(ask("set", "](K\x07\x85q\0h\0e"s) == "ok");
    BOOST_TEST(ask("get", "N") ==
               "\x80\x02](K\x07\x85K\x07\x85"
               "e.");
}

BOOST_AUTO_TEST_CASE(what_is_too_large_or_too_deep_is_refused)
{
    const std::string kilobyte = "X\xe9\x03\0\0"s + std::string(1001, 'x');
    BOOST_TEST(is_error(ask("set", kilobyte)));
    std::string laughs = "]q\0"s;
    for (char i = 0; i < 30; ++i) laughs += "](h"s + i + "h" + i + "eq" + static_cast<char>(i + 1);
    BOOST_TEST(is_error(ask("set", laughs)));
    BOOST_TEST(is_error(ask("set", std::string(1'000'000, ']') + std::string(999'999, 'a'))));
    BOOST_TEST(ask("get", "N") == "\x80\x02N.");
    BOOST_TEST(store.budget().used() == 0U);
}

BOOST_AUTO_TEST_CASE(memory_that_runs_out_is_an_error)
{
    kv::Store small(clock, 300);
    const std::string message =
        "\x80\x02X\x03\0\0\0setX\x01\0\0\0kX\xc8\0\0\0"s + std::string(200, 'x') + "\x87.";
    BOOST_TEST(is_error(kv::zeromq::answer(message, {small, server, client}, 1000)));
}

BOOST_AUTO_TEST_CASE(whatever_is_sent_there_is_an_answer)
{
    const std::string request =
        "\x80\x04\x95\x1f\0\0\0\0\0\0\0\x8c\x03set\x94\x8c\x01k\x94]\x94(K\x01\x8f\x94(N\x90}\x94\x8c\x01"s +
        "a\x94)\x85se\x87\x94.";
    BOOST_TEST(ask(request) == "ok");
    for (std::size_t bit = 0; bit < 8 * request.size(); ++bit) {
        std::string flipped = request;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
        const std::string reply = ask(flipped);
        const bool well_formed =
            reply == "ok" || (reply.starts_with('\x80') && reply.ends_with('.'));
        BOOST_TEST(well_formed, "after bit " << bit << ": " << reply);
        BOOST_TEST(ask("get", "N").ends_with('.'));
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()
