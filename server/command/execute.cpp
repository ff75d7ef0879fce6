#include "server/command/execute.h"

#include "server/command/basics.h"

#include <new>

namespace kv {

namespace {

Reply run(const Get& request, const Context& context)
{
    const HashedKey key = context.store.hashed(request.key);
    const WithLock store(context);
    const Row row = get(*store, key, request.nested);
    if (!row) return NotFound{};
    return Found{row.item(), row->cas};
}

Reply run(const GetMany& request, const Context& context)
{
    std::vector<HashedKey> keys;
    keys.reserve(request.keys.size());
    for (const std::string& key : request.keys) keys.push_back(context.store.hashed(key));
    FoundMany found;
    found.items.reserve(keys.size());
    in_steps(context, keys, [&](Transaction& store, const HashedKey& key) {
        const Row row = get(store, key, true);
        found.items.push_back(row ? row.item() : nullptr);
    });
    return found;
}

Reply run(Put& put, const Context& context)
{
    const WithLock store(context);
    ++store->counters().set;
    store->put(std::move(put.draft), never);
    return Stored{};
}

/// The memory limit has been asked for each value already: only a heap without room for a table's
/// row can fail here, and then the pairs before it are stored.
Reply run(PutMany& put, const Context& context)
{
    const std::uint64_t count = put.drafts.size();
    const WithLock store(context);
    put_all(*store, put.drafts);
    return Number{count};
}

Reply run(const Delete& request, const Context& context)
{
    const HashedKey key = context.store.hashed(request.key);
    const WithLock store(context);
    if (!erase(*store, key)) return NotFound{};
    return Deleted{};
}

Reply run(const Clear&, const Context& context)
{
    return Number{clear(context)};
}

Reply run(const Reject& reject, const Context&)
{
    return Refusal{reject.text};
}

Reply run(const NoOp&, const Context&)
{
    return NoReply{};
}

}  // namespace

Reply execute(Operation& operation, const Context& context)
{
    try {
        return std::visit([&](auto& request) -> Reply { return run(request, context); }, operation);
    } catch (const std::bad_alloc&) {
        return OutOfMemory{};
    }
}

}  // namespace kv
