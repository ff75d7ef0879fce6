#include "client/shell/session.h"

#include "client/connection.h"
#include "client/errors.h"
#include "client/link.h"
#include "client/shell/letter_case.h"
#include "client/shell/memcached_speaker.h"
#include "client/shell/redis_speaker.h"

#include <fmt/format.h>

#include <algorithm>

namespace kv::shell {

Dialect dialect_of(const Uri& uri)
{
    if (uri.scheme == "memcache") return Dialect::memcached;
    if (uri.scheme == "redis" || uri.scheme == "miniredis") return Dialect::redis;
    if (uri.scheme == "simple") {
        throw UsageError("simple:// replies do not say where they end: talk to it with nc");
    }
    throw UsageError(
        fmt::format("kvcli does not speak '{}': memcache, redis or miniredis", uri.scheme));
}

std::span<const CommandInfo> commands_of(Dialect dialect)
{
    return dialect == Dialect::memcached ? memcached_commands() : redis_commands();
}

Session::Session(Uri uri, const ClientOptions& options, int interrupt_descriptor)
    : uri_(std::move(uri)), options_(options), interrupt_descriptor_(interrupt_descriptor)
{
    (void)dialect_of(uri_);
}

std::unique_ptr<Speaker> Session::make_speaker(const ClientOptions& options, WireDump* dump) const
{
    auto link = client::connect(uri_, options.connect_timeout, interrupt_descriptor_);
    if (dump != nullptr) link = dump->tapped(std::move(link));
    auto connection = std::make_unique<client::Connection>(std::move(link), options, dump);
    if (dialect() == Dialect::memcached) {
        return std::make_unique<MemcachedSpeaker>(std::move(connection));
    }
    return std::make_unique<RedisSpeaker>(std::move(connection));
}

Speaker& Session::speaker()
{
    if (is_connected()) return *speaker_;
    in_transaction_ = false;
    speaker_ = make_speaker(options_, dump_.get());
    if (!setup_.empty()) (void)speaker_->ask_all(setup_);
    return *speaker_;
}

std::unique_ptr<Speaker> Session::another(const ClientOptions& options) const
{
    auto speaker = make_speaker(options, nullptr);
    if (!setup_.empty()) (void)speaker->ask_all(setup_);
    return speaker;
}

void Session::note_success(const Command& command)
{
    const std::string name = lower_case(command[0]);
    if (dialect() != Dialect::redis) return;
    if (name == "multi") in_transaction_ = true;
    if (name == "exec" || name == "discard" || name == "reset") in_transaction_ = false;
    if (name == "reset") {
        setup_.clear();
        database_ = "0";
    }
    if (name != "select" && name != "hello" && name != "auth") return;
    if (name == "select" && command.size() > 1) database_ = command[1];
    std::erase_if(setup_, [&](const Command& old) { return lower_case(old[0]) == name; });
    // A login comes first: nothing else is allowed before it.
    setup_.insert(name == "auth" ? setup_.begin() : setup_.end(), command);
}

void Session::turn_to(Uri uri)
{
    (void)dialect_of(uri);
    speaker_.reset();
    setup_.clear();
    database_ = "0";
    uri_ = std::move(uri);
}

void Session::prefer_resp3()
{
    if (dialect() == Dialect::redis) setup_.push_back({"HELLO", "3"});
}

void Session::show_wire(bool on)
{
    if (on == (dump_ != nullptr)) return;
    speaker_.reset();  // the next connection is the one that is tapped, or not
    dump_ = on ? std::make_unique<WireDump>() : nullptr;
}

}  // namespace kv::shell
