#include "client/check/case.h"

#include "client/check/client.h"

#include <fmt/format.h>

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
    say("Is the server still there? A newcomer asks.");
    constexpr int times = 3;
    for (int i = 0; i < times; ++i) {
        Client newcomer = connect("newcomer");
        newcomer.ask(wire().set(key("alive"), "yes"), wire().stored());
        newcomer.ask(wire().get(key("alive")), wire().hit(key("alive"), "yes"));
    }
}

void Fixture::expect_value_or_miss(std::string_view key, std::string_view value)
{
    Client newcomer = connect("newcomer");
    newcomer.send(wire().get(key));
    try {
        newcomer.expect(wire().hit(key, value));
    } catch (const Failure& failure) {
        if (failure.got != wire().miss().bytes) throw;
    }
}

std::vector<Case> cases_for(Mode mode)
{
    std::vector<Case> chosen;
    for (const auto& topic : {basic_cases(), framing_cases(), value_cases(), concurrency_cases(),
                              command_cases(), length_cases(), disconnect_cases()})
        for (const auto& entry : topic)
            if ((entry.modes & static_cast<unsigned>(mode)) != 0) chosen.push_back(entry);
    return chosen;
}

namespace {

/// nullopt: it was served.
std::optional<Failure> try_story(Fixture& fixture, void (*play)(Fixture&))
{
    try {
        play(fixture);
        return std::nullopt;
    } catch (const Failure& failure) {
        return failure;
    }
}

void ask_once(Fixture& fixture)
{
    Client newcomer = fixture.connect("newcomer");
    newcomer.ask(fixture.wire().set(fixture.key("aftermath"), "x"), fixture.wire().stored());
}

/// A server that gives wrong replies is still there; one that gives none is not.
bool is_gone(const Failure& failure)
{
    return failure.got.empty();
}

Result play_one(const Case& played, const Target& target)
{
    Result result{played, Outcome::passed, {}, {}, {}, 0};
    Fixture fixture(target);
    const auto began = std::chrono::steady_clock::now();
    result.failure = try_story(fixture, played.play);
    Fixture aftermath(target);
    const auto afterwards = try_story(aftermath, ask_once);
    result.server_is_gone = afterwards && is_gone(*afterwards);
    if (result.server_is_gone && !result.failure)
        result.failure =
            Failure("newcomer", std::string("the case went well, but then the server was gone: ") +
                                    afterwards->what());
    if (result.failure) result.outcome = Outcome::failed;
    result.events = fixture.transcript().events();
    result.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    return result;
}

}  // namespace

std::vector<Result> play(const std::vector<Case>& cases, const Target& target,
                         const std::function<void(const Result&)>& finished)
{
    std::vector<Result> results;
    bool server_is_gone = false;
    for (const auto& next : cases) {
        if (server_is_gone)
            results.push_back({next, Outcome::not_tried, {}, {}, {}, 0});
        else
            results.push_back(play_one(next, target));
        server_is_gone = server_is_gone || results.back().server_is_gone;
        finished(results.back());
    }
    return results;
}

}  // namespace kv::check
