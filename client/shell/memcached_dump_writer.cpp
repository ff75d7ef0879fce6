#include "client/shell/dump_writer.h"
#include "client/shell/json.h"
#include "client/shell/terminal_text.h"
#include "common/memcached_key.h"
#include "common/words.h"

namespace kv::shell {

using resp::Type;
using resp::Value;

namespace {

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
    /// A key that no classic command can name was set with base64, and can be asked for so.
    static Command question(const std::string& key)
    {
        if (memcached::is_key(key)) return {"gets", key};
        return {"mg", base64(key), "b", "v", "f"};
    }

    void write_item(const KeyInfo& info, const Value& answer)
    {
        if (answer.type == Type::error) return leave_out(info.key, printable(answer.text));
        if (answer.elements.size() < 2) return;  // gone since it was listed
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

}  // namespace

std::unique_ptr<DumpWriter> memcached_dump_writer(Speaker& server, std::ostream& out)
{
    return std::make_unique<MemcachedWriter>(server, out);
}

}  // namespace kv::shell
