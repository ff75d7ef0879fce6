// wire_dump.h: every segment sent and received, as annotated hex, on standard error.
//
//   -> 20 bytes
//      0000  73 65 74 20 6b 20 30 20  30 20 35 0d 0a           set k 0 0 5..
//      000d  68 65 6c 6c 6f 0d 0a                              hello..
//   <- 8 bytes
//      0000  53 54 4f 52 45 44 0d 0a                           STORED..
//      ----  the reply ends here
//
// A row ends with a line of the protocol, after 16 bytes, or where a message ends, so that a reply
// which arrives in three pieces, or three replies in one, can be seen as such.
#pragma once

#include "common/observer.h"
#include "common/transport.h"

#include <memory>
#include <string>

namespace kv::shell {

/// Told by the connection where replies end, by its tapped link what was sent and received. Both
/// must be gone before it is.
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

}  // namespace kv::shell
