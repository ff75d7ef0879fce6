// Everything out of a server, as commands. Keys are listed over one connection and their values
// asked for in batches over another, so that neither waits for the other.
#include "client/shell/bulk.h"
#include "client/shell/dump_writer.h"
#include "client/shell/progress.h"
#include "client/shell/terminal_text.h"
#include "common/parse_number.h"
#include "common/quoting.h"

#include <fmt/format.h>

#include <iostream>
#include <utility>

namespace kv::shell {

using resp::Value;

namespace {

constexpr std::size_t keys_at_once = 64;

std::unique_ptr<DumpWriter> make_writer(Session& session, std::ostream& out)
{
    if (session.dialect() == Dialect::memcached) {
        return memcached_dump_writer(session.speaker(), out);
    }
    return redis_dump_writer(session.speaker(), out);
}

/// How many items there are, as far as the server says so.
std::uint64_t count_items(Session& session)
{
    if (session.dialect() == Dialect::redis) {
        return parse_number<std::uint64_t>(session.speaker().ask({"DBSIZE"}).text).value_or(0);
    }
    const Value stats = session.speaker().ask({"stats"});
    for (std::size_t i = 0; i + 1 < stats.elements.size(); i += 2) {
        if (stats.elements[i].text != "curr_items") continue;
        return parse_number<std::uint64_t>(stats.elements[i + 1].text).value_or(0);
    }
    return 0;
}

}  // namespace

void DumpWriter::line(std::string_view text)
{
    out_ << text << '\n';
    if (!out_) throw UsageError("cannot write the dump");
}

void DumpWriter::leave_out(const std::string& key, std::string_view why)
{
    ++left_out_;
    std::cerr << fmt::format("kvcli: left out {}: {}\n", printable_quoted(key), why);
}

std::string set_line(const std::string& key, const std::string& value, std::string_view flags,
                     std::string_view expires_at)
{
    std::string line = fmt::format("set {} {}", in_quotes(key), in_quotes(value));
    if (!flags.empty() && flags != "0") line += fmt::format(" FLAGS {}", flags);
    if (!expires_at.empty()) line += fmt::format(" EXAT {}", expires_at);
    return line;
}

ExitCode dump(Session& session, std::ostream& out)
{
    Progress progress(count_items(session));
    const auto writer = make_writer(session, out);
    const auto lister = session.another(session.options());
    std::uint64_t listed = 0;
    std::vector<KeyInfo> batch;
    out << "# kvcli dump 1\n";
    list_keys(session.dialect(), *lister, {}, [&](KeyInfo&& info) {
        batch.push_back(std::move(info));
        if (batch.size() < keys_at_once) return true;
        listed += batch.size();
        writer->write(std::exchange(batch, {}));
        progress.show(listed, writer->written());
        return true;
    });
    if (!batch.empty()) writer->write(std::move(batch));
    out.flush();
    if (!out) throw UsageError("cannot write the dump");
    return writer->left_out() == 0 ? ExitCode::done : ExitCode::server_error;
}

}  // namespace kv::shell
