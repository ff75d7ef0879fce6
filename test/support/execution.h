// execution.h: shorthands for executing memcached requests on a store.
#pragma once

#include "server/memcached/execute.h"
#include "test/support/no_server.h"
#include "test/support/store_talk.h"

namespace kv::test {

using Mode = memcached::Put::Mode;

struct Execution : StoreTalk {
    using Outcome = memcached::Outcome;

    explicit Execution(std::size_t memory_limit = 0) : StoreTalk(memory_limit) {}

    memcached::Reply run(std::string_view key, memcached::Operation operation)
    {
        memcached::Request request{std::move(operation)};
        if (const auto* put = std::get_if<memcached::Put>(&request.operation)) {
            key = put->draft->item->key();
        }
        if (!key.empty()) request.key = store.hashed(key);
        return memcached::execute(request, {store, server, client});
    }
    memcached::Reply run(memcached::Operation operation) { return run({}, std::move(operation)); }

    /// The outcome, also of a put; other replies have none.
    static Outcome outcome_of(const memcached::Reply& reply)
    {
        if (const auto* put = std::get_if<memcached::PutResult>(&reply)) return put->outcome;
        return std::get<Outcome>(reply);
    }

    Outcome outcome(std::string_view key, memcached::Operation operation)
    {
        return outcome_of(run(key, std::move(operation)));
    }
    Outcome outcome(memcached::Operation operation) { return outcome({}, std::move(operation)); }

    memcached::Put put_of(Mode mode, std::string_view key, std::string_view value,
                          std::int64_t exptime = 0)
    {
        memcached::Put put;
        put.mode = mode;
        put.draft = store.draft(store.hashed(key), value.size()).value();
        put.expiry = memcached_expiry(exptime);
        put.max_value_bytes = max_value_bytes;
        std::copy(value.begin(), value.end(), put.draft->room().begin());
        return put;
    }

    Outcome store_as(Mode mode, std::string_view key, std::string_view value,
                     std::int64_t exptime = 0)
    {
        return outcome(put_of(mode, key, value, exptime));
    }

    Outcome set(std::string_view key, std::string_view value, std::int64_t exptime = 0)
    {
        return store_as(Mode::set, key, value, exptime);
    }

    Outcome cas(std::string_view key, std::string_view value, std::uint64_t number)
    {
        memcached::Put put = put_of(Mode::cas, key, value);
        put.compare = number;
        return outcome(std::move(put));
    }

    NoServer server;
    ClientRecord client{1, "test", "nowhere", "here"};
};

}  // namespace kv::test
