// session.h: which server the shell talks to, the connection it has there, and that connection's
// bytes as annotated hex.
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
/// A row ends with a line of the protocol, after 16 bytes, or where a message ends, so that a reply
/// which arrives in three pieces, or three replies in one, can be seen as such. The connection
/// reports where replies end, its tapped link what was sent and received; it outlives both.
class WireDump final : public Observer {
public:
    ~WireDump() override { show_received(); }

    /// `link`, watched.
    [[nodiscard]] std::unique_ptr<Transport> tapped(std::unique_ptr<Transport> link);

    void sent(std::string_view head, std::string_view tail);
    void received(std::string_view bytes);
    void peer_closed();
    void message_ended(std::size_t unread) override;
    void blocked() override { show_received(); }

private:
    void show_received();

    std::string segment_;    ///< what the last read gave and is not shown yet
    std::size_t shown_ = 0;  ///< bytes of it that are
};

/// The rows for `bytes`, which begin at `offset` of their segment.
[[nodiscard]] std::string hex_rows(std::string_view bytes, std::size_t offset);

enum class Dialect { memcached, redis };

/// Throws UsageError for a scheme that kvcli does not speak.
[[nodiscard]] Dialect dialect_of(const Uri& uri);

/// A server, and what is said to it first on every connection.
struct Address {
    Uri uri;
    std::string user;
    std::string password;
    std::string database = "0";
    /// The password was not given for this server in particular: one that wants none is no error.
    bool password_is_optional = false;
};
/// A server's address, as one types it:
///   SCHEME://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]     its dialect's usual port: 11211 or 6379
///   SCHEME+unix://[[USER]:PASSWORD@]/PATH[?db=DATABASE]
///   HOST:PORT                                             memcache://
/// Throws BadUri, whose text has no password in it.
[[nodiscard]] Address address_from(const std::string& text);

/// Whether `word` is HOST:PORT: "127.0.0.1:11211", "[::1]:11211". No protocol has such a command.
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

    /// Connects when there is no open connection, and repeats what was set on the connection
    /// before (database, protocol version, login). Throws CannotConnect, and ServerError when the
    /// login or the database is refused.
    [[nodiscard]] Speaker& speaker();

    /// A connection of its own, for what must not disturb the one above. Throws as speaker().
    [[nodiscard]] std::unique_ptr<Speaker> another(const ClientOptions& options) const;

    /// `reply` is what the server said to `command`: if that is about the connection itself and is
    /// in force, it is repeated on the next. What MULTI has queued is in force after EXEC.
    void note(const Command& command, const resp::Value& reply);

    /// Changes to another server and closes the present connection.
    void turn_to(Address address);

    /// Every connection begins with HELLO 3, so that replies carry their types.
    void prefer_resp3();

    /// What goes over the wire from now on is shown, or no longer.
    void show_wire(bool on);

    /// The Redis database chosen, 0 at first, and whether MULTI is open: for the prompt.
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
    std::vector<Command> queued_;  ///< in the open transaction; without what no connection needs
};

}  // namespace kv::shell
