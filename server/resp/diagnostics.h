// diagnostics.h: what is noted of each call, for SLOWLOG, LATENCY and INFO.
#pragma once

#include "server/resp/command.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

namespace kv::resp {

/// Counts a call that has been answered with an error, and the error.
void note_error(const Call& call, const Reply& reply);

/// Notes a call of so many ticks where it is shown, if that is long. With `values_are_gone` its
/// values have been moved into the store, and are not looked at.
void note_slow(const Call& call, std::uint64_t taken, bool values_are_gone);

/// Carries the call out, counts it, and notes how long it took, without what it slept.
inline Reply carry_out_and_note(Call& call, bool values_are_gone)
{
    Measures& measures = call.context.server.measures();
    const std::uint64_t began = ticks();
    Reply reply = call.command.handle(call);
    const std::uint64_t taken = ticks() - began - call.slept;
    measures.times.add(call.command.number, call.context.client.id(), taken);
    const Reply::variant& form = reply;
    if (std::holds_alternative<Error>(form) || std::holds_alternative<OutOfMemory>(form)) {
        note_error(call, reply);
    }
    if (measures.may_be_slow(taken)) note_slow(call, taken, values_are_gone);
    return reply;
}

/// Whether a word is the name or the password of a user: not to be shown to others.
[[nodiscard]] bool is_secret(const Command& command, Words words, std::size_t i);

/// Bytes of the process that are in memory (proc(5), /proc/pid/statm).
struct Resident {
    std::size_t all = 0;
    std::size_t program = 0;  ///< of them those that are mapped from files
};
[[nodiscard]] Resident resident_bytes();

}  // namespace kv::resp
