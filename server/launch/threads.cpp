#include "server/launch/threads.h"

#include <pthread.h>

#include <cstddef>

namespace kv {

void use_small_stacks()
{
#ifdef KV_SANITIZED_THREADS
    constexpr std::size_t stack_bytes =
        std::size_t{2'048} * 1'024;  // its runtime keeps parts of its own there
#else
    constexpr std::size_t stack_bytes = std::size_t{256} * 1'024;
#endif
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, stack_bytes);
    pthread_setattr_default_np(&attributes);
    pthread_attr_destroy(&attributes);
}

}  // namespace kv
