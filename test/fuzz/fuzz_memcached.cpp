// libFuzzer: anything at all, sent to memcache://, in text or in binary.
#include "server/memcached/binary.h"
#include "test/fuzz/fuzz_dialect.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    kv::test::fuzz<kv::memcached::EitherDialect>({reinterpret_cast<const char*>(bytes), size});
    return 0;
}
