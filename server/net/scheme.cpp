#include "server/net/scheme.h"

#include "common/words.h"
#include "server/memcached/binary.h"
#include "server/miniredis/dialect.h"
#include "server/net/sockets.h"
#include "server/resp/dialect.h"
#include "server/simple/dialect.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kv {

namespace {

template <class Dialect>
Ended speak(const Conversation& conversation)
{
    ClientMemory memory(conversation.context.store, conversation.context.client);
    Dialect dialect(memory, conversation.max_item_bytes);
    return converse(conversation.stream, dialect, conversation.context, conversation.observer);
}

constexpr std::array<Scheme, 4> schemes{{
    {"memcache", "ERROR Too many open connections\r\n", speak<memcached::EitherDialect>},
    {"redis", "-ERR max number of clients reached\r\n", speak<resp::Dialect>},
    {"miniredis", "-ERR max number of clients reached\r\n", speak<miniredis::Dialect>},
    {"simple", "", speak<simple::Dialect>},
}};

}  // namespace

const Scheme* find_scheme(std::string_view name)
{
    const auto* found = std::find_if(schemes.begin(), schemes.end(),
                                     [&](const Scheme& scheme) { return scheme.name == name; });
    return found == schemes.end() ? nullptr : found;
}

const Scheme& scheme_of(const Uri& uri)
{
    const Scheme* scheme = find_scheme(uri.scheme);
    if (scheme == nullptr) {
        throw CannotListen(fmt::format("cannot listen on {}: this server does not speak {}",
                                       to_string(uri), uri.scheme));
    }
    return *scheme;
}

void check_space(const Uri& uri, Store& store)
{
    if (uri.space.empty()) return;
    const bool is_number = parse_number<std::uint32_t>(uri.space).has_value();
    if (!is_number && !is_space_name(uri.space)) {
        throw CannotListen(fmt::format("cannot listen on {}: '{}' is no name for a space",
                                       to_string(uri), uri.space));
    }
    if (store.space(uri.space) == nullptr) {
        throw CannotListen(
            fmt::format("cannot listen on {}: there is no database {}, see --databases",
                        to_string(uri), uri.space));
    }
}

}  // namespace kv
