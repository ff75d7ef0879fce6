#include "server/command/execute.h"

#include "server/command/steps.h"

#include <new>
#include <utility>

namespace kv {

Row get(Transaction& store, const HashedKey& key, bool any_type)
{
    const Row row = store.read(key);
    const bool found = row && (any_type || row->is_string());
    return count(store.counters().get, found) ? row : Row();
}

bool count(HitCount& counted, bool hit)
{
    ++(hit ? counted.hits : counted.misses);
    return hit;
}

bool erase(Transaction& store, const HashedKey& key)
{
    return count(store.counters().del, store.erase(key));
}

namespace {

Reply run(const Get& request, const Context& context)
{
    const HashedKey key = context.store.hashed(request.key);
    const WithLock store(context);
    const Row row = get(*store, key);
    if (!row) return NotFound{};
    return Found{row.item(), row->cas};
}

Reply run(Put& put, const Context& context)
{
    const WithLock store(context);
    ++store->counters().set;
    store->put(std::move(put.draft), never);
    return Stored{};
}

Reply run(const Delete& request, const Context& context)
{
    const HashedKey key = context.store.hashed(request.key);
    const WithLock store(context);
    if (!erase(*store, key)) return NotFound{};
    return Deleted{};
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
