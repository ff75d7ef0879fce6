// execution.h: operations carried out on a store, in as few words as a test wants to read.
#pragma once

#include "server/command/execute.h"
#include "test/support/no_server.h"
#include "test/support/store_talk.h"

namespace kv::test {

using Mode = Put::Mode;

struct Execution : StoreTalk {
    explicit Execution(std::size_t memory_limit = 0) : StoreTalk(memory_limit) {}

    Reply run(Operation operation) { return execute(operation, {store, server, client}); }

    /// The outcome, also of a put; the other replies have none.
    static Outcome outcome_of(const Reply& reply)
    {
        if (const auto* put = std::get_if<PutResult>(&reply)) return put->outcome;
        return std::get<Outcome>(reply);
    }

    Outcome outcome(Operation operation) { return outcome_of(run(std::move(operation))); }

    Put put_of(Mode mode, std::string_view key, std::string_view value, std::int64_t exptime = 0)
    {
        Put put{mode, store.draft(key, value.size()).value(), memcached_expiry(exptime)};
        std::copy(value.begin(), value.end(), put.draft.room().begin());
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
        Put put = put_of(Mode::cas, key, value);
        put.compare = number;
        return outcome(std::move(put));
    }

    NoServer server;
    ClientRecord client{1, "test", "nowhere", "here"};
};

}  // namespace kv::test
