// scripted_transport.h: a peer that exists on paper only.
//
//   ScriptedTransport peer;
//   peer.sends("get a\r\n").pauses().sends("get b\r\n").closes();
//
// Each piece sent is what one read returns (less, if the reader asked for less). Where the script
// pauses a read finds nothing, and the reader has to wait. A script that has run out is a peer that
// has closed. What was written, and when the reader waited, is kept for the test to look at.
#pragma once

#include "common/transport.h"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <cstring>
#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace kv::test {

class ScriptedTransport final : public Transport {
public:
    // --- the script ---

    ScriptedTransport& sends(std::string_view bytes)
    {
        return add({Step::Kind::bytes, std::string(bytes)});
    }
    /// Nothing arrives until the reader waits.
    ScriptedTransport& pauses() { return add({Step::Kind::pause, {}}); }
    /// As pauses, and the wait ends at its deadline.
    ScriptedTransport& stays_silent() { return add({Step::Kind::silence, {}}); }
    /// As pauses, and the wait ends because mail has come. A wait that does not watch the mailbox
    /// sleeps on; the next one that does is woken.
    ScriptedTransport& has_mail() { return add({Step::Kind::mail, {}}); }
    ScriptedTransport& closes() { return add({Step::Kind::close, {}}); }
    ScriptedTransport& breaks() { return add({Step::Kind::broken, {}}); }
    /// Every write from now on runs into its deadline.
    ScriptedTransport& never_reads()
    {
        reads_ = false;
        return *this;
    }

    // --- what happened ---

    struct Write {
        std::string bytes;
        const char* tail;  ///< where the second piece lay
        std::chrono::milliseconds timeout;
    };
    struct Wait {
        bool for_mail;
        Deadline deadline;
        std::size_t writes_before;  ///< how many writes had been made by then
    };

    [[nodiscard]] const std::vector<Write>& writes() const { return writes_; }
    [[nodiscard]] const std::vector<Wait>& waits() const { return waits_; }
    [[nodiscard]] std::string written() const
    {
        std::string all;
        for (const Write& write : writes_) all += write.bytes;
        return all;
    }
    [[nodiscard]] std::size_t reads() const { return successful_reads_; }

    // --- the transport ---

    std::optional<std::size_t> try_read(std::span<char> into) override
    {
        if (script_.empty()) return 0;
        Step& step = script_.front();
        switch (step.kind) {
            case Step::Kind::bytes: return take(step, into);
            case Step::Kind::close: return 0;
            case Step::Kind::broken:
                throw boost::system::system_error(boost::asio::error::connection_reset, "read");
            default: return std::nullopt;
        }
    }

    Wakeup wait_readable(const Mailbox* mailbox, Deadline deadline) override
    {
        waits_.push_back({mailbox != nullptr, deadline, writes_.size()});
        for (;;) {
            if (mail_ && mailbox != nullptr) {
                mail_ = false;
                return Wakeup::mail;
            }
            if (script_.empty()) return Wakeup::ready;
            const Step::Kind kind = script_.front().kind;
            if (kind == Step::Kind::bytes || kind == Step::Kind::close ||
                kind == Step::Kind::broken) {
                return Wakeup::ready;
            }
            script_.pop_front();
            if (kind == Step::Kind::silence) return Wakeup::timed_out;
            if (kind == Step::Kind::mail) mail_ = true;
        }
    }

    void write_all(std::string_view head, std::string_view tail,
                   std::chrono::milliseconds timeout) override
    {
        if (!reads_) throw TimedOut("the peer does not read");
        writes_.push_back({std::string(head).append(tail), tail.data(), timeout});
    }

private:
    struct Step {
        enum class Kind { bytes, pause, silence, mail, close, broken };
        Kind kind;
        std::string bytes;
    };

    ScriptedTransport& add(Step step)
    {
        if (step.kind != Step::Kind::bytes || !step.bytes.empty()) {
            script_.push_back(std::move(step));
        }
        return *this;
    }

    std::size_t take(Step& step, std::span<char> into)
    {
        const std::size_t count = std::min(into.size(), step.bytes.size());
        std::memcpy(into.data(), step.bytes.data(), count);
        step.bytes.erase(0, count);
        if (step.bytes.empty()) script_.pop_front();
        ++successful_reads_;
        return count;
    }

    std::deque<Step> script_;
    bool mail_ = false;
    bool reads_ = true;
    std::vector<Write> writes_;
    std::vector<Wait> waits_;
    std::size_t successful_reads_ = 0;
};

}  // namespace kv::test
