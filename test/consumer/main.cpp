// Links against the installed kv::client and uses what needs no server.
#include <kvserver/client/client.h>
#include <kvserver/client/errors.h>
#include <kvserver/client/pipeline.h>
#include <kvserver/client/redis_client.h>
#include <kvserver/server/server.h>

#include "common/uri.h"  // of this project

#include <iostream>

int main()
{
    if (own_header != std::string_view("common/uri.h")) return 2;
    const kv::Uri uri = kv::parse_uri("memcache://127.0.0.1:1");
    try {
        kv::Client client(uri, {.connect_timeout = std::chrono::seconds(5)});
        client.set("greeting", "hello");
    } catch (const kv::CannotConnect& error) {
        std::cout << error.what() << "\n";  // nobody listens on port 1
        return 0;
    }
    return 1;
}
