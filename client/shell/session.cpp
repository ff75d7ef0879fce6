#include "client/shell/session.h"

#include "client/connection.h"
#include "client/errors.h"
#include "client/link.h"
#include "client/shell/memcached_speaker.h"
#include "client/shell/redis_speaker.h"
#include "common/letter_case.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

namespace kv::shell {

namespace {

class TappedLink final : public Transport {
public:
    TappedLink(std::unique_ptr<Transport> link, WireDump& dump)
        : link_(std::move(link)), dump_(dump)
    {
    }

    std::optional<std::size_t> try_read(std::span<char> into) override
    {
        const auto got = link_->try_read(into);
        if (got == std::size_t{0}) dump_.peer_closed();
        if (got) dump_.received({into.data(), *got});
        return got;
    }

    std::size_t try_write(std::string_view head, std::string_view tail) override
    {
        const std::size_t sent = link_->try_write(head, tail);
        const std::size_t from_head = std::min(sent, head.size());
        if (sent > 0) dump_.sent(head.substr(0, from_head), tail.substr(0, sent - from_head));
        return sent;
    }

    Wakeup wait(Event event, const Mailbox* mailbox, Deadline deadline) override
    {
        return link_->wait(event, mailbox, deadline);
    }

private:
    std::unique_ptr<Transport> link_;
    WireDump& dump_;
};

std::string row(std::string_view bytes, std::size_t offset)
{
    std::string hex;
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 8) hex += ' ';
        const auto byte = static_cast<unsigned char>(bytes[i]);
        hex += fmt::format("{:02x} ", byte);
        text += byte >= ' ' && byte <= '~' ? bytes[i] : '.';
    }
    return fmt::format("   {:04x}  {:<50} {}\n", offset, hex, text);
}

}  // namespace

std::string hex_rows(std::string_view bytes, std::size_t offset)
{
    constexpr std::size_t bytes_per_row = 16;
    std::string rows;
    while (!bytes.empty()) {
        const std::size_t line = std::min(bytes.find('\n'), bytes.size() - 1) + 1;
        const std::string_view piece = bytes.substr(0, std::min(line, bytes_per_row));
        rows += row(piece, offset);
        offset += piece.size();
        bytes.remove_prefix(piece.size());
    }
    return rows;
}

std::unique_ptr<Transport> WireDump::tapped(std::unique_ptr<Transport> link)
{
    return std::make_unique<TappedLink>(std::move(link), *this);
}

void WireDump::sent(std::string_view head, std::string_view tail)
{
    show_received();
    std::cerr << fmt::format("-> {} bytes\n{}{}", head.size() + tail.size(), hex_rows(head, 0),
                             hex_rows(tail, head.size()));
}

/// Kept until it is known where in it a reply ends.
void WireDump::received(std::string_view bytes)
{
    show_received();
    if (bytes.empty()) return;
    segment_ = bytes;
    std::cerr << fmt::format("<- {} bytes\n", bytes.size());
}

void WireDump::peer_closed()
{
    show_received();
    std::cerr << "<- the server has closed the connection\n";
}

void WireDump::message_ended(std::size_t unread)
{
    const std::size_t end = segment_.size() - std::min(unread, segment_.size());
    if (end >= shown_)
        std::cerr << hex_rows(std::string_view(segment_).substr(shown_, end - shown_), shown_);
    shown_ = end;
    std::cerr << "   ----  the reply ends here\n";
}

void WireDump::show_received()
{
    std::cerr << hex_rows(std::string_view(segment_).substr(shown_), shown_);
    segment_.clear();
    shown_ = 0;
}

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
    const std::string name = in_small_letters(command[0]);
    if (dialect() != Dialect::redis) return;
    if (name == "multi") in_transaction_ = true;
    if (name == "exec" || name == "discard" || name == "reset") in_transaction_ = false;
    if (name == "reset") {
        setup_.clear();
        database_ = "0";
    }
    if (name != "select" && name != "hello" && name != "auth") return;
    if (name == "select" && command.size() > 1) database_ = command[1];
    std::erase_if(setup_, [&](const Command& old) { return in_small_letters(old[0]) == name; });
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
