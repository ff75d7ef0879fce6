// cache.h: the tutorial's cache of pickles: executes one message and makes its answer.
//
//   pickle of ('set', key, data)  ->  the bytes ok
//   pickle of ('get', key, None)  ->  the pickle of what is stored, or of None; see typed.h
//   anything else                 ->  the pickle of a str that says what is wrong with it
#pragma once

#include "server/command/context.h"

#include <string>
#include <string_view>

namespace kv::zeromq {

/// Executes the request in `message` and returns the answer. Blocks for the store's lock only.
/// Whatever the message holds, it throws only std::bad_alloc, when there is no memory even for an
/// answer.
[[nodiscard]] std::string answer(std::string_view message, const Context& context,
                                 std::size_t max_item_bytes);

}  // namespace kv::zeromq
