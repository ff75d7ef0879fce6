// connection.h: the server under load, and one of its clients. A client sends a batch of requests
// (its pipeline), waits for all replies, and is then free for the next batch.
#pragma once

#include "client/bench/keys.h"
#include "client/bench/protocol.h"
#include "common/uri.h"

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kv::bench {

/// Owns a file descriptor. Movable only.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

    Descriptor& operator=(Descriptor&& other) noexcept
    {
        close();
        number_ = std::exchange(other.number_, -1);
        return *this;
    }

    ~Descriptor() { close(); }

    void close()
    {
        if (is_open()) ::close(std::exchange(number_, -1));
    }

    [[nodiscard]] int number() const { return number_; }
    [[nodiscard]] bool is_open() const { return number_ >= 0; }

private:
    int number_ = -1;
};

enum class Protocol { memcached_text, resp };

/// The protocol of a scheme. Throws kv::BadUri for one that kvbench does not speak.
[[nodiscard]] Protocol protocol_of(const Uri& uri);

/// Immutable after construction; any thread may call connect().
class Target {
public:
    /// Resolves the host, which may block. Throws boost::system::system_error when it has no
    /// address.
    explicit Target(const Uri& uri);

    /// A connected, non-blocking socket that sends immediately (TCP_NODELAY). Blocks until the
    /// server's kernel has accepted. Throws std::system_error.
    [[nodiscard]] Descriptor connect() const;

    /// As connect(), but returns before the connection is established: the first send waits for it.
    /// `turn` counts these calls: after every 20,000 the next loopback address is used, because an
    /// address has 28,000 ports and each stays in TIME_WAIT for a while.
    [[nodiscard]] Descriptor start_connect(std::uint32_t turn) const;

private:
    [[nodiscard]] Descriptor make_socket() const;
    [[nodiscard]] const sockaddr* address() const;
    void bind_loopback(const Descriptor& socket, std::uint32_t turn) const;

    Uri uri_;
    sockaddr_storage address_{};
    socklen_t address_bytes_ = 0;
    bool is_ipv4_loopback_ = false;
};

/// The bytes of one send: small pieces are copied, large ones referenced. One per thread, reused
/// for each send: clear(), add requests while has_room(), then parts(). Never allocates after
/// construction.
class Batch {
public:
    Batch() : text_(text_capacity) { parts_.reserve(parts_capacity); }

    void clear()
    {
        parts_.clear();
        used_ = 0;
    }

    /// Whether another request (one head, one value, one tail) fits.
    [[nodiscard]] bool has_room() const
    {
        return used_ + max_copied_bytes + max_request_text <= text_capacity &&
               parts_.size() + 3 <= parts_capacity;
    }

    /// At least max_request_text writable bytes; call commit() afterwards.
    [[nodiscard]] char* cursor() { return text_.data() + used_; }

    void commit(const char* end)
    {
        const auto bytes = static_cast<std::size_t>(end - cursor());
        append({cursor(), bytes});
        used_ += bytes;
    }

    /// `value` must outlive the send, since a large one is not copied.
    void add(std::string_view value)
    {
        if (value.size() > max_copied_bytes) return append(value);
        std::memcpy(cursor(), value.data(), value.size());
        commit(cursor() + value.size());
    }

    /// The parts for sendmsg, without the first `skipped` bytes. REQUIRES skipped < all bytes.
    [[nodiscard]] std::span<iovec> parts(std::size_t skipped)
    {
        std::size_t first = 0;
        while (skipped >= parts_[first].iov_len) skipped -= parts_[first++].iov_len;
        parts_[first].iov_base = static_cast<char*>(parts_[first].iov_base) + skipped;
        parts_[first].iov_len -= skipped;
        return std::span(parts_).subspan(first);
    }

private:
    // Up to about this size copying is cheaper than another part.
    static constexpr std::size_t max_copied_bytes = 4096;
    static constexpr std::size_t max_request_text = 256;
    static constexpr std::size_t text_capacity = 65'536;
    static constexpr std::size_t parts_capacity = 64;  // far below IOV_MAX, the limit of sendmsg

    // Adjacent text is one part.
    void append(std::string_view bytes)
    {
        if (!parts_.empty() && end_of(parts_.back()) == bytes.data()) {
            parts_.back().iov_len += bytes.size();
        } else {
            parts_.push_back({const_cast<char*>(bytes.data()), bytes.size()});
        }
    }

    static const char* end_of(const iovec& part)
    {
        return static_cast<const char*>(part.iov_base) + part.iov_len;
    }

    std::vector<char> text_;
    std::size_t used_ = 0;
    std::vector<iovec> parts_;
};

/// A request of the present batch, and when it is due.
struct Pending {
    Request request;
    std::uint32_t wire_bytes;  ///< known once encoded
    std::int64_t since_ns;     ///< when it was due: latency counts from here
};

/// Used by one thread. Allocates only when a batch is larger than any before.
template <class Dialect>
class Connection {
public:
    /// Takes a connected or connecting, non-blocking socket, and restarts the batch, if any, on it.
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

    /// Sends as many unsent bytes as the socket takes, in as few calls as possible; call it again
    /// when the socket is writable. `scratch` is overwritten: unsent requests are encoded again
    /// later, so that idle clients hold no buffers. A broken connection is reported by receive(),
    /// after the server's last bytes.
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

    /// Checks the replies in `input` and calls `on_reply(Reply, const Pending&)` for each. False: a
    /// wrong reply, or bytes without a request; the connection is out of sync.
    template <class OnReply>
    bool consume(std::string_view input, const Payload& payload, OnReply&& on_reply)
    {
        while (!input.empty()) {
            if (answered_ == batch_.size()) return false;
            const Pending& pending = batch_[answered_];
            const Reply reply = reader_.read(input, pending.request, payload);
            if (reply == Reply::wrong) return false;
            if (reply == Reply::incomplete) return true;
            ++answered_;
            on_reply(reply, pending);
        }
        return true;
    }

    /// Why consume() returned false.
    [[nodiscard]] std::string fault(const Payload& payload) const
    {
        if (answered_ == batch_.size()) return "the server sent an unrequested reply";
        const Request& request = batch_[answered_].request;
        const Key key = payload.key(request.key);
        return reader_.fault(request.is_set ? "set " : "get ", {key.data(), key.size()});
    }

private:
    static void encode(Batch& scratch, Pending& pending, const Payload& payload)
    {
        const Key key = payload.key(pending.request.key);
        char* const begin = scratch.cursor();
        if (!pending.request.is_set) {
            char* const end = Dialect::write_get(begin, key);
            pending.wire_bytes = static_cast<std::uint32_t>(end - begin);
            return scratch.commit(end);
        }
        const std::string_view value = payload.value(pending.request.key);
        char* const end = Dialect::write_set_head(begin, key, value.size());
        pending.wire_bytes = static_cast<std::uint32_t>(static_cast<std::size_t>(end - begin) +
                                                        value.size() + Dialect::set_tail.size());
        scratch.commit(end);
        scratch.add(value);
        scratch.add(Dialect::set_tail);
    }

    ssize_t send_parts(std::span<iovec> parts)
    {
        // send() is cheaper than sendmsg(), and small batches are one part.
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
    std::vector<Pending> batch_;
    std::size_t answered_ = 0;
    std::size_t sent_ = 0;        // complete requests
    std::size_t sent_bytes_ = 0;  // of request sent_
};

}  // namespace kv::bench
