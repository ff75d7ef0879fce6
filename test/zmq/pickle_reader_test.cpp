#include "server/zmq/pickle_reader.h"

#include "server/command/integer.h"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(pickle_reader_test)

using kv::zeromq::BadPickle;
using kv::zeromq::Object;
using kv::zeromq::Pickle;
using kv::zeromq::read_pickle;
using Kind = Object::Kind;

namespace {

using namespace std::string_literals;

/// The objects in order, each with the letter of its kind, in parentheses what is in them.
std::string shown(const Pickle& pickle, kv::zeromq::ObjectId id)
{
    const Object& object = pickle[id];
    switch (object.kind) {
        case Kind::null: return "N";
        case Kind::boolean: return object.number() != 0 ? "true" : "false";
        case Kind::integer: return std::to_string(object.number());
        case Kind::long_integer: return kv::integer_text(kv::shortest(object.bytes()));
        case Kind::real: return std::to_string(object.real());
        case Kind::text: return "'" + std::string(object.bytes()) + "'";
        case Kind::bytes: return "b'" + std::string(object.bytes()) + "'";
        case Kind::constructor: return "call";
        default: break;
    }
    std::string text = object.kind == Kind::list    ? "["
                       : object.kind == Kind::tuple ? "("
                       : object.kind == Kind::dict  ? "{"
                       : object.kind == Kind::set   ? "s("
                                                    : "fs(";
    for (const auto item : object.items()) text += shown(pickle, item) + ",";
    return text + ".";
}

std::string read(const std::string& message)
{
    const Pickle pickle = read_pickle(message);
    return shown(pickle, pickle.root);
}

bool is_refused(const std::string& message)
{
    // A copy of its own length, so that a sanitizer sees a read beyond it.
    const std::vector<char> exact(message.begin(), message.end());
    try {
        (void)read_pickle({exact.data(), exact.size()});
    } catch (const BadPickle&) {
        return true;
    }
    return false;
}

// What Python 3.11 writes for
//   ('set', 'k', [None, True, -1, 300, 70000, 2**70, 1.5, 'é', b'\xff', (), {1}, {'a': (1, 2)}])
const std::vector<std::string> written_by_python{
    "(Vset\np0\nVk\np1\n(lp2\nNaI01\naI-1\naI300\naI70000\naL1180591620717411303424L\naF1."
    "5\naV\xe9\np3\na"
    "c_codecs\nencode\np4\n(V\xff\np5\nVlatin1\np6\ntp7\nRp8\na(tac__builtin__\nset\np9\n(("
    "lp10\nI1\natp11\n"
    "Rp12\na(dp13\nVa\np14\n(I1\nI2\ntp15\nsatp16\n.",
    "\x80\x02X\x03\0\0\0setq\0X\x01\0\0\0kq\x01]q\x02(N\x88J\xff\xff\xff\xffM,"
    "\x01Jp\x11\x01\0\x8a\x09\0\0\0\0"
    "\0\0\0\0@G?\xf8\0\0\0\0\0\0X\x02\0\0\0\xc3\xa9q\x03"s
    "c_codecs\nencode\nq\x04X\x02\0\0\0\xc3\xbfq\x05X\x06\0\0\0latin1q\x06\x86q\x07Rq\x08)"s
    "c__builtin__\nset\nq\x09]q\x0aK\x01"s
    "a\x85q\x0bRq\x0c}q\x0dX\x01\0\0\0aq\x0eK\x01K\x02\x86q\x0fse\x87q\x10."s,
    "\x80\x04\x95\x4d\0\0\0\0\0\0\0\x8c\x03set\x94\x8c\x01k\x94]\x94(N\x88J\xff\xff\xff\xffM,"
    "\x01Jp\x11\x01\0"
    "\x8a\x09\0\0\0\0\0\0\0\0@G?\xf8\0\0\0\0\0\0\x8c\x02\xc3\xa9\x94"s
    "C\x01\xff\x94)\x8f\x94(K\x01\x90}\x94\x8c\x01"s
    "a\x94K\x01K\x02\x86\x94se\x87\x94."s,
};

}  // namespace

BOOST_AUTO_TEST_CASE(what_python_writes_is_read)
{
    for (const std::string& pickle : written_by_python) {
        BOOST_TEST(read(pickle) ==
                   "('set','k',[N,true,-1,300,70000,1180591620717411303424,1.500000,'\xc3\xa9',"
                   "b'\xff',(.,s(1,.,{'a',(1,2,.,.,.,.");
    }
}

BOOST_AUTO_TEST_CASE(a_pickle_cut_anywhere_is_refused)
{
    for (const std::string& pickle : written_by_python) {
        for (std::size_t size = 0; size < pickle.size(); ++size) {
            BOOST_TEST(is_refused(pickle.substr(0, size)), "taken with " << size << " bytes");
        }
    }
}

BOOST_AUTO_TEST_CASE(what_follows_the_end_is_ignored)
{
    BOOST_TEST(read("N.cos\nsystem\n") == "N");
}

BOOST_AUTO_TEST_CASE(memoized_objects_are_the_same_object)
{
    BOOST_TEST(read("\x80\x02](]q\0h\0K\x01h\0e."s) == "[[.,[.,1,[.,.");
    BOOST_TEST(read("\x80\x04](]\x94K\x05\x94h\0h\x01"s + "e.") == "[[.,5,[.,5,.");
}

BOOST_AUTO_TEST_CASE(a_mark_keeps_what_is_below_out_of_reach)
{
    BOOST_TEST(is_refused("\x80\x02](a."));
    BOOST_TEST(is_refused("\x80\x02K\x01(\x85."));
    BOOST_TEST(is_refused("\x80\x02K\x01(0"s + "0."));
    BOOST_TEST(read("\x80\x02K\x01(0.") == "1");
    BOOST_TEST(read("\x80\x02K\x01(NN1.") == "1");
}

BOOST_AUTO_TEST_CASE(only_four_names_are_known)
{
    BOOST_TEST(read("c__builtin__\nbytes\n)R.") == "b''");
    BOOST_TEST(read("cbuiltins\nset\n(]K\x01"s + "atR.") == "s(1,.");
    BOOST_TEST(read("cbuiltins\nfrozenset\n(]tR.") == "fs(.");
    BOOST_TEST(read("c_codecs\nencode\n(V\xe9\nVlatin1\ntR.") == "b'\xe9'");
    for (const char* name :
         {"os\nsystem", "__builtin__\neval", "builtins\nbytearray", "builtins\nset ",
          "_codecs\ndecode", "codecs\nencode", "__builtin__\n", "\nset", "builtins.set\n"}) {
        BOOST_TEST(is_refused("c"s + name + "\n."), name << " was taken");
    }
}

BOOST_AUTO_TEST_CASE(names_are_called_with_what_plain_data_needs_and_nothing_else)
{
    BOOST_TEST(is_refused("c__builtin__\nbytes\n(I5\ntR."));
    BOOST_TEST(is_refused("c__builtin__\nset\n)R."));
    BOOST_TEST(is_refused("c__builtin__\nset\n(dtR."));
    BOOST_TEST(is_refused("c__builtin__\nset\n((ttR."));
    BOOST_TEST(is_refused("c__builtin__\nset\n(lR."));
    BOOST_TEST(is_refused("c_codecs\nencode\n(Va\nVutf-8\ntR."));
    BOOST_TEST(is_refused("c_codecs\nencode\n(S'a'\nVlatin1\ntR."));
    BOOST_TEST(is_refused("c_codecs\nencode\n(V\\u0100\nVlatin1\ntR."));
    BOOST_TEST(is_refused("c_codecs\nencode\n(Va\ntR."));
    BOOST_TEST(is_refused("(I1\ntI1\nR."));
    BOOST_TEST(is_refused("I1\n(tR."));
}

BOOST_AUTO_TEST_CASE(a_set_made_of_a_list_is_not_that_list)
{
    BOOST_TEST(read("\x80\x02]q\0K\x01"s + "ac__builtin__\nset\nh\0\x85R"s + "h\0K\x02"s + "a0.") ==
               "s(1,.");
}

BOOST_AUTO_TEST_CASE(every_opcode_that_is_not_ours_is_refused)
{
    for (const char opcode : "ibo\x81\x92\x82\x83\x84PQ\x96\x97\x98"s) {
        BOOST_TEST(is_refused("N(N"s + opcode + "\0\0\0\0\0\0\0\0N\nN\n."s));
    }
    std::size_t refused = 0;
    for (int opcode = 0; opcode < 256; ++opcode) {
        if (is_refused(std::string(1, static_cast<char>(opcode)) + ".")) ++refused;
    }
    // All but N, newtrue, newfalse, and the empty list, tuple, dict and set.
    BOOST_TEST(refused == 249U);
}

BOOST_AUTO_TEST_CASE(numbers_of_all_spellings_are_read)
{
    BOOST_TEST(read("I-5\n.") == "-5");
    BOOST_TEST(read("I00\n.") == "false");
    BOOST_TEST(read("I01\n.") == "true");
    BOOST_TEST(read("K\xff.") == "255");
    BOOST_TEST(read("M\xff\xff.") == "65535");
    BOOST_TEST(read("J\xff\xff\xff\xff.") == "-1");
    BOOST_TEST(read("J\xff\xff\xff\x7f.") == "2147483647");
    BOOST_TEST(read("\x8a\0."s) == "0");
    BOOST_TEST(read("F-1e2\n.") == "-100.000000");
    BOOST_TEST(read("Finf\n.") == "inf");
    for (const char* bad :
         {"Fx\n.", "F\n.", "F1.5 \n.", "I\n.", "I1.5\n.", "L\n.", "LL\n.", "I 1\n."}) {
        BOOST_TEST(is_refused(bad), bad << " was taken");
    }
}

BOOST_AUTO_TEST_CASE(what_the_machine_may_hold_is_limited)
{
    const auto many = [](std::string_view piece, std::size_t count) {
        std::string text;
        for (std::size_t i = 0; i < count; ++i) text += piece;
        return text;
    };
    constexpr std::size_t million = 1'000'000;
    BOOST_TEST(!is_refused("](" + many("N", million) + "e."));
    BOOST_TEST(is_refused("](" + many("N", 2 * million) + "e."));
    BOOST_TEST(is_refused("N" + many("2", 2 * million) + "."));
    BOOST_TEST(is_refused(many("(", 2 * million) + "N."));
    BOOST_TEST(is_refused("]q\0("s + many("h\0"s, 2 * million) + "e."));
    BOOST_TEST(is_refused("]("s + many("N", million) + "eq\0c__builtin__\nset\nq\x01"s +
                          many("0h\x01h\0\x85R"s, 10) + "."));
    BOOST_TEST(is_refused("]r\0\0\x20\0."s));
}

BOOST_AUTO_TEST_CASE(a_pickle_with_any_bit_flipped_is_read_or_refused)
{
    for (const std::string& pickle : written_by_python) {
        std::size_t refused = 0;
        for (std::size_t bit = 0; bit < 8 * pickle.size(); ++bit) {
            std::string flipped = pickle;
            flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
            if (is_refused(flipped)) ++refused;
        }
        BOOST_TEST(refused > pickle.size());
    }
}

BOOST_AUTO_TEST_SUITE_END()
