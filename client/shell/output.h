// output.h: where replies and complaints go, and how they look there.
#pragma once

#include "client/shell/paint.h"
#include "client/shell/printer.h"

#include <optional>

namespace kv::shell {

/// Replies go to standard output, complaints and an error the server answered to standard error.
/// What goes to a terminal is made harmless first, in every format.
class Output {
public:
    /// Without `format` a terminal gets pretty, anything else plain.
    explicit Output(std::optional<Format> format);

    void reply(const resp::Value& reply) const;
    /// Text of our own, on standard output; on a terminal it goes through the pager when it is
    /// longer than the screen and paging is on.
    void text(const std::string& text) const;
    /// "kvcli: what", on standard error.
    void complain(std::string_view what) const;

    void set_format(std::optional<Format> format) { format_ = format; }
    [[nodiscard]] Format format() const;
    void set_paging(bool on) { is_paging_ = on; }

    [[nodiscard]] bool is_terminal() const { return is_terminal_; }
    [[nodiscard]] const Paint& paint() const { return paint_; }

private:
    std::optional<Format> format_;
    bool is_terminal_;
    Paint paint_;
    bool is_paging_ = false;
};

/// The width of the terminal, 80 when there is none; and its height, 0 when there is none.
struct ScreenSize {
    std::size_t columns = 80;
    std::size_t lines = 0;
};
[[nodiscard]] ScreenSize screen_size();

}  // namespace kv::shell
