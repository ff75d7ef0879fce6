// threads.h: what every thread of the process is to have.
#pragma once

namespace kv {

/// A thread's stack is reserved, not used: 8 MiB for each of 10,000 clients would be 80 GB of
/// addresses. std::thread cannot say so for itself. For main, before it starts any.
void use_small_stacks();

}  // namespace kv
