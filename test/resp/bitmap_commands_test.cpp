// Bits of strings, and LCS. The answers are those of Redis 7.0.15.
#include "test/support/redis_talk.h"

BOOST_AUTO_TEST_SUITE(bitmap_commands_test)

using kv::test::array_of;
using kv::test::bulk;
using kv::test::RedisTalk;
using kv::test::request;

namespace {

const std::string bad_offset = "-ERR bit offset is not an integer or out of range\r\n";

/// "*2\r\n:1\r\n:2\r\n"
std::string numbers(std::initializer_list<std::string> values)
{
    std::string reply = "*" + std::to_string(values.size()) + "\r\n";
    for (const std::string& value : values) reply += ":" + value + "\r\n";
    return reply;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_bit_is_set_and_read, RedisTalk)
{
    ask({{"SETBIT k 7 1", ":0\r\n"},
         {"SETBIT k 7 1", ":1\r\n"},
         {"GET k", bulk("\x01")},
         {"SETBIT k 18 0", ":0\r\n"},
         {"GET k", bulk(std::string("\x01\0\0", 3))},
         {"GETBIT k 7", ":1\r\n"},
         {"GETBIT k 1000", ":0\r\n"},
         {"SETBIT k 8388608 1", bad_offset},
         {"SETBIT k -1 1", bad_offset},
         {"SETBIT k #1 1", bad_offset},
         {"SETBIT k 1 2", "-ERR bit is not an integer or out of range\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(setting_a_bit_keeps_the_expiry, RedisTalk)
{
    ask({{"SET k v EX 100", ok},
         {"SETBIT k 100 1", ":0\r\n"},
         {"BITFIELD k SET u8 0 1", numbers({"118"})},
         {"TTL k", ":100\r\n"},
         {"BITOP NOT k k", ":13\r\n"},
         {"TTL k", ":-1\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(bits_are_counted_in_ranges_of_bytes_and_of_bits, RedisTalk)
{
    ask({{"SET k foobar", ok},
         {"BITCOUNT k", ":26\r\n"},
         {"BITCOUNT k 0 0", ":4\r\n"},
         {"BITCOUNT k 1 -2 BYTE", ":18\r\n"},
         {"BITCOUNT k 5 30 BIT", ":17\r\n"},
         {"BITCOUNT k -1 -2", ":0\r\n"},
         {"BITCOUNT k 0", syntax_error},
         {"BITCOUNT k 0 1 WORD", syntax_error},
         {"BITCOUNT none 0", ":0\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(long_values_are_counted_and_searched_whole, RedisTalk)
{
    ask({{"SETBIT k 799999 1", ":0\r\n"},
         {"BITPOS k 1", ":799999\r\n"},
         {"SETBIT k 400003 1", ":0\r\n"},
         {"BITCOUNT k", ":2\r\n"},
         {"BITPOS k 1", ":400003\r\n"},
         {"BITPOS k 1 400004 -1 BIT", ":799999\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(the_first_bit_is_found, RedisTalk)
{
    check({{array_of({"SET", "k", "\xff\xf0\x7f"}), ok},
           {request("BITPOS k 0"), ":12\r\n"},
           {request("BITPOS k 1 2"), ":17\r\n"},
           {request("BITPOS k 0 0 0"), ":-1\r\n"},
           {request("BITPOS k 0 2 -1 BIT"), ":12\r\n"},
           {array_of({"SET", "k", "\xff"}), ok},
           {request("BITPOS k 0"), ":8\r\n"},
           {request("BITPOS k 0 0 -1"), ":-1\r\n"},
           {request("BITPOS none 0"), ":0\r\n"},
           {request("BITPOS none 1"), ":-1\r\n"},
           {request("BITPOS k 2"), "-ERR The bit argument must be 1 or 0.\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(values_are_combined, RedisTalk)
{
    ask({{"SET a foobar", ok},
         {"SET b abcdefghij", ok},
         {"BITOP AND r a b", ":10\r\n"},
         {"GET r", bulk(std::string("`bc`ab\0\0\0\0", 10))},
         {"BITOP OR r a b none", ":10\r\n"},
         {"GET r", bulk("goofevghij")},
         {"BITOP XOR a a a", ":6\r\n"},
         {"GET a", bulk(std::string(6, '\0'))},
         {"BITOP NOT r a", ":6\r\n"},
         {"GET r", bulk("\xff\xff\xff\xff\xff\xff")},
         {"BITOP AND r none", ":0\r\n"},
         {"EXISTS r", ":0\r\n"},
         {"BITOP NAND r a b", syntax_error},
         {"BITOP NOT r a b", "-ERR BITOP NOT must be called with a single source key.\r\n"}},
        7);
}

BOOST_FIXTURE_TEST_CASE(a_field_is_an_integer_of_any_width, RedisTalk)
{
    ask({{"BITFIELD k SET i8 0 -1 GET u4 4 SET u63 #1 5", numbers({"0", "15", "0"})},
         {"BITFIELD k GET i64 62 GET u63 63", numbers({"5", "5"})},
         {"STRLEN k", ":16\r\n"},
         {"BITFIELD_RO k GET i8 0", numbers({"-1"})},
         {"BITFIELD_RO k SET i8 0 1", "-ERR BITFIELD_RO only supports the GET subcommand\r\n"},
         {"BITFIELD k", "*0\r\n"},
         {"BITFIELD none GET u8 100", numbers({"0"})},
         {"EXISTS none", ":0\r\n"},
         {"BITFIELD k GET u64 0",
          "-ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported "
          "but i64 is.\r\n"},
         {"BITFIELD k GET u8 x", bad_offset},
         {"BITFIELD k SET u8 8388607 1", bad_offset},
         {"BITFIELD k SET u8 0 x", not_an_integer},
         {"BITFIELD k GET u8", syntax_error}},
        11);
}

BOOST_FIXTURE_TEST_CASE(what_a_field_cannot_hold_wraps_saturates_or_fails, RedisTalk)
{
    ask({{"BITFIELD k INCRBY u2 0 3 INCRBY u2 0 2", numbers({"3", "1"})},
         {"BITFIELD k OVERFLOW SAT INCRBY i5 8 100 INCRBY i5 8 -100", numbers({"15", "-16"})},
         {"BITFIELD k OVERFLOW FAIL INCRBY i5 8 -1 GET i5 8", "*2\r\n$-1\r\n:-16\r\n"},
         {"BITFIELD k OVERFLOW SAT SET u8 0 -1 GET u8 0", numbers({"64", "255"})},
         {"BITFIELD k SET i64 0 9223372036854775807 INCRBY i64 0 1",
          numbers({"-36028797018963968", "-9223372036854775808"})},
         {"BITFIELD one OVERFLOW FAIL INCRBY i1 0 -1 INCRBY i1 0 -1 SET i1 0 1",
          "*3\r\n:-1\r\n$-1\r\n$-1\r\n"},
         {"BITFIELD one OVERFLOW SAT INCRBY i1 0 5 INCRBY i1 0 -5", numbers({"0", "-1"})},
         {"BITFIELD k OVERFLOW x", "-ERR Invalid OVERFLOW type specified\r\n"}},
        13);
}

BOOST_FIXTURE_TEST_CASE(the_longest_common_subsequence_is_told, RedisTalk)
{
    const std::string matches = "*4\r\n$7\r\nmatches\r\n";
    ask({{"MSET a ohmytext b mynewtext", ok},
         {"LCS a b", bulk("mytext")},
         {"LCS a b LEN", ":6\r\n"},
         {"LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN",
          matches + "*1\r\n*3\r\n*2\r\n:4\r\n:7\r\n*2\r\n:5\r\n:8\r\n:4\r\n$3\r\nlen\r\n:6\r\n"},
         {"LCS a none", bulk("")},
         {"LCS a none IDX", matches + "*0\r\n$3\r\nlen\r\n:0\r\n"},
         {"LCS a b LEN IDX",
          "-ERR If you want both the length and indexes, please just use IDX.\r\n"},
         {"LCS a b MINMATCHLEN", syntax_error}},
        5);
}

BOOST_FIXTURE_TEST_CASE(what_takes_too_large_a_table_is_refused, RedisTalk)
{
    ask({{"SETRANGE a 4095 x", ":4096\r\n"},
         {"LCS a a LEN", "-ERR Insufficient memory, transient memory for LCS exceeds 64 MiB\r\n"},
         {"SETRANGE b 9999 x", ":10000\r\n"},
         {"SET c x", ok},
         {"LCS b c LEN", ":1\r\n"}});
    const RedisTalk small({.memory = std::size_t{1} << 20});
    small.ask({{"SETRANGE a 3999 x", ":4000\r\n"},
               {"MULTI", ok},
               {"LCS a a LEN", "+QUEUED\r\n"},
               {"EXEC",
                "*1\r\n-ERR Insufficient memory, failed allocating transient memory for LCS\r\n"}});
}

BOOST_FIXTURE_TEST_CASE(bits_are_changed_in_a_transaction_too, RedisTalk)
{
    ask({{"SET a x", ok},
         {"MULTI", ok},
         {"SETBIT new 80000 1", "+QUEUED\r\n"},
         {"BITOP OR new new a", "+QUEUED\r\n"},
         {"BITFIELD new INCRBY u8 0 1", "+QUEUED\r\n"},
         {"BITCOUNT new", "+QUEUED\r\n"},
         {"LCS a a", "+QUEUED\r\n"},
         {"EXEC", "*5\r\n:0\r\n:10001\r\n*1\r\n:121\r\n:6\r\n" + bulk("x")}},
        3);
}

BOOST_AUTO_TEST_SUITE_END()
