// dump.cpp: writes every item of a server as commands. One connection lists the keys, another gets
// their values in batches, so that neither waits for the other.
#include "client/shell/items.h"
#include "client/shell/key_lister.h"
#include "client/shell/output.h"
#include "client/shell/terminal.h"
#include "common/memcached_key.h"
#include "common/quoting.h"
#include "common/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <utility>

namespace kv::shell {

using resp::Type;
using resp::Value;

namespace {

/// Turns a batch of keys into lines of the dump, in one dialect.
class DumpWriter {
public:
    DumpWriter(Speaker& server, std::ostream& out, Progress& progress)
        : server_(server), out_(out), progress_(progress)
    {
    }
    virtual ~DumpWriter() = default;

    /// Gets the values of these keys and writes those that still exist.
    virtual void write(std::vector<KeyInfo>&& batch) = 0;

    [[nodiscard]] std::uint64_t written() const { return written_; }
    [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

protected:
    /// Throws OutputLost when the output cannot be written.
    void line(std::string_view text);
    void wrote_item() { ++written_; }
    /// Counts a key left out, and reports it on standard error.
    void leave_out(const std::string& key, std::string_view why);
    [[nodiscard]] Speaker& server() { return server_; }

private:
    Speaker& server_;
    std::ostream& out_;
    Progress& progress_;
    std::uint64_t written_ = 0;
    std::uint64_t left_out_ = 0;
};

void DumpWriter::line(std::string_view text)
{
    out_ << text << '\n';
    if (!out_) throw OutputLost("cannot write the dump");
}

void DumpWriter::leave_out(const std::string& key, std::string_view why)
{
    ++left_out_;
    progress_.clear();
    std::cerr << fmt::format("kvcli: left out {}: {}\n", printable_quoted(key), why);
}

/// `set key value FLAGS n EXAT t`, without flags of 0 and without a missing expiry.
std::string set_line(const std::string& key, const std::string& value, std::string_view flags,
                     std::string_view expires_at)
{
    std::string line = fmt::format("set {} {}", in_quotes(key), in_quotes(value));
    if (!flags.empty() && flags != "0") line += fmt::format(" FLAGS {}", flags);
    if (!expires_at.empty()) line += fmt::format(" EXAT {}", expires_at);
    return line;
}

class MemcachedWriter final : public DumpWriter {
public:
    using DumpWriter::DumpWriter;

    void write(std::vector<KeyInfo>&& batch) override
    {
        std::vector<Command> questions;
        questions.reserve(batch.size());
        for (const KeyInfo& info : batch) questions.push_back(question(info.key));
        const std::vector<Value> answers = server().ask_all(questions);
        for (std::size_t i = 0; i < batch.size(); ++i) write_item(batch[i], answers[i]);
    }

private:
    /// A key that no classic command can name was set in base64, and is requested in it.
    static Command question(const std::string& key)
    {
        if (memcached::is_key(key)) return {"gets", key};
        return {"mg", base64(key), "b", "v", "f"};
    }

    void write_item(const KeyInfo& info, const Value& answer)
    {
        if (answer.type == Type::error) return leave_out(info.key, harmless_line(answer.text));
        if (answer.elements.size() < 2) return;  // removed since it was listed
        const bool is_meta = answer.type == Type::array;
        std::string flags = is_meta ? std::string() : answer.elements[3].text;
        if (is_meta) {
            std::string_view words = answer.elements[0].text;
            for (auto word = take_word(words); !word.empty(); word = take_word(words)) {
                if (word[0] == 'f') flags = word.substr(1);
            }
        }
        const std::string expires = info.expires_at ? std::to_string(*info.expires_at) : "";
        line(set_line(info.key, answer.elements[1].text, flags, expires));
        wrote_item();
    }
};

/// How a Redis type is read, and the command that restores it.
struct TypeRow {
    std::string_view type;
    Command question;  ///< the key goes to index 1
    std::string_view writer;
};

const TypeRow type_rows[] = {
    {"string", {"GET", ""}, "set"},
    {"list", {"LRANGE", "", "0", "-1"}, "rpush"},
    {"set", {"SMEMBERS", ""}, "sadd"},
    {"hash", {"HGETALL", ""}, "hset"},
    {"zset", {"ZRANGE", "", "0", "-1", "WITHSCORES"}, "zadd"},
};

/// Elements in the order of the restoring command: a sorted set is read as member, score and
/// written as score, member; under RESP3 each pair may come as its own array.
std::vector<std::string> elements_of(const Value& answer, bool is_zset)
{
    std::vector<std::string> words;
    for (const Value& element : answer.elements) {
        for (const Value& inner : element.elements) words.push_back(inner.text);
        if (element.elements.empty()) words.push_back(element.text);
    }
    for (std::size_t i = 0; is_zset && i + 1 < words.size(); i += 2)
        std::swap(words[i], words[i + 1]);
    return words;
}

std::string unix_time_after(std::int64_t milliseconds)
{
    using namespace std::chrono;
    const auto now =
        duration_cast<std::chrono::milliseconds>(system_clock::now().time_since_epoch());
    const std::int64_t at = now.count() + milliseconds;
    return fmt::format("{}.{:03}", at / 1000, at % 1000);
}

class RedisWriter final : public DumpWriter {
public:
    using DumpWriter::DumpWriter;

    void write(std::vector<KeyInfo>&& batch) override
    {
        std::vector<Command> types;
        types.reserve(batch.size());
        for (const KeyInfo& info : batch) types.push_back({"TYPE", info.key});
        const std::vector<Value> answers = server().ask_all(types);
        std::vector<Command> questions;
        std::vector<std::pair<const KeyInfo*, const TypeRow*>> asked;
        for (std::size_t i = 0; i < batch.size(); ++i) {
            const auto* row =
                std::find_if(std::begin(type_rows), std::end(type_rows),
                             [&](const TypeRow& each) { return each.type == answers[i].text; });
            if (answers[i].text == "none") continue;  // removed since it was listed
            if (row == std::end(type_rows)) {
                leave_out(batch[i].key, "type " + harmless_line(answers[i].text));
                continue;
            }
            asked.emplace_back(&batch[i], row);
            questions.push_back(row->question);
            questions.back()[1] = batch[i].key;
            questions.push_back({"PTTL", batch[i].key});
        }
        const std::vector<Value> values = server().ask_all(questions);
        for (std::size_t i = 0; i < asked.size(); ++i) {
            write_item(asked[i].first->key, *asked[i].second, values[2 * i], values[2 * i + 1]);
        }
    }

private:
    void write_item(const std::string& key, const TypeRow& row, const Value& value,
                    const Value& left)
    {
        if (value.type == Type::error) return leave_out(key, harmless_line(value.text));
        const auto milliseconds = parse_number<std::int64_t>(left.text).value_or(-1);
        const std::string expires = milliseconds >= 0 ? unix_time_after(milliseconds) : "";
        if (row.type == "string") {
            if (value.type == Type::null) return;
            line(set_line(key, value.text, "", expires));
        } else {
            if (value.elements.empty()) return;
            write_collection(key, row, elements_of(value, row.type == "zset"));
            if (!expires.empty()) line(fmt::format("expireat {} {}", in_quotes(key), expires));
        }
        wrote_item();
    }

    /// Begins with del, or loading it twice would double it; split into several lines to bound
    /// their length.
    void write_collection(const std::string& key, const TypeRow& row,
                          const std::vector<std::string>& elements)
    {
        constexpr std::size_t elements_per_line = 100;
        line(fmt::format("del {}", in_quotes(key)));
        for (std::size_t i = 0; i < elements.size(); i += elements_per_line) {
            std::string text = fmt::format("{} {}", row.writer, in_quotes(key));
            for (std::size_t j = i; j < std::min(elements.size(), i + elements_per_line); ++j) {
                text += ' ' + in_quotes(elements[j]);
            }
            line(text);
        }
    }
};

std::unique_ptr<DumpWriter> make_writer(Session& session, std::ostream& out, Progress& progress)
{
    if (session.dialect() == Dialect::memcached) {
        return std::make_unique<MemcachedWriter>(session.speaker(), out, progress);
    }
    return std::make_unique<RedisWriter>(session.speaker(), out, progress);
}

/// The number of items, if the server reports it.
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

ExitCode dump(Session& session, std::ostream& out)
{
    Progress progress(count_items(session));
    const auto writer = make_writer(session, out, progress);
    const auto lister = session.another(session.options());
    constexpr std::size_t keys_in_batch = 64;
    std::uint64_t listed = 0;
    std::vector<KeyInfo> batch;
    out << "# kvcli dump 1\n";
    list_keys(session.dialect(), *lister, {}, [&](KeyInfo&& info) {
        batch.push_back(std::move(info));
        if (batch.size() < keys_in_batch) return true;
        listed += batch.size();
        writer->write(std::exchange(batch, {}));
        progress.show(listed, writer->written());
        return true;
    });
    if (!batch.empty()) writer->write(std::move(batch));
    out.flush();
    if (!out) throw OutputLost("cannot write the dump");
    return writer->left_out() == 0 ? ExitCode::done : ExitCode::server_error;
}

}  // namespace kv::shell
