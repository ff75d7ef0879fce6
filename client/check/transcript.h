// transcript.h: what the clients of one case did and read, in the order it happened.
// Shared by all clients of a case; every function may be called from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/check/message.h"
#include "common/mutex.h"

namespace kv::check {

struct Event {
    std::string who;             ///< the client's name; empty for a remark of the case itself
    std::string deed;            ///< "sends", "reads", "closes its sending side", or the remark
    Message message;             ///< the bytes, if the deed has any; of very many only the first
    std::size_t more_bytes = 0;  ///< how many were left out
    int times = 1;               ///< the same deed with the same bytes, several times on end
};

class Transcript {
public:
    void note(std::string_view who, std::string_view deed, const Message& message = {});
    [[nodiscard]] std::vector<Event> events() const;

private:
    mutable Mutex mutex_;
    std::vector<Event> events_ KV_GUARDED_BY(mutex_);
};

}  // namespace kv::check
