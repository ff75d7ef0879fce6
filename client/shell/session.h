// session.h: the shell's server, its connection, and the connection's bytes as annotated hex.
#pragma once

#include "client/client_options.h"
#include "client/shell/speaker.h"
#include "common/observer.h"
#include "common/transport.h"
#include "common/uri.h"

#include <memory>
#include <string>
#include <vector>

namespace kv::shell {

/// Shows every segment sent and received, as annotated hex, on standard error:
///
///   -> 20 bytes
///      0000  73 65 74 20 6b 20 30 20  30 20 35 0d 0a           set k 0 0 5..
///      000d  68 65 6c 6c 6f 0d 0a                              hello..
///   <- 8 bytes
///      0000  53 54 4f 52 45 44 0d 0a                           STORED..
///      ----  the reply ends here
///
/// A row ends with a line of the protocol, after 16 bytes, or where a message ends, so that one can
/// see a reply that arrives in three pieces, or three replies in one. The connection reports the
/// ends of replies, its wrapped link the bytes; this outlives both.
class WireDump final : public Observer {
public:
    ~WireDump() override { show_received(); }

    /// Wraps `link` to show its bytes.
    [[nodiscard]] std::unique_ptr<Transport> tapped(std::unique_ptr<Transport> link);

    void sent(std::string_view head, std::string_view tail);
    void received(std::string_view bytes);
    void peer_closed();
    void message_ended(std::size_t unread) override;
    void blocked() override { show_received(); }

private:
    void show_received();

    std::string segment_;    ///< bytes of the last read not fully shown yet
    std::size_t shown_ = 0;  ///< bytes of it already shown
};

/// The rows for `bytes`, which begin at `offset` in their segment.
[[nodiscard]] std::string hex_rows(std::string_view bytes, std::size_t offset);

enum class Dialect { memcached, redis };

/// Throws UsageError for a scheme that kvcli does not speak.
[[nodiscard]] Dialect dialect_of(const Uri& uri);

/// A server, and its login and database.
struct Address {
    Uri uri;  ///< its space is for people: a protocol without SELECT has that of the listener
    std::string user;
    std::string password;
    std::string database = "0";  ///< or the name of a private space, which kvserver has
    /// The password is a default, so it is not an error if the server requires none.
    bool password_is_optional = false;
};
/// Parses a server's address:
///   SCHEME://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]     default port 11211 or 6379; a number, or
///                                                         the name of a private space
///   SCHEME+unix://[[USER]:PASSWORD@]/PATH[?db=DATABASE]
///   HOST:PORT                                             memcache://
/// Throws BadUri, whose text contains no password.
[[nodiscard]] Address address_from(const std::string& text);

/// Whether `word` is HOST:PORT: "127.0.0.1:11211", "[::1]:11211". No command looks like this.
[[nodiscard]] bool is_host_and_port(std::string_view word);

[[nodiscard]] std::span<const CommandInfo> commands_of(Dialect dialect);

class Session {
public:
    /// `interrupt_descriptor` as for kv::client::connect(). Throws UsageError as dialect_of().
    Session(Address address, const ClientOptions& options, int interrupt_descriptor);

    [[nodiscard]] const Uri& uri() const { return address_.uri; }
    [[nodiscard]] Dialect dialect() const { return dialect_of(address_.uri); }
    [[nodiscard]] const ClientOptions& options() const { return options_; }
    [[nodiscard]] bool is_connected() const { return speaker_ && speaker_->is_open(); }

    /// Connects unless connected, and restores the state of the previous connection (database,
    /// protocol version, login). Throws CannotConnect, and ServerError when the login or the
    /// database is refused.
    [[nodiscard]] Speaker& speaker();

    /// A separate connection, for requests that must not disturb the main one. Throws as speaker().
    [[nodiscard]] std::unique_ptr<Speaker> another(const ClientOptions& options) const;

    /// Remembers a `command` that changed the state of the connection, judging by its `reply`, to
    /// repeat it on the next connection. Commands queued by MULTI take effect with EXEC.
    void note(const Command& command, const resp::Value& reply);

    /// Switches to another server and closes the present connection.
    void turn_to(Address address);

    /// From now on every connection begins with HELLO 3, so that replies have types.
    void prefer_resp3();

    /// Whether to show the bytes on the wire from now on.
    void show_wire(bool on);

    /// The Redis database, 0 at first, or private space, and whether MULTI is open: for the prompt.
    [[nodiscard]] const std::string& database() const { return database_; }
    [[nodiscard]] bool in_transaction() const { return in_transaction_ && is_connected(); }

private:
    [[nodiscard]] std::unique_ptr<Speaker> make_speaker(const ClientOptions& options,
                                                        WireDump* dump) const;
    void start_anew();
    void end_transaction(const resp::Value& reply);
    void repeat_on_next(const Command& command);

    Address address_;
    ClientOptions options_;
    int interrupt_descriptor_;
    std::unique_ptr<WireDump> dump_;  ///< before the speaker, whose connection writes to it
    std::unique_ptr<Speaker> speaker_;
    std::vector<Command> setup_;  ///< SELECT, HELLO, AUTH: the last of each
    std::string database_ = "0";
    bool in_transaction_ = false;
    std::vector<Command>
        queued_;  ///< in the open transaction; only commands that change the connection's state
};

}  // namespace kv::shell
