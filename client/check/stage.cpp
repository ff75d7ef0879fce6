#include "client/check/stage.h"

#include <fmt/format.h>

#include <utility>

#include "client/check/failure.h"

namespace kv::check {

Client Stage::connect(std::string name, int receive_buffer_bytes)
{
    return {std::move(name), target_.address, target_.limit, transcript_, receive_buffer_bytes};
}

std::string Stage::key(std::string_view stem) const
{
    return fmt::format("{}-{}", stem, target_.tag);
}

void Stage::say(std::string_view remark)
{
    transcript_.note("", remark);
}

void Stage::expect_alive()
{
    say("Is the server still there? A newcomer asks.");
    constexpr int times = 3;
    for (int i = 0; i < times; ++i) {
        Client newcomer = connect("newcomer");
        newcomer.ask(wire().set(key("alive"), "yes"), wire().stored());
        newcomer.ask(wire().get(key("alive")), wire().hit(key("alive"), "yes"));
    }
}

void Stage::expect_value_or_miss(std::string_view key, std::string_view value)
{
    Client newcomer = connect("newcomer");
    newcomer.send(wire().get(key));
    try {
        newcomer.expect(wire().hit(key, value));
    } catch (const Failure& failure) {
        if (failure.got != wire().miss().bytes) throw;
    }
}

}  // namespace kv::check
