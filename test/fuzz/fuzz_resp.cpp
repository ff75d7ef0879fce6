// fuzz_resp.cpp: whatever is sent to redis://, however it is cut, the server answers or closes, and
// answers the same: the first byte says where the input is cut in two.
#include "server/command/converse.h"
#include "server/resp/dialect.h"
#include "test/support/manual_clock.h"
#include "test/support/no_server.h"
#include "test/support/scripted_transport.h"

#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

constexpr std::size_t max_item_bytes = 4096;

/// What the server says to `bytes`, of which the first `cut` come alone.
std::string conversation(std::string_view bytes, std::size_t cut)
{
    const kv::test::ManualClock clock;
    kv::Store store(clock, std::size_t{1} << 20);
    kv::test::NoServer server;
    kv::ClientRecord client(0, "redis", "any", "here");
    kv::test::ScriptedTransport peer;
    peer.sends(bytes.substr(0, cut)).pauses().sends(bytes.substr(cut)).closes();
    kv::BufferedStream stream(peer, {});
    kv::resp::Dialect dialect(store, max_item_bytes);
    try {
        (void)kv::converse(stream, dialect, {store, server, client}, nullptr);
    } catch (const kv::Truncated&) {
        // A request that was not sent whole.
    }
    return peer.written();
}

/// Commands whose answers depend on the clock, on chance or on the process.
bool is_repeatable(std::string_view bytes)
{
    std::string small(bytes);
    for (char& c : small) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    for (const char* word : {"time", "info", "random", "client", "monitor", "keys", "scan"}) {
        if (small.find(word) != std::string::npos) return false;
    }
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::string whole = conversation(bytes, bytes.size());
    const std::string cut = conversation(bytes, bytes.size() * data[0] / 256);
    if (is_repeatable(bytes) && whole != cut) std::abort();
    return 0;
}
