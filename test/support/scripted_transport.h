// scripted_transport.h: a transport whose peer follows a script.
//
//   ScriptedTransport peer;
//   peer.sends("get a\r\n").pauses().sends("get b\r\n").closes();
//
// Each piece sent is what one read returns (less, if the reader asked for less). At a pause a read
// finds nothing, and the reader must wait. At its end the script closes. Writes and waits are
// recorded for the test.
//
// The peer takes every write immediately until it is told to stop after some bytes. The script says
// when it reads again: once everything before that point has been read, or is not read at all.
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
    /// Like pauses, and the wait ends at its deadline.
    ScriptedTransport& stays_silent() { return add({Step::Kind::silence, {}}); }
    /// Like pauses, and the wait ends because of mail. A wait that does not watch the mailbox goes
    /// on; the next one that does is woken.
    ScriptedTransport& has_mail() { return add({Step::Kind::mail, {}}); }
    ScriptedTransport& closes() { return add({Step::Kind::close, {}}); }
    ScriptedTransport& breaks() { return add({Step::Kind::broken, {}}); }
    /// It takes this many more bytes, then none until the script says that it reads.
    ScriptedTransport& stops_reading_after(std::size_t bytes)
    {
        window_ = bytes;
        return *this;
    }
    /// Takes all writes from here on.
    ScriptedTransport& reads_again() { return add({Step::Kind::read, {}}); }
    /// Every write from now on times out.
    ScriptedTransport& never_reads() { return stops_reading_after(0); }

    // --- what happened ---

    struct Write {
        std::string bytes;
        const char* tail;  ///< the address of the second piece
    };
    struct Wait {
        Event event;
        bool for_mail;
        Deadline deadline;
        std::size_t writes_before;  ///< the number of writes before it
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

    std::size_t try_write(std::string_view head, std::string_view tail) override
    {
        const std::string bytes = std::string(head).append(tail).substr(0, window_);
        if (bytes.empty()) return 0;
        if (window_ != unlimited) window_ -= bytes.size();
        writes_.push_back({bytes, tail.data()});
        return bytes.size();
    }

    Wakeup wait(Event event, const Mailbox* mailbox, Deadline deadline) override
    {
        waits_.push_back({event, mailbox != nullptr, deadline, writes_.size()});
        if (event == Event::writable) return wait_writable();
        for (;;) {
            if (mail_ && mailbox != nullptr) {
                mail_ = false;
                return Wakeup::mail;
            }
            if (script_.empty()) return Wakeup::readable;
            if (reads_next(script_.begin())) return Wakeup::writable;
            const Step::Kind kind = script_.front().kind;
            if (kind == Step::Kind::bytes || kind == Step::Kind::close ||
                kind == Step::Kind::broken) {
                return Wakeup::readable;
            }
            script_.pop_front();
            if (kind == Step::Kind::silence) return Wakeup::timed_out;
            if (kind == Step::Kind::mail) mail_ = true;
        }
    }

private:
    static constexpr std::size_t unlimited = std::string::npos;

    struct Step {
        enum class Kind { bytes, pause, silence, mail, close, broken, read };
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

    bool reads_next(std::deque<Step>::iterator step)
    {
        if (step == script_.end() || step->kind != Step::Kind::read) return false;
        script_.erase(step);
        window_ = unlimited;
        return true;
    }

    /// Its remaining input is not read.
    Wakeup wait_writable()
    {
        const auto is_read = [](const Step& step) { return step.kind == Step::Kind::read; };
        const auto step = std::find_if(script_.begin(), script_.end(), is_read);
        return reads_next(step) ? Wakeup::writable : Wakeup::timed_out;
    }

    std::deque<Step> script_;
    bool mail_ = false;
    std::size_t window_ = unlimited;
    std::vector<Write> writes_;
    std::vector<Wait> waits_;
    std::size_t successful_reads_ = 0;
};

}  // namespace kv::test
