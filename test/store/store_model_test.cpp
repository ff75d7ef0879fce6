// The store against a model that is too simple to be wrong: a std::map, with the rules of store.h
// written out. 100,000 random operations; the seed is printed, and KV_SEED repeats a run.
#include "test/support/store_talk.h"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <map>
#include <random>

BOOST_AUTO_TEST_SUITE(store_model_test)

namespace {

using kv::Item;
using kv::never;
using kv::UnixMillis;
using kv::test::StoreTalk;
using std::chrono::milliseconds;

std::uint64_t choose_seed()
{
    const char* given = std::getenv("KV_SEED");
    const std::uint64_t seed = given != nullptr ? std::stoull(given) : std::random_device{}();
    BOOST_TEST_MESSAGE("KV_SEED=" << seed);
    return seed;
}

struct Entry {
    std::string value;
    UnixMillis expires;
    std::uint64_t cas;
};

class Run {
public:
    Run(std::uint64_t seed, std::size_t limit) : random_(seed), talk_(limit) {}

    void step()
    {
        talk_.clock.advance(milliseconds(pick(3)));
        forget_what_is_over();
        switch (pick(12)) {
            case 0:
            case 1:
            case 2:
            case 3: return put();
            case 4:
            case 5:
            case 6: return get();
            case 7: return erase();
            case 8: return touch();
            case 9: return abandon_a_draft();
            case 10: (void)talk_.store.sweep(); return;
            default:
                if (pick(300) == 0) flush();
        }
    }

    /// After a sweep the store holds what the model holds, and the bytes are those of its items.
    void compare_all()
    {
        forget_what_is_over();
        talk_.sweep_all();
        std::size_t bytes = 0;
        std::size_t expiring = 0;
        for (const auto& [key, entry] : model_) {
            if (entry.expires != never) ++expiring;
            bytes += Item::footprint(key.size(), entry.value.size());
            BOOST_REQUIRE(talk_.cas_of(key) == entry.cas);
        }
        BOOST_REQUIRE(talk_.size() == model_.size());
        BOOST_REQUIRE(talk_.bytes() == bytes);
        BOOST_REQUIRE(talk_.expiring() == expiring);
        BOOST_REQUIRE(talk_.store.budget().used() == bytes);
    }

    [[nodiscard]] int refused() const { return refused_; }
    [[nodiscard]] int expired() const { return expired_; }

private:
    [[nodiscard]] std::size_t pick(std::size_t choices) { return random_() % choices; }
    [[nodiscard]] std::string any_key()
    {
        return "key:" + std::string(pick(3) * 20, 'k') + std::to_string(pick(400));
    }
    [[nodiscard]] UnixMillis any_expiry()
    {
        switch (pick(4)) {
            case 0: return talk_.in(milliseconds(pick(5)));  // also now, which is over already
            case 1: return talk_.in(milliseconds(pick(2000)));
            default: return never;
        }
    }

    void put()
    {
        const std::string key = any_key();
        const std::string value(pick(pick(10) == 0 ? 5000 : 200),
                                static_cast<char>('a' + pick(26)));
        const UnixMillis expires = any_expiry();
        std::uint64_t cas = talk_.put(key, value, expires);
        if (cas == 0) {  // perhaps for expired items that the sweeper finds
            talk_.sweep_all();
            cas = talk_.put(key, value, expires);
        }
        if (cas == 0) {
            ++refused_;
            check_there_was_no_room(Item::footprint(key.size(), value.size()));
            return get_of(key);
        }
        BOOST_REQUIRE(cas > last_cas_);
        last_cas_ = cas;
        model_[key] = {value, expires, cas};
    }

    /// A refusal is right only if the items alive leave no room for so many bytes more.
    void check_there_was_no_room(std::size_t wanted)
    {
        std::size_t alive = 0;
        for (const auto& [key, entry] : model_) {
            alive += Item::footprint(key.size(), entry.value.size());
        }
        BOOST_REQUIRE(alive + wanted > talk_.store.budget().limit());
    }

    void get() { get_of(any_key()); }
    void get_of(const std::string& key)
    {
        const auto found = model_.find(key);
        BOOST_REQUIRE(talk_.get(key) == (found == model_.end() ? "<none>" : found->second.value));
    }

    void erase()
    {
        const std::string key = any_key();
        BOOST_REQUIRE(talk_.erase(key) == (model_.erase(key) == 1));
    }

    void touch()
    {
        const std::string key = any_key();
        const UnixMillis expires = any_expiry();
        const auto found = model_.find(key);
        BOOST_REQUIRE(talk_.touch(key, expires) == (found != model_.end()));
        if (found != model_.end()) found->second.expires = expires;
    }

    void abandon_a_draft() { (void)talk_.store.draft(talk_.store.hashed(any_key()), pick(1000)); }

    void flush()
    {
        const UnixMillis when = talk_.in(milliseconds(pick(2) == 0 ? 0 : pick(500)));
        talk_.flush(when);
        flush_at_ = when;
        forget_what_is_over();
    }

    void forget_what_is_over()
    {
        const UnixMillis now = talk_.clock.now();
        if (flush_at_ <= now) {
            model_.clear();
            flush_at_ = never;
        }
        expired_ += static_cast<int>(
            std::erase_if(model_, [now](const auto& row) { return row.second.expires <= now; }));
    }

    std::mt19937_64 random_;
    StoreTalk talk_;
    std::map<std::string, Entry> model_;
    UnixMillis flush_at_ = never;
    std::uint64_t last_cas_ = 0;
    int refused_ = 0;
    int expired_ = 0;
};

void run(Run& run)
{
    for (int step = 0; step < 100'000; ++step) {
        run.step();
        if (step % 500 == 0) run.compare_all();
    }
    run.compare_all();
    BOOST_TEST(run.expired() > 0);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_store_without_a_limit_is_a_map)
{
    Run unlimited(choose_seed(), 0);
    run(unlimited);
    BOOST_TEST(unlimited.refused() == 0);
}

BOOST_AUTO_TEST_CASE(a_store_with_a_limit_is_a_map_that_refuses)
{
    Run limited(choose_seed(), 60'000);
    run(limited);
    BOOST_TEST(limited.refused() > 0);
}

BOOST_AUTO_TEST_SUITE_END()
