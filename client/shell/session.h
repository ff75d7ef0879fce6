// session.h: which server the shell talks to, and the connection it has there, made when needed.
#pragma once

#include "client/client_options.h"
#include "client/shell/speaker.h"
#include "client/shell/wire_dump.h"
#include "common/uri.h"

#include <memory>
#include <vector>

namespace kv::shell {

enum class Dialect { memcached, redis };

/// Throws UsageError for a scheme that kvcli does not speak.
[[nodiscard]] Dialect dialect_of(const Uri& uri);
[[nodiscard]] std::span<const CommandInfo> commands_of(Dialect dialect);

class Session {
public:
    /// `interrupt_descriptor` as for kv::client::connect(). Throws UsageError as dialect_of().
    Session(Uri uri, const ClientOptions& options, int interrupt_descriptor);

    [[nodiscard]] const Uri& uri() const { return uri_; }
    [[nodiscard]] Dialect dialect() const { return dialect_of(uri_); }
    [[nodiscard]] const ClientOptions& options() const { return options_; }
    [[nodiscard]] bool is_connected() const { return speaker_ && speaker_->is_open(); }

    /// Connects when there is no open connection, and repeats what the connection before was told
    /// about itself (database, protocol version, login). Throws CannotConnect.
    [[nodiscard]] Speaker& speaker();

    /// A connection of its own, for what must not disturb the one above. Throws as speaker().
    [[nodiscard]] std::unique_ptr<Speaker> another(const ClientOptions& options) const;

    /// `command` has succeeded: if it is about the connection itself, it is repeated on the next.
    void note_success(const Command& command);

    /// Turns to another server; the present connection is closed.
    void turn_to(Uri uri);

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

    Uri uri_;
    ClientOptions options_;
    int interrupt_descriptor_;
    std::unique_ptr<WireDump> dump_;  ///< before the speaker, whose connection writes to it
    std::unique_ptr<Speaker> speaker_;
    std::vector<Command> setup_;  ///< SELECT, HELLO, AUTH: the last of each
    std::string database_ = "0";
    bool in_transaction_ = false;
};

}  // namespace kv::shell
