// libFuzzer: anything at all, sent to memcache://.
#include "server/memcached/dialect.h"
#include "test/fuzz/fuzz_dialect.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    kv::test::fuzz<kv::memcached::Dialect>({reinterpret_cast<const char*>(bytes), size});
    return 0;
}
