#include "client/shell/dump_writer.h"
#include "client/shell/terminal_text.h"
#include "common/parse_number.h"
#include "common/quoting.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace kv::shell {

using resp::Type;
using resp::Value;

namespace {

/// How a Redis type is read, and with which command it is written again.
struct TypeRow {
    std::string_view type;
    Command question;  ///< the key goes to place 1
    std::string_view writer;
};

const TypeRow type_rows[] = {
    {"string", {"GET", ""}, "set"},
    {"list", {"LRANGE", "", "0", "-1"}, "rpush"},
    {"set", {"SMEMBERS", ""}, "sadd"},
    {"hash", {"HGETALL", ""}, "hset"},
    {"zset", {"ZRANGE", "", "0", "-1", "WITHSCORES"}, "zadd"},
};

/// Elements in the order in which they are written: a sorted set is read as member, score and
/// written as score, member; under RESP3 each pair may come as an array of its own.
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
            if (answers[i].text == "none") continue;  // gone since it was listed
            if (row == std::end(type_rows)) {
                leave_out(batch[i].key, "type " + printable(answers[i].text));
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
        if (value.type == Type::error) return leave_out(key, printable(value.text));
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

    /// Loaded over what is there already it would grow, so it begins with del; and a line has an
    /// end.
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

}  // namespace

std::unique_ptr<DumpWriter> redis_dump_writer(Speaker& server, std::ostream& out)
{
    return std::make_unique<RedisWriter>(server, out);
}

}  // namespace kv::shell
