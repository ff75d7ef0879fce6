#include "client/check/case.h"

#include "client/check/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace kv::check {

Client Fixture::connect(std::string name, int receive_buffer_bytes)
{
    return {std::move(name), target_.address, target_.limit, transcript_, receive_buffer_bytes};
}

std::string Fixture::key(std::string_view stem) const
{
    return fmt::format("{}-{}", stem, target_.tag);
}

void Fixture::say(std::string_view remark)
{
    transcript_.note("", remark);
}

void Fixture::expect_alive()
{
    say("Is the server still there? A new client asks.");
    constexpr int times = 3;
    for (int i = 0; i < times; ++i) {
        Client new_client = connect("new client");
        new_client.ask(wire().set(key("alive"), "yes"), wire().stored());
        new_client.ask(wire().get(key("alive")), wire().hit(key("alive"), "yes"));
    }
}

void Fixture::expect_value_or_miss(std::string_view key, std::string_view value)
{
    Client new_client = connect("new client");
    new_client.send(wire().get(key));
    try {
        new_client.expect(wire().hit(key, value));
    } catch (const Failure& failure) {
        if (failure.got != wire().miss().bytes) throw;
    }
}

std::vector<Case> cases_for(Mode mode, int last_stage)
{
    const std::array<std::vector<std::span<const Case>>, stages> by_stage{{
        {answer_cases()},
        {basic_cases()},
        {framing_cases()},
        {value_cases()},
        {concurrency_cases()},
        {command_cases(), length_cases()},
        {disconnect_cases()},
        {crowd_cases()},
    }};
    std::vector<Case> chosen;
    for (int stage = 1; stage <= last_stage; ++stage)
        for (const auto& topic : by_stage.at(static_cast<std::size_t>(stage) - 1))
            for (const auto& entry : topic) {
                if ((entry.modes & static_cast<unsigned>(mode)) == 0) continue;
                chosen.push_back(entry);
                chosen.back().stage = stage;
            }
    return chosen;
}

std::string_view stages_page();  // generated from stages.md by CMakeLists.txt

std::string_view page_of_stage(int stage)
{
    const std::string_view pages = stages_page();
    const auto begin = pages.find(fmt::format("## Stage {}:", stage));
    const auto end = std::min(pages.find("\n## ", begin), pages.size());
    return pages.substr(begin, end - begin);
}

std::string_view title_of_stage(int stage)
{
    const std::string_view page = page_of_stage(stage);
    return page.substr(3, page.find('\n') - 3);
}

namespace {

// The first two stages make a server answer at all. Nothing else can be graded before that.
constexpr int last_stage_of_basics = 2;

/// nullopt: the new client was served.
std::optional<Failure> try_story(Fixture& fixture, void (*play)(Fixture&))
{
    try {
        play(fixture);
        return std::nullopt;
    } catch (const Failure& failure) {
        return failure;
    }
}

/// Accepts any answer; the cases check for the right one.
void ask_once(Fixture& fixture)
{
    Client new_client = fixture.connect("new client");
    new_client.send(fixture.wire().set(fixture.key("aftermath"), "x"));
    if (new_client.listen().empty()) throw Failure("new client", "a new client got no answer");
}

void connect_once(Fixture& fixture)
{
    const Client new_client = fixture.connect("new client");
}

Result play_one(const Case& played, const Target& target)
{
    Result result{};
    result.played = played;
    result.outcome = Outcome::passed;
    Fixture fixture(target);
    const auto began = std::chrono::steady_clock::now();
    result.failure = try_story(fixture, played.play);
    Fixture aftermath(target);
    const bool is_basic = played.stage <= last_stage_of_basics;
    const auto afterwards = try_story(aftermath, is_basic ? connect_once : ask_once);
    result.server_is_gone = afterwards.has_value();
    if (result.server_is_gone && !result.failure)
        result.failure =
            Failure("new client", std::string("the case passed, but then the server was gone: ") +
                                      afterwards->what());
    if (result.failure) result.outcome = Outcome::failed;
    result.events = fixture.transcript().events();
    result.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    return result;
}

/// A run of many cases, with the failures and allowances so far.
class Play {
public:
    explicit Play(Target target) : target_(std::move(target)) {}

    Result next(const Case& played)
    {
        Result result = play_one(played, target_);
        if (result.outcome == Outcome::failed) {
            find_hints(result);
            result.follows = what_it_follows(result);
        }
        note(result);
        return result;
    }

    /// Why no more cases can be tried; empty: go on.
    [[nodiscard]] std::string_view end() const { return end_; }
    [[nodiscard]] bool has_failures() const { return !failed_.empty(); }

private:
    void find_hints(Result& result);
    [[nodiscard]] std::string_view what_it_follows(const Result& result) const;
    void note(const Result& result);

    Target target_;
    std::vector<Result> failed_;
    std::string_view end_;
};

void Play::find_hints(Result& result)
{
    const bool is_basic = result.played.stage <= last_stage_of_basics;
    auto found = diagnose(*result.failure, target_.wire);
    const bool is_plain = found && found->allowance != none;
    if (is_basic && !is_plain && !result.server_is_gone)
        if (const auto shown = experiment(target_, *result.failure)) found = shown;
    if (!found) return;
    result.hints.push_back(found->sentence);
    if (!is_basic || found->allowance == none) return;
    const unsigned before = target_.wire.allowances();
    if ((before & found->allowance) != 0) return;
    target_.wire = Wire(target_.wire.mode(), before | found->allowance);
    Result again = play_one(result.played, target_);
    result.is_overlooked = again.outcome == Outcome::passed;
    if (result.is_overlooked) return;
    find_hints(again);
    if (again.hints != result.hints)
        result.hints.insert(result.hints.end(), again.hints.begin(), again.hints.end());
    result.is_overlooked = again.is_overlooked;
}

bool names(std::string_view list, std::string_view name)
{
    while (!list.empty()) {
        const auto end = std::min(list.find(' '), list.size());
        if (list.substr(0, end) == name) return true;
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return false;
}

std::string_view Play::what_it_follows(const Result& result) const
{
    for (const auto& earlier : failed_) {
        const bool is_needed = names(result.played.needs, earlier.played.name);
        const bool is_the_same = !result.hints.empty() && result.hints == earlier.hints;
        if (is_needed || is_the_same)
            return earlier.follows.empty() ? earlier.played.name : earlier.follows;
    }
    return {};
}

void Play::note(const Result& result)
{
    if (result.outcome != Outcome::failed) return;
    failed_.push_back(result);
    if (result.played.name == "set-then-get" && !result.is_overlooked)
        end_ = "nothing else can work before that does";
    if (result.server_is_gone) end_ = "the server is gone";
}

}  // namespace

std::vector<Result> play(const std::vector<Case>& cases, Target target, bool until_first_failure,
                         const std::function<void(const Result&)>& finished)
{
    std::vector<Result> results;
    Play play(std::move(target));
    for (const auto& played : cases) {
        std::string_view end = play.end();
        if (end.empty() && until_first_failure && play.has_failures())
            end = "an earlier case failed";
        if (end.empty()) {
            results.push_back(play.next(played));
        } else {
            Result result{};
            result.played = played;
            result.outcome = Outcome::not_tried;
            result.not_tried_because = end;
            results.push_back(result);
        }
        finished(results.back());
    }
    return results;
}

}  // namespace kv::check
