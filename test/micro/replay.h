// replay.h: a peer that sends the same bytes over and over, as fast as they are read, and throws
// the replies away: what is left of a request when its socket costs nothing.
#pragma once

#include "common/transport.h"

#include <algorithm>
#include <string>
#include <utility>

namespace kv::test {

class Replay final : public Transport {
public:
    /// Sends `batch`, one piece a read, `times` times; then closes.
    Replay(std::string batch, std::size_t times) : batch_(std::move(batch)), left_(times) {}

    [[nodiscard]] std::optional<std::size_t> try_read(std::span<char> into) override
    {
        if (left_ == 0) return 0;
        const std::size_t count = std::min(into.size(), batch_.size() - sent_);
        std::copy_n(batch_.data() + sent_, count, into.data());
        sent_ += count;
        if (sent_ == batch_.size()) {
            sent_ = 0;
            --left_;
        }
        return count;
    }

    [[nodiscard]] Wakeup wait(Event, const Mailbox*, Deadline) override { return Wakeup::readable; }

    [[nodiscard]] std::size_t try_write(std::string_view head, std::string_view tail) override
    {
        bytes_written_ += head.size() + tail.size();
        return head.size() + tail.size();
    }

    [[nodiscard]] std::size_t bytes_written() const { return bytes_written_; }

private:
    std::string batch_;
    std::size_t left_;
    std::size_t sent_ = 0;
    std::size_t bytes_written_ = 0;
};

}  // namespace kv::test
