#include "common/mailbox.h"

#include "common/transport.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <thread>

BOOST_AUTO_TEST_SUITE(mailbox_test)

using kv::Mailbox;
using Messages = std::vector<std::string>;

namespace {

bool has_mail(const Mailbox& mailbox)
{
    const auto now = std::chrono::steady_clock::now();
    return wait_for(mailbox.descriptor(), kv::Event::readable, -1, now) == kv::Wakeup::readable;
}

/// All that has come, oldest first.
Messages taken_from(Mailbox& mailbox)
{
    Messages messages;
    while (auto message = mailbox.take()) messages.push_back(std::move(*message));
    return messages;
}

struct OpenMailbox {
    OpenMailbox() { mailbox.open(nullptr); }
    Mailbox mailbox;
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_mailbox_nobody_opens_costs_no_descriptor)
{
    const Mailbox mailbox;
    BOOST_TEST(mailbox.descriptor() == -1);
}

BOOST_FIXTURE_TEST_CASE(opening_again_changes_nothing, OpenMailbox)
{
    const int descriptor = mailbox.descriptor();
    BOOST_TEST(descriptor >= 0);
    mailbox.open(nullptr);
    BOOST_TEST(mailbox.descriptor() == descriptor);
}

BOOST_FIXTURE_TEST_CASE(an_empty_mailbox_wakes_nobody, OpenMailbox)
{
    BOOST_TEST(!has_mail(mailbox));
    BOOST_TEST(taken_from(mailbox).empty());
    BOOST_TEST(!has_mail(mailbox));
}

BOOST_FIXTURE_TEST_CASE(mail_wakes_until_it_is_taken, OpenMailbox)
{
    BOOST_TEST(mailbox.post("a"));
    BOOST_TEST(has_mail(mailbox));
    BOOST_TEST(has_mail(mailbox));
    BOOST_TEST(taken_from(mailbox) == Messages{"a"}, boost::test_tools::per_element());
    BOOST_TEST(!has_mail(mailbox));
    BOOST_TEST(taken_from(mailbox).empty());
}

BOOST_FIXTURE_TEST_CASE(the_oldest_is_taken_first, OpenMailbox)
{
    for (const char* message : {"a", "b", "c"}) BOOST_TEST(mailbox.post(message));
    const Messages expected{"a", "b", "c"};
    BOOST_TEST(taken_from(mailbox) == expected, boost::test_tools::per_element());
    BOOST_TEST(!has_mail(mailbox));
}

BOOST_FIXTURE_TEST_CASE(a_full_mailbox_drops_what_does_not_fit, OpenMailbox)
{
    const std::string half(Mailbox::max_waiting_bytes / 2 - sizeof(std::string), 'h');
    BOOST_TEST(mailbox.post(half));
    BOOST_TEST(mailbox.post(half));
    BOOST_TEST(!mailbox.post("x"));
    BOOST_TEST(taken_from(mailbox).size() == 2U);
    BOOST_TEST(mailbox.post("x"));
    BOOST_TEST(taken_from(mailbox) == Messages{"x"}, boost::test_tools::per_element());
}

// What waits is charged until it is taken, and what nobody takes until the mailbox goes.
BOOST_AUTO_TEST_CASE(what_waits_takes_memory_and_what_finds_none_is_dropped)
{
    struct Memory final : kv::MemorySource {
        bool take(std::size_t bytes) override
        {
            used += bytes;
            return used <= 1000 || (give_back(bytes), false);
        }
        void give_back(std::size_t bytes) override { used -= bytes; }
        std::size_t used = 0;
    } memory;
    const std::string message(400, 'm');
    {
        Mailbox mailbox;
        mailbox.open(&memory);
        BOOST_TEST(mailbox.post(message));
        BOOST_TEST(mailbox.post(message));
        BOOST_TEST(!mailbox.post(message));
        BOOST_TEST(memory.used >= 800U);
        BOOST_TEST(mailbox.take().has_value());
        BOOST_TEST(!mailbox.post(message));  // the first one is being written
        BOOST_TEST(mailbox.take().has_value());
        BOOST_TEST(memory.used < 800U);
        BOOST_TEST(mailbox.post(message));
    }
    BOOST_TEST(memory.used == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_message_larger_than_the_mailbox_is_dropped, OpenMailbox)
{
    BOOST_TEST(!mailbox.post(std::string(Mailbox::max_waiting_bytes + 1, 'x')));
    BOOST_TEST(!has_mail(mailbox));
}

BOOST_FIXTURE_TEST_CASE(another_thread_wakes_the_reader, OpenMailbox)
{
    std::jthread sender([this] { (void)mailbox.post("from afar"); });
    BOOST_TEST((wait_for(mailbox.descriptor(), kv::Event::readable, -1, kv::no_deadline) ==
                kv::Wakeup::readable));
    BOOST_TEST(taken_from(mailbox) == Messages{"from afar"}, boost::test_tools::per_element());
}

// Each sender's messages arrive whole, all of them, in the order they were posted.
BOOST_FIXTURE_TEST_CASE(many_threads_post_while_one_takes, OpenMailbox)
{
    constexpr int senders = 4;
    constexpr int each = 2000;
    std::vector<std::jthread> threads;
    for (int sender = 0; sender < senders; ++sender) {
        threads.emplace_back([this, sender] {
            for (int i = 0; i < each; ++i) {
                while (!mailbox.post(std::to_string(sender) + " " + std::to_string(i))) {
                }
            }
        });
    }
    std::map<std::string, int> next;
    for (int got = 0; got < senders * each;) {
        const auto wakeup =
            wait_for(mailbox.descriptor(), kv::Event::readable, -1, kv::no_deadline);
        BOOST_REQUIRE((wakeup == kv::Wakeup::readable));
        for (const std::string& message : taken_from(mailbox)) {
            const std::size_t blank = message.find(' ');
            BOOST_REQUIRE(message.substr(blank + 1) ==
                          std::to_string(next[message.substr(0, blank)]++));
            ++got;
        }
    }
    BOOST_TEST(next.size() == std::size_t{senders});
}

BOOST_AUTO_TEST_SUITE_END()
