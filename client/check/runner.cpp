#include "client/check/runner.h"

#include <chrono>

namespace kv::check {

namespace {

/// nullopt: it was served.
std::optional<Failure> try_story(Stage& stage, void (*play)(Stage&))
{
    try {
        play(stage);
        return std::nullopt;
    } catch (const Failure& failure) {
        return failure;
    }
}

void ask_once(Stage& stage)
{
    Client newcomer = stage.connect("newcomer");
    newcomer.ask(stage.wire().set(stage.key("aftermath"), "x"), stage.wire().stored());
}

/// A server that gives wrong replies is still there; one that gives none is not.
bool is_gone(const Failure& failure)
{
    return failure.got.empty();
}

Result play_one(const Case& played, const Target& target)
{
    Result result{played, Outcome::passed, {}, {}, {}, 0};
    Stage stage(target);
    const auto began = std::chrono::steady_clock::now();
    result.failure = try_story(stage, played.play);
    Stage aftermath(target);
    const auto afterwards = try_story(aftermath, ask_once);
    result.server_is_gone = afterwards && is_gone(*afterwards);
    if (result.server_is_gone && !result.failure)
        result.failure =
            Failure("newcomer", std::string("the case went well, but then the server was gone: ") +
                                    afterwards->what());
    if (result.failure) result.outcome = Outcome::failed;
    result.events = stage.transcript().events();
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
