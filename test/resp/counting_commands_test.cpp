// Numbers that are counted up and down.
#include "test/support/redis_talk.h"

BOOST_AUTO_TEST_SUITE(counting_commands_test)

using kv::test::bulk;
using kv::test::RedisTalk;

namespace {

const std::string overflow = "-ERR increment or decrement would overflow\r\n";
const std::string not_a_float = "-ERR value is not a valid float\r\n";

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_number_is_counted_from_0, RedisTalk)
{
    ask({{"INCR n", ":1\r\n"},
         {"INCRBY n 10", ":11\r\n"},
         {"DECR n", ":10\r\n"},
         {"DECRBY n 20", ":-10\r\n"},
         {"GET n", bulk("-10")}});
}

BOOST_FIXTURE_TEST_CASE(counting_keeps_the_expiry, RedisTalk)
{
    ask({{"SET n 1 EX 100", ok},
         {"INCR n", ":2\r\n"},
         {"INCRBYFLOAT n 1", bulk("3")},
         {"TTL n", ":100\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(only_what_redis_would_write_is_a_number, RedisTalk)
{
    for (const char* text : {"x", "1.0", "01", "+1", "-0", "9223372036854775808", "\"\""}) {
        BOOST_TEST_CONTEXT(text)
        {
            ask({{"SET n " + std::string(text), ok}, {"INCR n", not_an_integer}});
            ask({{"INCRBY n " + std::string(text), not_an_integer}});
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_sum_beyond_64_bits_is_an_error_and_changes_nothing, RedisTalk)
{
    ask({{"SET n 9223372036854775807", ok},
         {"INCR n", overflow},
         {"GET n", bulk("9223372036854775807")},
         {"SET n -9223372036854775808", ok},
         {"DECR n", overflow},
         {"DECRBY n -9223372036854775808", "-ERR decrement would overflow\r\n"},
         {"INCRBY n 9223372036854775807", ":-1\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(fractions_are_added_without_losing_digits, RedisTalk)
{
    ask({{"SET n 10.50", ok},
         {"INCRBYFLOAT n 0.1", bulk("10.6")},
         {"INCRBYFLOAT n -5", bulk("5.6")},
         {"SET n 5.0e3", ok},
         {"INCRBYFLOAT n 2.0e2", bulk("5200")},
         {"INCRBYFLOAT m 1e17", bulk("100000000000000000")}});
}

BOOST_FIXTURE_TEST_CASE(what_is_no_fraction_is_an_error, RedisTalk)
{
    ask({{"INCRBYFLOAT n x", not_a_float},
         {"INCRBYFLOAT n \"\"", not_a_float},
         {"INCRBYFLOAT n nan", not_a_float},
         {"INCRBYFLOAT n inf", "-ERR increment would produce NaN or Infinity\r\n"},
         {"INCRBYFLOAT n 1" + std::string(6000, '0'), not_a_float},
         {"SET n x", ok},
         {"INCRBYFLOAT n 1", not_a_float}},
        53);
}

BOOST_AUTO_TEST_SUITE_END()
