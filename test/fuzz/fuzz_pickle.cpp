// fuzz_pickle.cpp: whatever is sent as a pickle, there is an answer, and what was stored comes
// back.
#include "server/store/store.h"
#include "server/zmq/cache.h"
#include "test/support/manual_clock.h"
#include "test/support/no_server.h"

#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

using namespace std::string_literals;

void require(bool condition)
{
    if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    constexpr std::size_t max_item_bytes = 4096;
    const std::string_view message(reinterpret_cast<const char*>(data), size);
    const kv::test::ManualClock clock;
    kv::Store store(clock, std::size_t{1} << 20);
    kv::test::NoServer server;
    kv::ClientRecord client(0, "zmq", "any", "here");
    const kv::Context context{store, server, client};

    const std::string reply = kv::zeromq::answer(message, context, max_item_bytes);
    require(reply == "ok" || (reply.starts_with('\x80') && reply.ends_with('.')));
    if (reply != "ok") return 0;

    // What was kept of it is a pickle that is kept as the same.
    const std::string get = "\x80\x04\x8c\x03get\x8c\x01kN\x87."s;
    const std::string kept = kv::zeromq::answer(get, context, max_item_bytes);
    if (kept == "\x80\x04N.") return 0;  // under another key
    const std::string set_again =
        "\x80\x04\x8c\x03set\x8c\x01k"s + kept.substr(2, kept.size() - 3) + "\x87.";
    require(kv::zeromq::answer(set_again, context, max_item_bytes) == "ok");
    require(kv::zeromq::answer(get, context, max_item_bytes) == kept);
    return 0;
}
