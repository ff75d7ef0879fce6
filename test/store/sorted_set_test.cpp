// Sorted sets against a model that is too simple to be wrong: a std::set of pairs.
#include "server/store/collection.h"
#include "server/store/item.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(sorted_set_test)

namespace {

using kv::Bytes;
using kv::BytesPtr;
using kv::SortedSet;
using Ranked = std::pair<double, std::string>;

std::uint64_t choose_seed()
{
    const char* given = std::getenv("KV_SEED");
    const std::uint64_t seed = given != nullptr ? std::stoull(given) : std::random_device{}();
    BOOST_TEST_MESSAGE("KV_SEED=" << seed);
    return seed;
}

/// Members from a rank on, as the set visits them.
std::vector<Ranked> visited(const SortedSet& set, std::size_t first, std::size_t count,
                            bool backwards)
{
    std::vector<Ranked> members;
    set.visit(first, count, backwards, [&](double score, const BytesPtr& member) {
        members.emplace_back(score, member->view());
    });
    return members;
}

class Run {
public:
    Run(std::uint64_t seed, std::size_t names) : random_(seed), names_(names) {}

    void step()
    {
        const std::string name = "m" + std::to_string(pick(names_));
        if (pick(3) > 0) {
            set(name, static_cast<double>(pick(20)) - 10);  // with many equal scores
        } else if (scores_.contains(name)) {
            remove(name);
        }
    }

    void set(const std::string& name, double score)
    {
        set_.set({Bytes::make(name), hash_(name).hash, score});
        if (const auto present = scores_.find(name); present != scores_.end()) {
            order_.erase({present->second, name});
        }
        scores_[name] = score;
        order_.emplace(score, name);
    }

    void remove(const std::string& name)
    {
        BOOST_REQUIRE(set_.remove(hash_(name))->view() == name);
        const auto present = scores_.find(name);
        order_.erase({present->second, name});
        scores_.erase(present);
    }

    void remove_all()
    {
        while (!scores_.empty()) remove(scores_.begin()->first);
        BOOST_REQUIRE(set_.size() == 0U);
    }

    void compare() { compare(set_); }
    void compare_copy() { compare(static_cast<const SortedSet&>(*set_.copy())); }

    [[nodiscard]] bool is_flat() const { return set_.scores().flat() != nullptr; }

private:
    void compare(const SortedSet& set)
    {
        const std::vector<Ranked> all(order_.begin(), order_.end());
        BOOST_REQUIRE(set.size() == all.size());
        BOOST_REQUIRE(visited(set, 0, all.size(), false) == all);
        for (std::size_t rank = 0; rank < all.size(); ++rank) {
            const auto& [score, name] = all[rank];
            const auto* member = set.scores().find(hash_(name));
            BOOST_REQUIRE((member != nullptr && member->value == score));
            BOOST_REQUIRE(set.rank(score, name) == rank);
        }
        compare_part(set, all);
        for (double bound = -11; bound < 11; bound += 0.5) compare_counts(set, all, bound);
    }

    void compare_part(const SortedSet& set, const std::vector<Ranked>& all)
    {
        if (all.empty()) return;
        const std::size_t first = pick(all.size());
        const std::size_t count = pick(all.size() - first + 1);
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
        const auto end = begin + static_cast<std::ptrdiff_t>(count);
        BOOST_REQUIRE(visited(set, first, count, false) == std::vector<Ranked>(begin, end));
        const std::vector<Ranked> turned(std::make_reverse_iterator(end),
                                         std::make_reverse_iterator(begin));
        if (count > 0) BOOST_REQUIRE(visited(set, first + count - 1, count, true) == turned);
    }

    static void compare_counts(const SortedSet& set, const std::vector<Ranked>& all, double bound)
    {
        const auto is_below = [&](double score, const auto&) { return score <= bound; };
        const auto below = std::count_if(all.begin(), all.end(),
                                         [&](const Ranked& one) { return one.first <= bound; });
        BOOST_REQUIRE(set.count_while(is_below) == static_cast<std::size_t>(below));
        const auto before = std::count_if(
            all.begin(), all.end(), [&](const Ranked& one) { return one < Ranked(bound, "m5"); });
        BOOST_REQUIRE(set.rank(bound, "m5") == static_cast<std::size_t>(before));
    }

    std::size_t pick(std::size_t below) { return random_() % below; }

    std::mt19937_64 random_;
    const std::size_t names_;
    const kv::KeyHash hash_;
    SortedSet set_;
    std::map<std::string, double> scores_;
    std::set<Ranked> order_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_flat_list_and_a_table_do_as_the_model)
{
    const std::uint64_t seed = choose_seed();
    for (const std::size_t names : {10U, 100U, 1000U}) {
        Run run(seed, names);
        for (int i = 0; i < 5000; ++i) {
            run.step();
            if (i % 100 == 0) run.compare();
        }
        run.compare();
        run.compare_copy();
        BOOST_TEST(run.is_flat() == (names < 128));
        run.remove_all();
        run.compare();
    }
}

BOOST_AUTO_TEST_CASE(a_long_name_makes_it_a_table)
{
    Run run(choose_seed(), 10);
    for (int i = 0; i < 20; ++i) run.step();
    run.set(std::string(64, 'x'), 1);
    BOOST_TEST(run.is_flat());
    run.set(std::string(65, 'x'), 0);
    BOOST_TEST(!run.is_flat());
    run.compare();
    run.compare_copy();
}

BOOST_AUTO_TEST_CASE(a_flat_list_has_no_negative_zero)
{
    const kv::KeyHash hash;
    SortedSet set;
    set.set({Bytes::make("m"), hash("m").hash, -0.0});
    BOOST_TEST(!std::signbit(set.scores().find(hash("m"))->value));
}

BOOST_AUTO_TEST_SUITE_END()
