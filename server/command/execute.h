// execute.h: requests that all dialects share, what becomes of them, and how they are carried out.
#pragma once

#include "server/command/context.h"
#include "server/command/typed.h"
#include "server/store/draft.h"
#include "server/store/item.h"

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <variant>
#include <vector>

namespace kv {

// Requests that several dialects have in common, without a word of how they were written on the
// wire. What only one protocol has belongs to that protocol's room.
//
// Keys are views into the session's input, or into its dialect: valid until the next request is
// read, which is after the execution.

/// A string; a value of another type is a miss.
struct Get {
    std::string_view key;
};

/// Stores the draft, for ever, whatever its key had.
struct Put {
    Draft draft;
};

/// Stores them all in one step; of those under the same key the last.
struct PutMany {
    std::vector<Draft> drafts;
};

struct Delete {
    std::string_view key;
};

/// Drops everything, and tells how much that was.
struct Clear {};

/// A request that cannot be carried out: its answer is this text (static storage), in its turn.
struct Reject {
    std::string_view text;
};

/// Nothing to do and nothing to say.
struct NoOp {};

using Operation = std::variant<Get, GetTyped, GetMany, Put, PutMany, Delete, Clear, Reject, NoOp>;

// What became of an operation, without a word of how it will be written on the wire.

struct Stored {};
struct Deleted {};
struct NotFound {};     ///< also a miss
struct OutOfMemory {};  ///< the memory limit has no room; nothing has changed
struct NoReply {};

/// A hit. Keeps the item alive until the reply is written, whatever happens to the key meanwhile.
struct Found {
    ItemPtr item;
    std::uint64_t cas;  ///< as it was under the lock; the item's own may change
};

/// What was found of several, in the order of the keys; null where there was nothing.
struct FoundMany {
    std::vector<ItemPtr> items;
};

struct Number {
    std::uint64_t value;
};

/// The text of the Reject that it answers.
struct Refusal {
    std::string_view text;
};

using Reply = std::variant<Stored, Deleted, NotFound, OutOfMemory, NoReply, Found, FoundMany,
                           Number, Refusal>;

/// A dialect was given a reply that its protocol cannot say: a mistake of ours. The session logs it
/// and closes the connection, since a client that waits for an answer in silence waits for ever.
struct UnwritableReply : std::logic_error {
    UnwritableReply() : std::logic_error("a reply that this protocol has no words for") {}
};

// The store under its lock, whether a command runs alone or inside EXEC.

/// Holds the store's lock for a scope: in a transaction of its own, or in the one around it. What
/// takes the lock itself (drafts, room, the context's store) belongs before or after the scope.
class WithLock {
public:
    explicit WithLock(const Context& context)
    {
        if (context.inside == nullptr) own_.emplace(context.store, context.client.space());
        transaction_ = context.inside != nullptr ? context.inside : &*own_;
    }

    [[nodiscard]] Transaction* operator->() const { return transaction_; }
    [[nodiscard]] Transaction& operator*() const { return *transaction_; }

private:
    std::optional<Transaction> own_;
    Transaction* transaction_;
};

// What get and delete mean, in every dialect alike.

/// Looks `key` up for a reader, and counts a hit or a miss. A value that is no string is
/// a miss unless the reader takes `any_type`.
[[nodiscard]] Row get(Transaction& store, const HashedKey& key, bool any_type = false);

/// Counts one more hit or miss; returns `hit`. Under the store's lock.
bool count(HitCount& counted, bool hit);

/// Drops the item of `key`, and counts a hit or a miss; whether there was one.
bool erase(Transaction& store, const HashedKey& key);

/// Carries `operation` out, GetMany excepted as one step: no other client sees it half done. Takes
/// what the operation owns. Blocks for the store's lock only. Never throws for what a client did;
/// when memory runs out the reply says so and the store is as before.
[[nodiscard]] Reply execute(Operation& operation, const Context& context);

/// The same for a dialect's request that is an operation with notes for its encoder.
template <class Request>
[[nodiscard]] auto execute(Request& request, const Context& context)
    -> decltype(execute(request.operation, context))
{
    return execute(request.operation, context);
}

}  // namespace kv
