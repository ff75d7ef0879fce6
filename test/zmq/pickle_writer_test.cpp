#include "server/zmq/pickle_writer.h"

#include "server/command/integer.h"

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(pickle_writer_test)

using kv::Container;
using kv::zeromq::PickleWriter;
using kv::zeromq::reply_protocol;

namespace {

using namespace std::string_literals;

template <class Tell>
std::string pickled(int protocol, Tell tell)
{
    PickleWriter writer(protocol);
    tell(writer);
    return writer.finish();
}

std::string pickled_integer(std::int64_t number)
{
    return pickled(2, [&](auto& w) { w.integer(kv::integer_bytes(number)); });
}

std::string pickled_empty(int protocol, Container kind)
{
    return pickled(protocol, [&](auto& w) {
        w.begin(kind, 0);
        w.end(kind, 0);
    });
}

std::string pickled_ones(int protocol, Container kind, std::size_t count)
{
    return pickled(protocol, [&](auto& w) {
        w.begin(kind, count);
        for (std::size_t i = 0; i < count * (kind == Container::dict ? 2 : 1); ++i)
            w.integer("\x01");
        w.end(kind, count);
    });
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_answer_is_in_the_protocol_of_the_question)
{
    BOOST_TEST(reply_protocol("") == 2);
    BOOST_TEST(reply_protocol("\x80") == 2);
    BOOST_TEST(reply_protocol("(I1\ntp0\n.") == 2);
    BOOST_TEST(reply_protocol("\x80\x01N.") == 2);
    BOOST_TEST(reply_protocol("\x80\x02N.") == 2);
    BOOST_TEST(reply_protocol("\x80\x03N.") == 3);
    BOOST_TEST(reply_protocol("\x80\x05N.") == 5);
    BOOST_TEST(reply_protocol("\x80\x06N.") == 2);
    BOOST_TEST(reply_protocol("\x80\xffN.") == 2);
}

BOOST_AUTO_TEST_CASE(values_without_parts)
{
    BOOST_TEST(pickled(2, [](auto& w) { w.null(); }) == "\x80\x02N.");
    BOOST_TEST(pickled(2, [](auto& w) { w.boolean(true); }) == "\x80\x02\x88.");
    BOOST_TEST(pickled(2, [](auto& w) { w.real(1.5); }) == "\x80\x02G?\xf8\0\0\0\0\0\0."s);
    BOOST_TEST(pickled(3, [](auto& w) { w.text("a"); }) == "\x80\x03X\x01\0\0\0a."s);
    BOOST_TEST(pickled(4, [](auto& w) { w.text("a"); }) == "\x80\x04\x8c\x01"s + "a.");
    BOOST_TEST(pickled(3, [](auto& w) { w.bytes("a"); }) ==
               "\x80\x03"
               "C\x01"
               "a."s);
    BOOST_TEST(pickled(3, [](auto& w) { w.bytes(std::string(256, 'a')); }) ==
               "\x80\x03"
               "B\0\x01\0\0"s +
                   std::string(256, 'a') + ".");
}

BOOST_AUTO_TEST_CASE(integers_in_their_shortest_spelling)
{
    BOOST_TEST(pickled_integer(0) == "\x80\x02K\0."s);
    BOOST_TEST(pickled_integer(255) == "\x80\x02K\xff.");
    BOOST_TEST(pickled_integer(256) == "\x80\x02J\0\x01\0\0."s);
    BOOST_TEST(pickled_integer(-1) == "\x80\x02J\xff\xff\xff\xff.");
    BOOST_TEST(pickled_integer(INT32_MAX) == "\x80\x02J\xff\xff\xff\x7f.");
    BOOST_TEST(pickled_integer(std::int64_t{INT32_MAX} + 1) == "\x80\x02\x8a\x05\0\0\0\x80\0."s);
    BOOST_TEST(pickled(2, [](auto& w) { w.integer(std::string(256, '\x01')); }) ==
               "\x80\x02\x8b\0\x01\0\0"s + std::string(256, '\x01') + ".");
}

BOOST_AUTO_TEST_CASE(bytes_of_protocol_2_are_text_encoded)
{
    BOOST_TEST(pickled(2, [](auto& w) { w.bytes("\xff"); }) ==
               "\x80\x02"
               "c_codecs\nencode\nX\x02\0\0\0\xc3\xbfX\x06\0\0\0latin1\x86R."s);
    BOOST_TEST(pickled(2, [](auto& w) { w.bytes(""); }) ==
               "\x80\x02"
               "c__builtin__\nbytes\n)R.");
}

BOOST_AUTO_TEST_CASE(containers_with_nothing_in_them)
{
    BOOST_TEST(pickled_empty(2, Container::list) == "\x80\x02].");
    BOOST_TEST(pickled_empty(2, Container::tuple) == "\x80\x02).");
    BOOST_TEST(pickled_empty(2, Container::dict) == "\x80\x02}.");
    BOOST_TEST(pickled_empty(2, Container::set) ==
               "\x80\x02"
               "c__builtin__\nset\n]\x85R.");
    BOOST_TEST(pickled_empty(3, Container::set) ==
               "\x80\x03"
               "cbuiltins\nset\n]\x85R.");
    BOOST_TEST(pickled_empty(4, Container::set) == "\x80\x04\x8f.");
    BOOST_TEST(pickled_empty(3, Container::frozenset) ==
               "\x80\x03"
               "cbuiltins\nfrozenset\n]\x85R.");
    BOOST_TEST(pickled_empty(4, Container::frozenset) == "\x80\x04(\x91.");
}

BOOST_AUTO_TEST_CASE(containers_with_something_in_them)
{
    BOOST_TEST(pickled_ones(2, Container::list, 2) ==
               "\x80\x02](K\x01K\x01"
               "e.");
    BOOST_TEST(pickled_ones(2, Container::tuple, 1) == "\x80\x02K\x01\x85.");
    BOOST_TEST(pickled_ones(2, Container::tuple, 3) == "\x80\x02K\x01K\x01K\x01\x87.");
    BOOST_TEST(pickled_ones(2, Container::tuple, 4) == "\x80\x02(K\x01K\x01K\x01K\x01t.");
    BOOST_TEST(pickled_ones(2, Container::dict, 1) == "\x80\x02}(K\x01K\x01u.");
    BOOST_TEST(pickled_ones(3, Container::set, 1) ==
               "\x80\x03"
               "cbuiltins\nset\n](K\x01"
               "e\x85R.");
    BOOST_TEST(pickled_ones(4, Container::set, 1) == "\x80\x04\x8f(K\x01\x90.");
    BOOST_TEST(pickled_ones(4, Container::frozenset, 1) == "\x80\x04(K\x01\x91.");
}

BOOST_AUTO_TEST_CASE(an_error_that_was_kept_is_text)
{
    BOOST_TEST(pickled(3, [](auto& w) { w.error("E"); }) == "\x80\x03X\x01\0\0\0E."s);
    BOOST_TEST(pickled(3, [](auto& w) { w.error("\xff"); }) ==
               "\x80\x03"
               "C\x01\xff."s);
}

BOOST_AUTO_TEST_SUITE_END()
