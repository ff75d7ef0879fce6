// The binary protocol: packets as memcached 1.6 answers them.
#include "server/memcached/binary.h"

#include "common/version.h"
#include "test/support/conversation.h"

#include <array>
#include <cstdint>

BOOST_AUTO_TEST_SUITE(binary_test)

namespace {

using kv::memcached::EitherDialect;
using kv::memcached::Opcode;
using kv::memcached::Status;
using kv::test::Turn;
using BinaryTalk = kv::test::Talk<EitherDialect>;

/// `number` in this many bytes, the largest first.
std::string big_endian(std::uint64_t number, int bytes)
{
    std::string text;
    while (bytes-- > 0) text += static_cast<char>(number >> (8 * bytes));
    return text;
}

std::string packet(unsigned magic, Opcode opcode, unsigned status, const std::string& extras,
                   const std::string& key, const std::string& value, std::uint64_t cas)
{
    constexpr std::uint64_t opaque = 0xdeadbeef;
    return big_endian(magic, 1) + big_endian(static_cast<unsigned>(opcode), 1) +
           big_endian(key.size(), 2) + big_endian(extras.size(), 1) + big_endian(0, 1) +
           big_endian(status, 2) + big_endian(extras.size() + key.size() + value.size(), 4) +
           big_endian(opaque, 4) + big_endian(cas, 8) + extras + key + value;
}

struct Parts {
    std::string extras = {};
    std::string key = {};
    std::string value = {};
    std::uint64_t cas = 0;
};

std::string ask(Opcode opcode, const Parts& parts = {})
{
    return packet(0x80, opcode, 0, parts.extras, parts.key, parts.value, parts.cas);
}

std::string reply(Opcode opcode, const Parts& parts = {})
{
    return packet(0x81, opcode, 0, parts.extras, parts.key, parts.value, parts.cas);
}

std::string error(Opcode opcode, Status status, const std::string& text,
                  const std::string& key = {})
{
    return packet(0x81, opcode, static_cast<unsigned>(status), {}, key, text, 0);
}

std::string not_found(Opcode opcode)
{
    return error(opcode, Status::not_found, "Not found");
}

/// Extras of a storage command; of counting.
std::string flags_and_expiry(std::uint64_t flags, std::uint64_t expiry)
{
    return big_endian(flags, 4) + big_endian(expiry, 4);
}

std::string counting(std::uint64_t delta, std::uint64_t initial, std::uint64_t expiry)
{
    return big_endian(delta, 8) + big_endian(initial, 8) + big_endian(expiry, 4);
}

constexpr std::uint64_t makes_none = 0xffffffff;

/// A request of a storage command that stores `value` with flags 5.
std::string store(Opcode opcode, const std::string& key, const std::string& value,
                  std::uint64_t cas = 0)
{
    return ask(opcode, {flags_and_expiry(5, 0), key, value, cas});
}

/// The hit of a get without key.
std::string hit(Opcode opcode, const std::string& value, std::uint64_t cas,
                const std::string& key = {})
{
    return reply(opcode, {big_endian(5, 4), key, value, cas});
}

const Turn set_a{store(Opcode::set, "a", "one"), reply(Opcode::set, {.cas = 1})};

}  // namespace

BOOST_FIXTURE_TEST_CASE(gets_return_flags_and_cas_and_if_asked_the_key, BinaryTalk)
{
    check({set_a,
           {ask(Opcode::get, {.key = "a"}), hit(Opcode::get, "one", 1)},
           {ask(Opcode::getk, {.key = "a"}), hit(Opcode::getk, "one", 1, "a")},
           {ask(Opcode::get, {.key = "b"}), not_found(Opcode::get)},
           {ask(Opcode::getk, {.key = "b"}), error(Opcode::getk, Status::not_found, "", "b")}},
          3);
}

// Clients read many by quiet gets and a noop behind them.
BOOST_FIXTURE_TEST_CASE(quiet_gets_say_nothing_of_misses, BinaryTalk)
{
    check(
        {set_a,
         {ask(Opcode::getkq, {.key = "x"}) + ask(Opcode::getkq, {.key = "a"}) +
              ask(Opcode::getq, {.key = "a"}) + ask(Opcode::getq, {.key = "x"}) + ask(Opcode::noop),
          hit(Opcode::getkq, "one", 1, "a") + hit(Opcode::getq, "one", 1) + reply(Opcode::noop)}},
        3);
}

BOOST_FIXTURE_TEST_CASE(a_touch_returns_the_flags_and_a_gat_the_value, BinaryTalk)
{
    const std::string soon = big_endian(100, 4);
    check({set_a,
           {ask(Opcode::touch, {soon, "a"}), hit(Opcode::touch, "", 1)},
           {ask(Opcode::gat, {soon, "a"}), hit(Opcode::gat, "one", 1)},
           {ask(Opcode::gatq, {soon, "a"}), hit(Opcode::gatq, "one", 1)},
           {ask(Opcode::gatk, {soon, "a"}), hit(Opcode::gatk, "one", 1, "a")},
           {ask(Opcode::gatkq, {soon, "x"}) + ask(Opcode::gatq, {soon, "x"}), ""},
           {ask(Opcode::touch, {soon, "x"}), not_found(Opcode::touch)},
           {ask(Opcode::gatk, {soon, "x"}), error(Opcode::gatk, Status::not_found, "", "x")},
           {ask(Opcode::gat, {big_endian(UINT32_MAX, 4), "a"}), hit(Opcode::gat, "one", 1)},
           {ask(Opcode::get, {.key = "a"}), not_found(Opcode::get)}},
          5);
}

BOOST_FIXTURE_TEST_CASE(storage_commands_answer_with_the_new_cas, BinaryTalk)
{
    const std::string exists = "Data exists for key.";
    check({{store(Opcode::add, "a", "one"), reply(Opcode::add, {.cas = 1})},
           {store(Opcode::add, "a", "two"), error(Opcode::add, Status::exists, exists)},
           {store(Opcode::replace, "a", "two"), reply(Opcode::replace, {.cas = 2})},
           {store(Opcode::replace, "b", "two"), not_found(Opcode::replace)},
           {store(Opcode::set, "a", "three", 1), error(Opcode::set, Status::exists, exists)},
           {store(Opcode::set, "a", "three", 2), reply(Opcode::set, {.cas = 3})},
           {store(Opcode::set, "b", "three", 2), not_found(Opcode::set)},
           {ask(Opcode::append, {.key = "a", .value = ">"}), reply(Opcode::append, {.cas = 4})},
           {ask(Opcode::prepend, {.key = "a", .value = "<", .cas = 4}),
            reply(Opcode::prepend, {.cas = 5})},
           {ask(Opcode::prepend, {.key = "a", .value = "<", .cas = 4}),
            error(Opcode::prepend, Status::exists, exists)},
           {ask(Opcode::append, {.key = "b", .value = "<"}),
            error(Opcode::append, Status::not_stored, "Not stored.")},
           {ask(Opcode::get, {.key = "a"}), hit(Opcode::get, "<three>", 5)},
           {store(Opcode::set, "a", ""), reply(Opcode::set, {.cas = 6})},
           {ask(Opcode::get, {.key = "a"}), hit(Opcode::get, "", 6)}},
          7);
}

// Their errors are told all the same.
BOOST_FIXTURE_TEST_CASE(quiet_commands_say_nothing_when_all_went_as_asked, BinaryTalk)
{
    check({{store(Opcode::setq, "a", "1") + store(Opcode::replaceq, "a", "2") +
                store(Opcode::addq, "b", "3") + ask(Opcode::appendq, {.key = "b", .value = "4"}) +
                ask(Opcode::prependq, {.key = "b", .value = "5"}) +
                ask(Opcode::incrementq, {counting(1, 0, 0), "a"}) +
                ask(Opcode::decrementq, {counting(1, 0, 0), "n"}) + ask(Opcode::delq, {.key = "n"}),
            ""},
           {store(Opcode::addq, "b", "6"),
            error(Opcode::addq, Status::exists, "Data exists for key.")},
           {ask(Opcode::delq, {.key = "n"}), not_found(Opcode::delq)},
           {ask(Opcode::get, {.key = "b"}), hit(Opcode::get, "534", 5)},
           {ask(Opcode::getk, {.key = "a"}), hit(Opcode::getk, "3", 6, "a")},
           {ask(Opcode::flushq), ""},
           {ask(Opcode::get, {.key = "a"}), not_found(Opcode::get)}},
          7);
}

BOOST_FIXTURE_TEST_CASE(a_delete_may_compare, BinaryTalk)
{
    check({set_a,
           {ask(Opcode::del, {.key = "a", .cas = 9}),
            error(Opcode::del, Status::exists, "Data exists for key.")},
           {ask(Opcode::del, {.key = "a", .cas = 1}), reply(Opcode::del)},
           {ask(Opcode::del, {.key = "a"}), not_found(Opcode::del)}},
          3);
}

// A miss makes the number, unless the expiry says that it must not.
BOOST_FIXTURE_TEST_CASE(counting_makes_what_is_missing, BinaryTalk)
{
    const auto number = [](Opcode opcode, std::uint64_t value, std::uint64_t cas) {
        return reply(opcode, {.value = big_endian(value, 8), .cas = cas});
    };
    const Opcode up = Opcode::increment;
    const Opcode down = Opcode::decrement;
    check({{ask(up, {counting(1, 5, makes_none), "n"}), not_found(up)},
           {ask(up, {counting(1, 5, 0), "n"}), number(up, 5, 1)},
           {ask(up, {counting(10, 5, 0), "n"}), number(up, 15, 2)},
           {ask(down, {counting(20, 5, makes_none), "n"}), number(down, 0, 3)},
           {ask(down, {counting(1, UINT64_MAX, 0), "m"}), number(down, UINT64_MAX, 4)},
           {ask(up, {counting(2, 0, 0), "m"}), number(up, 1, 5)},
           {ask(up, {.extras = counting(2, 0, 0), .key = "m", .cas = 4}),
            error(up, Status::exists, "Data exists for key.")},
           {store(Opcode::set, "a", "many"), reply(Opcode::set, {.cas = 6})},
           {ask(up, {counting(1, 0, 0), "a"}),
            error(up, Status::not_a_number, "Non-numeric server-side value for incr or decr")}},
          5);
}

BOOST_FIXTURE_TEST_CASE(a_flush_drops_now_or_later, BinaryTalk)
{
    check({set_a,
           {ask(Opcode::flush, {.extras = big_endian(100, 4)}), reply(Opcode::flush)},
           {ask(Opcode::get, {.key = "a"}), hit(Opcode::get, "one", 1)},
           {ask(Opcode::flush), reply(Opcode::flush)},
           {ask(Opcode::get, {.key = "a"}), not_found(Opcode::get)}},
          3);
}

BOOST_FIXTURE_TEST_CASE(the_server_tells_its_version_and_statistics, BinaryTalk)
{
    const Opcode stat = Opcode::stat;
    check(
        {{ask(Opcode::version),
          reply(Opcode::version, {.value = std::string(kv::memcached_version)})},
         {ask(stat, {.key = "sizes"}),
          reply(stat, {.key = "sizes_status", .value = "disabled"}) + reply(stat)},
         {ask(stat, {.key = "reset"}), reply(stat)},
         {ask(stat, {.key = "detail on"}), reply(stat)},
         {ask(Opcode::getq, {.key = "a:1"}), ""},
         {ask(stat, {.key = "detail dump"}),
          reply(stat, {.key = "detailed", .value = "PREFIX a get 1 hit 0 set 0 del 0\r\nEND\r\n"}) +
              reply(stat)},
         {ask(stat, {.key = "nonsense"}), not_found(stat)},
         {ask(stat, {.key = "cachedump 1 1"}), not_found(stat)}},
        3);
}

BOOST_FIXTURE_TEST_CASE(a_quit_is_answered_unless_it_is_quiet, BinaryTalk)
{
    check_closed({set_a, {ask(Opcode::quit), reply(Opcode::quit)}, {ask(Opcode::noop), ""}});
    check_closed({set_a, {ask(Opcode::quitq), ""}, {ask(Opcode::noop), ""}});
}

// SASL too, as of a memcached that was started without it.
BOOST_FIXTURE_TEST_CASE(an_unknown_command_is_told_so_and_its_body_is_dropped, BinaryTalk)
{
    for (const int number : {0x1b, 0x1f, 0x20, 0x21, 0x22, 0x25, 0xff}) {
        const auto opcode = static_cast<Opcode>(number);
        check({{ask(opcode, {.key = "PLAIN", .value = ask(Opcode::flush)}),
                error(opcode, Status::unknown_command, "Unknown command")},
               set_a},
              3);
    }
}

// After these nobody knows where the next packet begins.
BOOST_FIXTURE_TEST_CASE(what_is_no_packet_ends_the_conversation, BinaryTalk)
{
    const auto ends = [&](Opcode opcode, const Parts& parts) {
        check_closed({{ask(opcode, parts), error(opcode, Status::invalid, "Invalid arguments")}});
    };
    ends(Opcode::get, {});
    ends(Opcode::get, {.extras = "1234", .key = "a"});
    ends(Opcode::get, {.key = "a", .value = "1"});
    ends(Opcode::get, {.key = std::string(251, 'k')});
    ends(Opcode::set, {.key = "a", .value = "1"});
    ends(Opcode::set, {.extras = flags_and_expiry(0, 0), .value = "1"});
    ends(Opcode::append, {.extras = flags_and_expiry(0, 0), .key = "a", .value = "1"});
    ends(Opcode::increment, {.extras = "1", .key = "a"});
    ends(Opcode::touch, {.key = "a"});
    ends(Opcode::flush, {.extras = "1"});
    ends(Opcode::noop, {.key = "a"});
    ends(Opcode::stat, {.extras = "1234", .key = "a"});

    std::string key_beyond_body = ask(Opcode::get, {.key = "a"});
    key_beyond_body[3] = 2;
    check_closed(
        {{key_beyond_body, error(Opcode::get, Status::unknown_command, "Unknown command")}});
    check_closed({set_a, {"get a\r\n", ""}});
    check_closed({set_a, {reply(Opcode::get), ""}});
}

BOOST_FIXTURE_TEST_CASE(a_key_may_have_any_bytes_and_250_of_them, BinaryTalk)
{
    for (const std::string& key : {std::string("\0 \r\n\xff", 5), std::string(250, 'k')}) {
        check({{store(Opcode::set, key, "one"), reply(Opcode::set, {.cas = 1})},
               {ask(Opcode::getk, {.key = key}), hit(Opcode::getk, "one", 1, key)}},
              3);
    }
}

// A set's old value goes with it.
BOOST_AUTO_TEST_CASE(a_value_too_large_is_told_so_and_dropped)
{
    const BinaryTalk talk({.item = 10});
    const std::string value(11, 'v');
    talk.check(
        {set_a,
         {store(Opcode::add, "a", value), error(Opcode::add, Status::too_large, "Too large.")},
         {ask(Opcode::append, {.key = "a", .value = value}),
          error(Opcode::append, Status::too_large, "Too large.")},
         {ask(Opcode::append, {.key = "a", .value = "12345678"}),
          error(Opcode::append, Status::not_stored, "Not stored.")},
         {ask(Opcode::get, {.key = "a"}), hit(Opcode::get, "one", 1)},
         {store(Opcode::setq, "a", value), error(Opcode::setq, Status::too_large, "Too large.")},
         {ask(Opcode::get, {.key = "a"}), not_found(Opcode::get)}},
        3);
    const BinaryTalk full({.memory = 500});
    full.check({set_a,
                {store(Opcode::set, "a", std::string(1000, 'v')),
                 error(Opcode::set, Status::out_of_memory, "Out of memory allocating item")},
                {ask(Opcode::get, {.key = "a"}), not_found(Opcode::get)}},
               7);
}

// The client's first byte decides.
BOOST_FIXTURE_TEST_CASE(another_client_speaks_text, BinaryTalk)
{
    check({{"set a 0 0 1\r\n1\r\n", "STORED\r\n"}, {"\x80\r\n", "ERROR\r\n"}});
}

BOOST_AUTO_TEST_SUITE_END()
