// cache.h: the tutorial's cache of pickles: what a message asks, and the message that answers it.
//
//   pickle of ('set', key, data)  ->  the bytes ok
//   pickle of ('get', key, None)  ->  the pickle of what is stored, or of None
//   anything else                 ->  the pickle of a str that says what is wrong with it
#pragma once

#include "server/command/context.h"

#include <string>
#include <string_view>

namespace kv::zeromq {

/// Carries out what `message` asks and returns the answer. Blocks for the store's lock only. Never
/// throws for what is in the message; std::bad_alloc when there is no memory to answer at all.
[[nodiscard]] std::string answer(std::string_view message, const Context& context,
                                 std::size_t max_item_bytes);

}  // namespace kv::zeromq
