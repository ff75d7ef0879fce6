#include "client/shell/wire_dump.h"

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

    Wakeup wait_readable(const Mailbox* mailbox, Deadline deadline) override
    {
        return link_->wait_readable(mailbox, deadline);
    }

    void write_all(std::string_view head, std::string_view tail,
                   std::chrono::milliseconds timeout) override
    {
        dump_.sent(head, tail);
        link_->write_all(head, tail, timeout);
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

}  // namespace kv::shell
