// connection.h: one client of the server under load. It sends a batch of requests, which is its
// pipeline, waits for all the replies, and is then free for the next batch.
#pragma once

#include "client/bench/batch.h"
#include "client/bench/descriptor.h"
#include "client/bench/payload.h"
#include "client/bench/reply_reader.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kv::bench {

/// A request of the present batch.
struct Asked {
    Request request;
    std::uint32_t wire_bytes;  ///< known once it was encoded
    std::int64_t since_ns;     ///< when it was to be sent: latency counts from here
};

/// Used by one thread. Allocates when a batch is larger than any before it, otherwise never.
template <class Dialect>
class Connection {
public:
    /// Takes a connected or connecting, non-blocking socket. The batch, if any, begins anew on it.
    void use(Descriptor socket)
    {
        socket_ = std::move(socket);
        reader_ = {};
        sent_ = answered_ = sent_bytes_ = 0;
    }

    void close() { socket_.close(); }

    [[nodiscard]] int descriptor() const { return socket_.number(); }
    [[nodiscard]] bool is_open() const { return socket_.is_open(); }
    [[nodiscard]] bool has_unsent() const { return sent_ < batch_.size(); }
    [[nodiscard]] bool is_idle() const { return answered_ == batch_.size() && !has_unsent(); }
    [[nodiscard]] std::size_t unanswered() const { return batch_.size() - answered_; }
    [[nodiscard]] std::size_t batch_size() const { return batch_.size(); }
    [[nodiscard]] std::string_view last_line() const { return reader_.last_line(); }

    /// Starts a new batch. REQUIRES is_idle().
    void begin_batch()
    {
        batch_.clear();
        sent_ = answered_ = 0;
    }

    void ask(Request request, std::int64_t since_ns) { batch_.push_back({request, 0, since_ns}); }

    /// Sends what is unsent and the socket takes, in as few calls as that needs; the rest when the
    /// socket reports room. `scratch` is overwritten: what did not leave is encoded again, so that
    /// idle clients keep no bytes. A broken connection is noticed by receive(), which first hands
    /// out what the server may have said about it.
    void send(Batch& scratch, const Payload& payload)
    {
        while (has_unsent()) {
            scratch.clear();
            for (std::size_t i = sent_; i < batch_.size() && scratch.has_room(); ++i) {
                encode(scratch, batch_[i], payload);
            }
            const ssize_t bytes = send_parts(scratch.parts(sent_bytes_));
            if (bytes < 0) return;
            advance(static_cast<std::size_t>(bytes));
        }
    }

    /// One read. nullopt: nothing has arrived. Empty: the connection has ended.
    std::optional<std::string_view> receive(std::span<char> buffer)
    {
        const ssize_t bytes = ::recv(socket_.number(), buffer.data(), buffer.size(), 0);
        if (bytes < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
        return std::string_view(buffer.data(), bytes < 0 ? 0 : static_cast<std::size_t>(bytes));
    }

    /// Judges the replies in `input` and calls `on_reply(Reply, const Asked&)` for each.
    /// False: a wrong reply, or bytes that nothing asked for; the connection is out of step.
    template <class OnReply>
    bool consume(std::string_view input, const Payload& payload, OnReply&& on_reply)
    {
        while (!input.empty()) {
            if (answered_ == batch_.size()) return false;
            const Asked& asked = batch_[answered_];
            const Reply reply = reader_.read(input, asked.request, payload);
            if (reply == Reply::wrong) return false;
            if (reply == Reply::incomplete) return true;
            ++answered_;
            on_reply(reply, asked);
        }
        return true;
    }

    /// What consume() objected to, in words.
    [[nodiscard]] std::string fault(const Payload& payload) const
    {
        if (answered_ == batch_.size()) return "the server sent what nothing asked for";
        const Request& request = batch_[answered_].request;
        const Key key = payload.key(request.key);
        return reader_.fault(request.is_set ? "set " : "get ", {key.data(), key.size()});
    }

private:
    static void encode(Batch& scratch, Asked& asked, const Payload& payload)
    {
        const Key key = payload.key(asked.request.key);
        char* const begin = scratch.cursor();
        if (!asked.request.is_set) {
            char* const end = Dialect::write_get(begin, key);
            asked.wire_bytes = static_cast<std::uint32_t>(end - begin);
            return scratch.commit(end);
        }
        const std::string_view value = payload.value(asked.request.key);
        char* const end = Dialect::write_set_head(begin, key, value.size());
        asked.wire_bytes = static_cast<std::uint32_t>(static_cast<std::size_t>(end - begin) +
                                                      value.size() + Dialect::set_tail.size());
        scratch.commit(end);
        scratch.add(value);
        scratch.add(Dialect::set_tail);
    }

    ssize_t send_parts(std::span<iovec> parts)
    {
        // send() is the shorter way through the kernel, and small batches are one part.
        if (parts.size() == 1) {
            const iovec& only = parts.front();
            return ::send(socket_.number(), only.iov_base, only.iov_len, MSG_NOSIGNAL);
        }
        msghdr message{};
        message.msg_iov = parts.data();
        message.msg_iovlen = parts.size();
        return ::sendmsg(socket_.number(), &message, MSG_NOSIGNAL);
    }

    void advance(std::size_t bytes)
    {
        sent_bytes_ += bytes;
        while (has_unsent() && sent_bytes_ >= batch_[sent_].wire_bytes) {
            sent_bytes_ -= batch_[sent_++].wire_bytes;
            if (sent_bytes_ == 0) break;  // the next one may not be encoded yet
        }
    }

    Descriptor socket_;
    ReplyReader<Dialect> reader_;
    std::vector<Asked> batch_;
    std::size_t answered_ = 0;
    std::size_t sent_ = 0;        // whole requests
    std::size_t sent_bytes_ = 0;  // of request sent_
};

}  // namespace kv::bench
