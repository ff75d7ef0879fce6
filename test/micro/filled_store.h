// filled_store.h: a store with as many items as a working set has, and their keys.
#pragma once

#include "common/clock.h"
#include "server/store/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace kv::test {

/// Keys of 16 bytes with values of 100: "key:000000000042".
struct FilledStore {
    explicit FilledStore(std::size_t items) : store(clock, 0)
    {
        for (std::size_t i = 0; i < items; ++i) {
            // Not in order, or the next item would be in the cache already.
            keys.push_back(fmt::format("key:{:012}", i * 7919 % items));
            put(keys.back(), value);
        }
    }

    void put(std::string_view key, std::string_view bytes)
    {
        auto draft = store.draft(store.hashed(key), bytes.size());
        std::copy(bytes.begin(), bytes.end(), draft->room().begin());
        Transaction(store).put(std::move(*draft), never);
    }

    SystemClock clock;
    Store store;
    std::string value = std::string(100, 'v');
    std::vector<std::string> keys;
};

}  // namespace kv::test
