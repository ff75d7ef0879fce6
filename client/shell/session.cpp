#include "client/shell/session.h"

#include "client/connection.h"
#include "client/errors.h"
#include "client/link.h"
#include "client/shell/memcached_speaker.h"
#include "client/shell/redis_speaker.h"
#include "client/shell/terminal.h"
#include "common/quoting.h"
#include "common/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iostream>
#include <utility>

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

/// Kept until the ends of its replies are known.
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
        throw UsageError("simple:// replies have no end mark: use nc instead");
    }
    throw UsageError(
        fmt::format("kvcli does not speak '{}': memcache, redis or miniredis", uri.scheme));
}

std::span<const CommandInfo> commands_of(Dialect dialect)
{
    return dialect == Dialect::memcached ? memcached_commands() : redis_commands();
}

bool is_host_and_port(std::string_view word)
{
    const std::size_t colon = word.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    const std::string_view host = word.substr(0, colon);
    const bool is_bracketed = host.starts_with('[') && host.ends_with(']');
    const bool is_name = std::all_of(host.begin(), host.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-';
    });
    return (is_bracketed || is_name) && parse_number<std::uint16_t>(word.substr(colon + 1));
}

namespace {

/// Removes "USER:PASSWORD@" between scheme and host from `text`.
void take_login(std::string& text, std::size_t begin, bool is_unix, Address& address)
{
    const std::size_t at =
        is_unix ? text.substr(0, text.find('/', begin)).rfind('@') : text.rfind('@');
    if (at == std::string::npos || at < begin) return;
    const std::string login = text.substr(begin, at - begin);
    text.erase(begin, at + 1 - begin);
    const std::size_t colon = std::min(login.find(':'), login.size());
    address.user = percent_decoded(login.substr(0, colon));
    address.password = percent_decoded(login.substr(std::min(colon + 1, login.size())));
}

/// Removes the database from the end of `text`; "" when there is none.
std::string take_database(std::string& text, std::size_t begin, bool is_unix)
{
    constexpr std::string_view query = "?db=";
    const std::size_t mark = is_unix ? text.rfind(query) : text.find('/', begin);
    if (mark == std::string::npos) return {};
    std::string database = text.substr(mark + (is_unix ? query.size() : 1));
    text.erase(mark);
    while (database.ends_with('/')) database.pop_back();
    return database;
}

}  // namespace

Address address_from(const std::string& typed)
{
    std::string text = is_host_and_port(typed) ? "memcache://" + typed : typed;
    Address address;
    const std::size_t scheme = text.find("://");
    if (scheme == std::string::npos) throw BadUri(fmt::format("'{}' is not an address", typed));
    const bool is_unix = text.substr(0, scheme).ends_with("+unix");
    const bool selects = text.starts_with("redis");
    const bool is_redis = selects || text.starts_with("miniredis");
    take_login(text, scheme + 3, is_unix, address);
    const std::string database = take_database(text, scheme + 3, is_unix);
    address.uri = parse_uri(text, is_redis ? 6379 : 11211);
    if (database.find('/') != std::string::npos || (!database.empty() && is_unix && !selects)) {
        throw BadUri(fmt::format("'{}' has no database '{}'", text, database));
    }
    if (!selects) {
        address.uri.space = database;
    } else if (!database.empty()) {
        const auto number = parse_number<std::uint32_t>(database);
        address.database = number ? std::to_string(*number) : percent_decoded(database);
    }
    if (!is_redis && address.user.empty() && !address.password.empty()) {
        throw BadUri(fmt::format("'{}' needs a user before the password", text));
    }
    return address;
}

Session::Session(Address address, const ClientOptions& options, int interrupt_descriptor)
    : address_(std::move(address)), options_(options), interrupt_descriptor_(interrupt_descriptor)
{
    start_anew();
}

/// The login and database commands of a new connection. A memcached that requires a password takes
/// it as a value.
void Session::start_anew()
{
    const auto& [uri, user, password, database, is_optional] = address_;
    setup_.clear();
    database_ = database;
    if (dialect() == Dialect::memcached) {
        if (!password.empty() && !user.empty())
            setup_.push_back({"set", "auth", user + " " + password});
        return;
    }
    if (!password.empty()) {
        setup_.push_back(user.empty() ? Command{"AUTH", password}
                                      : Command{"AUTH", user, password});
    }
    if (database != "0") setup_.push_back({"SELECT", database});
}

std::unique_ptr<Speaker> Session::make_speaker(const ClientOptions& options, WireDump* dump) const
{
    auto link = client::connect(uri(), options.connect_timeout, interrupt_descriptor_);
    if (dump != nullptr) link = dump->tapped(std::move(link));
    auto connection = std::make_unique<client::Connection>(std::move(link), options, dump);
    std::unique_ptr<Speaker> speaker;
    if (dialect() == Dialect::memcached) {
        speaker = std::make_unique<MemcachedSpeaker>(std::move(connection));
    } else {
        speaker = std::make_unique<RedisSpeaker>(std::move(connection));
    }
    if (setup_.empty()) return speaker;
    const std::vector<resp::Value> answers = speaker->ask_all(setup_);
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const auto& [type, text, elements] = answers[i];
        const std::string& name = setup_[i][0];
        // Servers older than HELLO stay at RESP2.
        if (type != resp::Type::error || in_small_letters(name) == "hello") continue;
        const bool wants_none = text.find("without any password") != std::string::npos;
        if (wants_none && address_.password_is_optional) continue;
        throw ServerError(fmt::format("{} refuses {}: {}", to_string(uri()),
                                      name == "set" ? "the password" : harmless_line(name),
                                      harmless_line(text)));
    }
    return speaker;
}

Speaker& Session::speaker()
{
    if (is_connected()) return *speaker_;
    in_transaction_ = false;
    queued_.clear();
    speaker_.reset();
    speaker_ = make_speaker(options_, dump_.get());
    return *speaker_;
}

std::unique_ptr<Speaker> Session::another(const ClientOptions& options) const
{
    return make_speaker(options, nullptr);
}

namespace {

bool is_error(const resp::Value& reply)
{
    return reply.type == resp::Type::error || reply.type == resp::Type::bulk_error;
}

bool is_about_the_connection(std::string_view name)
{
    return name == "select" || name == "hello" || name == "auth";
}

}  // namespace

void Session::note(const Command& command, const resp::Value& reply)
{
    if (dialect() != Dialect::redis) return;
    const std::string name = in_small_letters(command[0]);
    if (in_transaction_ && reply.type == resp::Type::simple && reply.text == "QUEUED") {
        queued_.push_back(is_about_the_connection(name) ? command : Command{name});
    } else if (name == "exec") {
        end_transaction(reply);
    } else if (name == "discard") {
        if (!is_error(reply) || reply.text.find("without MULTI") != std::string::npos) {
            end_transaction({});
        }
    } else if (is_error(reply)) {
        return;
    } else if (name == "multi") {
        in_transaction_ = true;
    } else if (name == "reset") {
        end_transaction({});
        std::erase_if(setup_,
                      [](const Command& old) { return in_small_letters(old[0]) != "auth"; });
        database_ = "0";
    } else if (is_about_the_connection(name)) {
        repeat_on_next(command);
    }
}

/// EXEC ends a transaction whatever its reply; only an array means that the commands were run.
void Session::end_transaction(const resp::Value& reply)
{
    in_transaction_ = false;
    const std::vector<Command> commands = std::exchange(queued_, {});
    if (reply.type != resp::Type::array || reply.elements.size() != commands.size()) return;
    for (std::size_t i = 0; i < commands.size(); ++i) note(commands[i], reply.elements[i]);
}

void Session::repeat_on_next(const Command& command)
{
    const std::string name = in_small_letters(command[0]);
    if (name == "select" && command.size() > 1) database_ = command[1];
    std::erase_if(setup_, [&](const Command& old) { return in_small_letters(old[0]) == name; });
    // The login comes first: servers allow nothing before it.
    setup_.insert(name == "auth" ? setup_.begin() : setup_.end(), command);
}

void Session::turn_to(Address address)
{
    (void)dialect_of(address.uri);
    speaker_.reset();
    address_ = std::move(address);
    start_anew();
}

void Session::prefer_resp3()
{
    if (dialect() == Dialect::redis) setup_.push_back({"HELLO", "3"});
}

void Session::show_wire(bool on)
{
    if (on == (dump_ != nullptr)) return;
    speaker_.reset();  // takes effect with the next connection
    dump_ = on ? std::make_unique<WireDump>() : nullptr;
}

}  // namespace kv::shell
