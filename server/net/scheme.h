// scheme.h: finds the dialect for the scheme of a listener's URI.
#pragma once

#include "common/uri.h"
#include "server/command/converse.h"

#include <string_view>

namespace kv {

/// What a dialect gets to serve one client. The references outlive the conversation.
struct Conversation {
    BufferedStream& stream;
    Context context;
    std::size_t max_item_bytes;
    Observer* observer;
};

struct Scheme {
    std::string_view name;
    std::string_view busy_line;  ///< sent to a client that is rejected, before the close
    Ended (*converse)(const Conversation& conversation);
};

/// The scheme called `name`; null when it is not built in.
[[nodiscard]] const Scheme* find_scheme(std::string_view name);

/// Throws CannotListen when the space that a listener's URI names cannot be.
void check_space(const Uri& uri, Store& store);

/// The scheme of a listener. Throws CannotListen when it is not built in.
[[nodiscard]] const Scheme& scheme_of(const Uri& uri);

}  // namespace kv
