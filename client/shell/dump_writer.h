// dump_writer.h: items as lines of a dump, a batch at a time.
#pragma once

#include "client/shell/key_lister.h"

#include <iosfwd>
#include <memory>

namespace kv::shell {

/// What one dialect makes of a batch of keys: lines of the dump.
class DumpWriter {
public:
    DumpWriter(Speaker& server, std::ostream& out) : server_(server), out_(out) {}
    virtual ~DumpWriter() = default;

    /// Asks for the values of these keys and writes what still exists.
    virtual void write(std::vector<KeyInfo>&& batch) = 0;

    [[nodiscard]] std::uint64_t written() const { return written_; }
    [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

protected:
    /// Throws UsageError when it cannot be written.
    void line(std::string_view text);
    void wrote_item() { ++written_; }
    /// Counts it, and tells it on standard error.
    void leave_out(const std::string& key, std::string_view why);
    [[nodiscard]] Speaker& server() { return server_; }

private:
    Speaker& server_;
    std::ostream& out_;
    std::uint64_t written_ = 0;
    std::uint64_t left_out_ = 0;
};

/// `set key value FLAGS n EXAT t`, the last two when they say something.
[[nodiscard]] std::string set_line(const std::string& key, const std::string& value,
                                   std::string_view flags, std::string_view expires_at);

[[nodiscard]] std::unique_ptr<DumpWriter> memcached_dump_writer(Speaker& server, std::ostream& out);
[[nodiscard]] std::unique_ptr<DumpWriter> redis_dump_writer(Speaker& server, std::ostream& out);

}  // namespace kv::shell
