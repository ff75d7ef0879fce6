// fuzz_dialect.h: what a dialect has to keep to, whatever it is sent.
//
// The input is what a client sends, to the last byte. It is sent twice: whole, and in small pieces
// whose sizes depend on the input. Then
//
//   - nothing crashes, hangs or is undefined (the sanitizers see to that),
//   - both conversations have the same replies, however the bytes were cut,
//   - the memory limit was kept, and the bytes counted are those of what is stored: a value that
//     did not arrive whole has left nothing behind.
#pragma once

#include "test/support/held.h"
#include "test/support/manual_clock.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace kv::test {

constexpr std::size_t fuzz_memory_limit = std::size_t{64} << 10;
constexpr std::size_t fuzz_item_limit = 4096;

inline void require(bool kept, const char* promise)
{
    if (kept) return;
    std::fprintf(stderr, "not kept: %s\n", promise);
    std::abort();
}

/// The peer's bytes in pieces of 1 to 16 bytes, with a pause behind each.
inline void send_in_pieces(ScriptedTransport& peer, std::string_view bytes)
{
    std::size_t size = bytes.size();
    while (!bytes.empty()) {
        size = size * 31 + static_cast<unsigned char>(bytes.front());
        const std::string_view piece = bytes.substr(0, 1 + size % 16);
        peer.sends(piece).pauses();
        bytes.remove_prefix(piece.size());
    }
}

template <class Dialect>
Held hold_and_check(ScriptedTransport& peer)
{
    const ManualClock clock;
    Store store(clock, fuzz_memory_limit);
    Held held = hold_conversation<Dialect>(peer, store, fuzz_item_limit);
    while (store.unstored().unread.release()) {
    }
    const std::size_t stored = Transaction(store).bytes();
    require(store.budget().used() == stored, "what is counted is what is stored");
    require(store.budget().limit() == 0 || stored <= store.budget().limit(), "the memory limit");
    return held;
}

/// Statistics tell the process's own figures, and a dump comes in the order of a random hash.
inline bool may_differ(std::string_view input)
{
    const bool binary_stat = input.starts_with('\x80') && input.find('\x10') != input.npos;
    return binary_stat || input.find("stats") != std::string_view::npos ||
           input.find("lru_crawler") != std::string_view::npos;
}

template <class Dialect>
void fuzz(std::string_view input)
{
    ScriptedTransport at_once;
    at_once.sends(input);
    const Held whole = hold_and_check<Dialect>(at_once);

    ScriptedTransport bit_by_bit;
    send_in_pieces(bit_by_bit, input);
    const Held cut = hold_and_check<Dialect>(bit_by_bit);

    if (may_differ(input)) return;
    require(whole.replies == cut.replies, "the same replies however the bytes are cut");
    require(whole.ended == cut.ended, "the same end however the bytes are cut");
}

}  // namespace kv::test
