#include "server/listening_options.h"

#include "common/option_values.h"
#include "server/launch/inherited.h"
#include "server/net/scheme.h"
#include "server/zmq/front_end.h"

#include <fmt/format.h>

namespace kv {

namespace {

namespace po = boost::program_options;

Uri listener_uri(const std::string& text)
{
    Uri uri = parse_uri(text);
    if (find_scheme(uri.scheme) == nullptr && (uri.is_inherited() || !zeromq::speaks(uri))) {
        throw UsageError(
            fmt::format("--listen {}: this server does not speak {}", text, uri.scheme));
    }
    return uri;
}

std::vector<Uri> default_listeners(const std::string& host, DefaultPorts ports)
{
    std::vector<Uri> uris;
    for (const auto& [descriptor, name] : inherited_sockets()) {
        uris.push_back({find_scheme(name) ? name : "memcache", {}, 0, {}, descriptor});
    }
    if (!uris.empty()) return uris;
    return {{"memcache", host, ports.memcache, {}}, {"redis", host, ports.redis, {}}};
}

}  // namespace

std::vector<Uri> listeners(const po::variables_map& values, DefaultPorts default_ports)
{
    const auto host = values["host"].as<std::string>();
    if (values.count("listen") + values.count("port") + values.count("redis-port") == 0) {
        return default_listeners(host, default_ports);
    }
    std::vector<Uri> uris;
    if (values.count("listen") != 0) {
        for (const auto& text : values["listen"].as<std::vector<std::string>>()) {
            uris.push_back(listener_uri(text));
        }
    }
    const auto add = [&](const char* option, const char* scheme) {
        if (values.count(option) == 0) return;
        const auto port = values[option].as<Port>();
        if (port.number) uris.push_back({scheme, host, *port.number, {}});
    };
    add("port", "memcache");
    add("redis-port", "redis");
    if (uris.empty()) throw UsageError("every listener is off: nothing would be served");
    return uris;
}

}  // namespace kv
