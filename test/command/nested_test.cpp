#include "server/command/integer.h"
#include "server/command/nested_writer.h"
#include "server/store/store.h"
#include "test/support/manual_clock.h"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <functional>
#include <limits>
#include <string>

BOOST_AUTO_TEST_SUITE(nested_test)

using kv::Container;
using kv::ItemType;
using kv::NestedWriter;

namespace {

using namespace std::string_literals;

/// Prints a value as one would write it in a program.
class Printer final : public kv::NestedVisitor {
public:
    void null() override { print("null"); }
    void boolean(bool value) override { print(value ? "true" : "false"); }
    void integer(std::string_view bytes) override { print(kv::integer_text(bytes)); }
    void real(double number) override { print(std::to_string(number)); }
    void text(std::string_view utf8) override { print("'" + std::string(utf8) + "'"); }
    void bytes(std::string_view value) override { print("b'" + std::string(value) + "'"); }
    void error(std::string_view text) override { print("!" + std::string(text)); }
    void begin(Container kind, std::size_t count) override
    {
        print(static_cast<char>(kind) + std::to_string(count) + "(");
        first_ = true;
    }
    void end(Container, std::size_t) override
    {
        printed += ')';
        first_ = false;
    }

    std::string printed;

private:
    void print(const std::string& text)
    {
        if (!first_) printed += ' ';
        printed += text;
        first_ = false;
    }
    bool first_ = true;
};

struct Fixture {
    using Tell = std::function<void(NestedWriter&)>;

    /// The item of the value that `tell` tells.
    kv::ItemPtr keep(const Tell& tell, std::size_t max_bytes = 1000)
    {
        NestedWriter writer(store, "key", max_bytes);
        tell(writer);
        BOOST_REQUIRE(writer.complete());
        BOOST_REQUIRE(writer.refusal().empty());
        auto draft = writer.finish();
        BOOST_REQUIRE(draft.has_value());
        BOOST_TEST(draft->item->key() == "key");
        return draft->item;
    }

    std::string encoded(const Tell& tell) { return std::string(keep(tell)->value()); }

    std::string refusal(const Tell& tell, std::size_t max_bytes = 1000)
    {
        NestedWriter writer(store, "key", max_bytes);
        tell(writer);
        BOOST_TEST(writer.complete());
        return std::string(writer.refusal());
    }

    static std::string printed(const kv::Item& item)
    {
        Printer printer;
        kv::visit(item, printer);
        return printer.printed;
    }

    kv::test::ManualClock clock;
    kv::Store store{clock, 0};
};

void tell_everything(NestedWriter& writer)
{
    writer.begin(Container::list, 9);
    writer.null();
    writer.boolean(true);
    writer.boolean(false);
    writer.integer(-5);
    writer.real(1.5);
    writer.text("t\xc3\xa9xt");
    writer.bytes("\xff");
    writer.error("oops");
    writer.begin(Container::dict, 3);
    writer.text("k");
    writer.begin(Container::set, 1);
    writer.begin(Container::frozenset, 1);
    writer.integer(1);
    writer.begin(Container::tuple, 2);
    writer.null();
    writer.begin(Container::tuple, 0);
    writer.begin(Container::list, 0);
    writer.null();
    writer.begin(Container::dict, 0);
}

void tell_depth(NestedWriter& writer, std::size_t depth)
{
    for (std::size_t i = 0; i < depth; ++i) writer.begin(Container::list, 1);
    writer.null();
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(nested, Fixture)

BOOST_AUTO_TEST_CASE(the_encoding_is_the_one_described)
{
    BOOST_TEST(encoded([](auto& w) { w.null(); }) == "n");
    BOOST_TEST(encoded([](auto& w) { w.boolean(true); }) == "t");
    BOOST_TEST(encoded([](auto& w) { w.boolean(false); }) == "f");
    BOOST_TEST(encoded([](auto& w) { w.real(1.0); }) == "d\0\0\0\0\0\0\xf0\x3f"s);
    BOOST_TEST(encoded([](auto& w) { w.error("no"); }) == "x\x02no"s);
    BOOST_TEST(encoded([](auto& w) {
                   w.begin(Container::list, 2);
                   w.integer(1);
                   w.text("a");
               }) == "l\x02\0\0\0i\x01\x01s\x01"s + "a");
    BOOST_TEST(encoded([](auto& w) { w.begin(Container::dict, 0); }) == "m\0\0\0\0"s);
}

BOOST_AUTO_TEST_CASE(a_size_from_256_on_has_four_bytes)
{
    const std::string longest(255, 'x');
    const std::string longer(256, 'x');
    BOOST_TEST(encoded([&](auto& w) { w.error(longest); }) == "x\xff" + longest);
    BOOST_TEST(encoded([&](auto& w) { w.error(longer); }) == "X\0\x01\0\0"s + longer);
}

BOOST_AUTO_TEST_CASE(a_value_of_every_kind_comes_back)
{
    BOOST_TEST(printed(*keep(tell_everything)) ==
               "l9(null true false -5 1.500000 't\xc3\xa9xt' b'\xff' !oops "
               "m3('k' e1(z1(1)) u2(null u0()) l0() null m0()))");
}

BOOST_AUTO_TEST_CASE(reals_come_back_to_the_bit)
{
    using Limits = std::numeric_limits<double>;
    for (const double number : {0.0, -0.0, Limits::infinity(), -Limits::infinity(),
                                Limits::denorm_min(), Limits::max(), 0.1}) {
        const std::string bytes = encoded([&](auto& w) { w.real(number); });
        double back = 1;
        std::memcpy(&back, bytes.data() + 1, sizeof back);
        BOOST_TEST(std::signbit(back) == std::signbit(number));
        BOOST_TEST(back == number);
    }
}

BOOST_AUTO_TEST_CASE(single_bytes_texts_and_small_integers_are_kept_plain)
{
    const auto bytes = keep([](auto& w) { w.bytes("raw\xff"); });
    BOOST_TEST((bytes->type == ItemType::bytes));
    BOOST_TEST(bytes->value() == "raw\xff");
    const auto text = keep([](auto& w) { w.text("t\xc3\xa9xt"); });
    BOOST_TEST((text->type == ItemType::text));
    BOOST_TEST(text->value() == "t\xc3\xa9xt");
    const auto integer = keep([](auto& w) { w.integer(INT64_MIN); });
    BOOST_TEST((integer->type == ItemType::integer));
    BOOST_TEST(integer->value() == "-9223372036854775808");
    BOOST_TEST(printed(*bytes) == "b'raw\xff'");
    BOOST_TEST(printed(*text) == "'t\xc3\xa9xt'");
    BOOST_TEST(printed(*integer) == "-9223372036854775808");
}

BOOST_AUTO_TEST_CASE(long_plain_values_are_plain_too)
{
    const std::string longer(600, 'x');
    BOOST_TEST(keep([&](auto& w) { w.bytes(longer); })->value() == longer);
    BOOST_TEST(keep([&](auto& w) { w.text(longer); })->value() == longer);
    BOOST_TEST(keep([&](auto& w) { w.bytes(""); })->value() == "");
    BOOST_TEST(keep([&](auto& w) { w.text(""); })->value() == "");
    BOOST_TEST(keep([&](auto& w) { w.integer(0); })->value() == "0");
}

BOOST_AUTO_TEST_CASE(an_integer_beyond_64_bits_is_nested)
{
    const std::string bytes = *kv::integer_bytes("123456789012345678901234567890");
    const auto item = keep([&](auto& w) { w.integer(bytes + "\0\0"s); });
    BOOST_TEST(item->is_nested());
    BOOST_TEST(printed(*item) == "123456789012345678901234567890");
    BOOST_TEST(item->value().size() == 2 + bytes.size());
}

BOOST_AUTO_TEST_CASE(bytes_may_be_filled_in_later)
{
    const auto item = keep([](auto& w) {
        w.begin(Container::tuple, 2);
        const auto room = w.bytes(std::size_t{3});
        BOOST_REQUIRE(room.size() == 3U);
        std::memcpy(room.data(), "abc", 3);
        w.null();
    });
    BOOST_TEST(printed(*item) == "u2(b'abc' null)");
}

BOOST_AUTO_TEST_CASE(a_value_is_complete_when_its_last_part_is_told)
{
    NestedWriter writer(store, "key", 1000);
    BOOST_TEST(!writer.complete());
    writer.begin(Container::dict, 1);
    BOOST_TEST(!writer.complete());
    writer.text("k");
    BOOST_TEST(!writer.complete());
    writer.begin(Container::list, 2);
    writer.null();
    BOOST_TEST(!writer.complete());
    writer.begin(Container::list, 0);
    BOOST_TEST(writer.complete());
}

BOOST_AUTO_TEST_CASE(what_is_too_large_is_refused_and_its_end_still_found)
{
    const auto tell = [](NestedWriter& w) {
        w.begin(Container::list, 2);
        const auto room = w.bytes(std::size_t{90});
        std::fill(room.begin(), room.end(), 'x');
        w.text("y");
    };
    BOOST_TEST(keep(tell, 95)->value().size() == 100U);  // 5 of the list do not count, 2 + 90, 3
    BOOST_TEST(refusal(tell, 94) == "object too large");
    BOOST_TEST(refusal(tell, 10) == "object too large");
    BOOST_TEST(refusal([](auto& w) { (void)w.bytes(std::size_t{1} << 40); }) == "object too large");
}

BOOST_AUTO_TEST_CASE(a_plain_value_may_be_as_long_as_the_limit_says)
{
    const std::string longest(1000, 'x');
    BOOST_TEST(keep([&](auto& w) { w.bytes(longest); }, 1000)->value() == longest);
    BOOST_TEST(refusal([&](auto& w) { w.bytes(longest + "x"); }, 1000) == "object too large");
}

BOOST_AUTO_TEST_CASE(memory_that_runs_out_is_a_refusal)
{
    kv::Store small(clock, 2000);
    NestedWriter writer(small, "key", 100'000);
    writer.begin(Container::list, 3);
    for (int i = 0; i < 3; ++i) writer.bytes(std::string(1000, 'x'));
    BOOST_TEST(writer.complete());
    BOOST_TEST(writer.refusal() == "out of memory storing object");
    BOOST_TEST(small.budget().used() == 0U);
}

BOOST_AUTO_TEST_CASE(a_value_being_written_counts_against_the_memory_limit)
{
    NestedWriter writer(store, "key", 100'000);
    writer.begin(Container::list, 2);
    writer.bytes(std::string(5000, 'x'));
    BOOST_TEST(store.budget().used() >= 5000U);
}

BOOST_AUTO_TEST_CASE(text_that_is_not_utf8_is_refused)
{
    BOOST_TEST(refusal([](auto& w) { w.text("\xff"); }) == "text is not UTF-8");
}

BOOST_AUTO_TEST_CASE(what_can_change_is_no_key_and_in_no_set)
{
    for (const Container kind : {Container::list, Container::dict, Container::set}) {
        const auto as_key = [&](auto& w) {
            w.begin(Container::dict, 1);
            w.begin(kind, 0);
            w.null();
        };
        const auto in_set = [&](auto& w) {
            w.begin(Container::set, 2);
            w.null();
            w.begin(kind, 0);
        };
        const auto in_key = [&](auto& w) {
            w.begin(Container::dict, 1);
            w.begin(Container::tuple, 2);
            w.null();
            w.begin(kind, 0);
            w.null();
        };
        BOOST_TEST(refusal(as_key) != "");
        BOOST_TEST(refusal(in_set) != "");
        BOOST_TEST(refusal(in_key) != "");
    }
}

BOOST_AUTO_TEST_CASE(tuples_are_keys_and_anything_is_a_dictionarys_value)
{
    const auto item = keep([](auto& w) {
        w.begin(Container::dict, 2);
        w.begin(Container::tuple, 1);
        w.null();
        w.begin(Container::list, 1);
        w.begin(Container::dict, 0);
        w.begin(Container::frozenset, 0);
        w.begin(Container::set, 0);
    });
    BOOST_TEST(printed(*item) == "m2(u1(null) l1(m0()) z0() e0())");
}

BOOST_AUTO_TEST_CASE(a_key_that_comes_twice_is_kept_twice)
{
    const auto item = keep([](auto& w) {
        w.begin(Container::dict, 2);
        for (int i = 0; i < 2; ++i) {
            w.text("k");
            w.integer(i);
        }
    });
    BOOST_TEST(printed(*item) == "m2('k' 0 'k' 1)");
}

BOOST_AUTO_TEST_CASE(the_deepest_value_comes_back)
{
    const auto item = keep([](auto& w) { tell_depth(w, kv::max_nested_depth); });
    BOOST_TEST(printed(*item).size() == 4 * kv::max_nested_depth + 4);
}

BOOST_AUTO_TEST_CASE(a_deeper_value_is_an_exception)
{
    NestedWriter writer(store, "key", 100'000);
    BOOST_CHECK_THROW(tell_depth(writer, kv::max_nested_depth + 1), kv::TooDeep);
}

BOOST_AUTO_TEST_CASE(an_empty_container_is_as_deep_as_any_other_value)
{
    const auto item = keep([](auto& w) {
        for (std::size_t i = 0; i < kv::max_nested_depth; ++i) w.begin(Container::list, 1);
        w.begin(Container::list, 0);
    });
    BOOST_TEST(printed(*item).size() == 4 * kv::max_nested_depth + 4);
}

BOOST_AUTO_TEST_CASE(too_many_values_are_refused)
{
    const auto tell = [](std::size_t values) {
        return [values](NestedWriter& w) {
            w.begin(Container::list, values);
            for (std::size_t i = 0; i < values; ++i) w.null();
        };
    };
    constexpr std::size_t room = std::size_t{10} << 20;
    BOOST_TEST(refusal(tell(kv::max_nested_values - 1), room) == "");
    BOOST_TEST(refusal(tell(kv::max_nested_values), room) == "too many values in one object");
    BOOST_TEST(refusal(tell(kv::max_nested_values + 1), room) == "too many values in one object");
}

BOOST_AUTO_TEST_CASE(a_writer_that_keeps_nothing_follows_all_the_same)
{
    NestedWriter writer("nobody wants it");
    tell_everything(writer);
    BOOST_TEST(writer.complete());
    BOOST_TEST(writer.refusal() == "nobody wants it");
}

BOOST_AUTO_TEST_CASE(an_encoding_cut_anywhere_is_told_and_harmless)
{
    const std::string whole = encoded(tell_everything);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        Printer printer;
        // A copy of its own length, so that a sanitizer sees a read beyond it.
        const std::vector<char> cut(whole.begin(),
                                    whole.begin() + static_cast<std::ptrdiff_t>(size));
        BOOST_CHECK_THROW(kv::visit_nested({cut.data(), cut.size()}, printer),
                          std::invalid_argument);
    }
    Printer printer;
    BOOST_CHECK_THROW(kv::visit_nested(whole + "n", printer), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(an_encoding_with_any_bit_flipped_is_harmless)
{
    const std::string whole = encoded(tell_everything);
    std::size_t told = 0;
    for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
        std::string flipped = whole;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
        Printer printer;
        try {
            kv::visit_nested(flipped, printer);
        } catch (const std::invalid_argument&) {
            ++told;
        }
    }
    BOOST_TEST(told > 100U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()
