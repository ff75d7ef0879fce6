#include "server/command/keys_ahead.h"

namespace kv {

void look_ahead(const KeysAhead& keys, Store& store)
{
    boost::container::static_vector<HashedKey, KeysAhead::static_capacity> hashed;
    for (const std::string_view key : keys) hashed.push_back(store.hashed(key));
    Transaction(store).prefetch({hashed.data(), hashed.size()});
}

}  // namespace kv
