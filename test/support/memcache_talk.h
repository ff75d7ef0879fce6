// memcache_talk.h: conversations with the memcached dialect.
#pragma once

#include "server/memcached/dialect.h"
#include "test/support/conversation.h"

namespace kv::test {

struct MemcacheTalk : Talk<memcached::Dialect> {
    using Talk::Talk;

    // memcached's errors for malformed requests (protocol.txt, "Error strings").
    static constexpr const char* error = "ERROR\r\n";
    static constexpr const char* bad_format = "CLIENT_ERROR bad command line format\r\n";

    /// Checks that each line gets this answer, and that the connection can be used after it.
    void check_each(std::initializer_list<std::string> lines, const std::string& answer) const
    {
        for (const std::string& line : lines) {
            BOOST_TEST_CONTEXT(line.substr(0, 60))
            {
                check({{line + "\r\n", answer}, {"get after\r\n", "END\r\n"}});
            }
        }
    }
};

}  // namespace kv::test
