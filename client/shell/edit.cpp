#include "client/shell/items.h"

#include "client/errors.h"
#include "client/shell/terminal.h"
#include "common/quoting.h"
#include "common/words.h"

#include <fmt/format.h>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

namespace kv::shell {

using resp::Type;
using resp::Value;

namespace {

/// A file for the editor, readable only by its owner; removed at the end unless kept.
class PrivateFile {
public:
    explicit PrivateFile(std::string_view content)
    {
        const char* directory = std::getenv("TMPDIR");
        path_ = fmt::format("{}/kvcli-XXXXXX", directory == nullptr ? "/tmp" : directory);
        const int file = ::mkstemp(path_.data());
        if (file < 0) throw UsageError(fmt::format("cannot create a file in {}", path_));
        ::close(file);
        std::ofstream(path_, std::ios::binary) << content;
    }
    ~PrivateFile()
    {
        if (!is_kept_) ::unlink(path_.c_str());
    }
    PrivateFile(const PrivateFile&) = delete;
    PrivateFile& operator=(const PrivateFile&) = delete;

    [[nodiscard]] std::string content() const
    {
        std::ifstream file(path_, std::ios::binary);
        if (!file) throw UsageError(fmt::format("cannot read {}", path_));
        std::ostringstream bytes;
        bytes << file.rdbuf();
        return bytes.str();
    }
    [[nodiscard]] const std::string& keep()
    {
        is_kept_ = true;
        return path_;
    }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
    bool is_kept_ = false;
};

void run_editor(const std::string& path)
{
    const char* visual = std::getenv("VISUAL");
    const char* editor = visual != nullptr ? visual : std::getenv("EDITOR");
    // The variable may contain options, so a shell runs it; the path is ours and needs no quoting.
    const std::string command = fmt::format("{} '{}'", editor == nullptr ? "vi" : editor, path);
    const int status = std::system(command.c_str());  // NOLINT: the user's own editor
    if (status == -1 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        throw UsageError("the editor failed: nothing was stored");
    }
}

struct Edited {
    bool existed = false;
    std::string value;
    Command store;  ///< the command to store it, without the value at index 2
};

Value answer_of(Speaker& server, const Command& command)
{
    Value answer = server.ask(command);
    if (answer.type == Type::error) throw ServerError(harmless_line(answer.text));
    return answer;
}

/// Value, flags, cas and time left in one reply, which only meta commands give.
Edited fetch_memcached(Speaker& server, const std::string& key)
{
    const Value answer = answer_of(server, {"mg", key, "v", "f", "t", "c"});
    if (answer.elements.size() != 2) return {false, "", {"ms", key, "", "ME"}};
    Edited item{true, answer.elements[1].text, {"ms", key, ""}};
    std::string_view flags = answer.elements[0].text;
    for (auto flag = take_word(flags); !flag.empty(); flag = take_word(flags)) {
        const std::string number(flag.substr(1));
        if (flag[0] == 'f') item.store.push_back("F" + number);
        if (flag[0] == 'c') item.store.push_back("C" + number);
        if (flag[0] == 't' && number != "-1") item.store.push_back("T" + number);
    }
    return item;
}

Edited fetch_redis(Speaker& server, const std::string& key)
{
    (void)answer_of(server, {"WATCH", key});
    const Value answer = answer_of(server, {"GET", key});
    const Value left = answer_of(server, {"PTTL", key});
    Edited item{answer.type != Type::null, answer.text, {"SET", key, ""}};
    if (parse_number<std::int64_t>(left.text).value_or(-1) > 0) item.store.push_back("KEEPTTL");
    return item;
}

/// Whether it was stored; false: another client has changed it since.
bool store(Session& session, const Command& command)
{
    Speaker& server = session.speaker();
    if (session.dialect() == Dialect::memcached) {
        return answer_of(server, command).text.starts_with("HD");
    }
    (void)answer_of(server, {"MULTI"});
    (void)answer_of(server, command);
    return answer_of(server, {"EXEC"}).type != Type::null;
}

std::string edited_content(const PrivateFile& file, std::string_view before)
{
    std::string after = file.content();
    const bool added_line_end = after.ends_with('\n') && !before.ends_with('\n');
    if (added_line_end) after.pop_back();
    return after;
}

}  // namespace

ExitCode edit(Session& session, const std::string& key)
{
    Speaker& server = session.speaker();
    Edited item = session.dialect() == Dialect::memcached ? fetch_memcached(server, key)
                                                          : fetch_redis(server, key);
    PrivateFile file(item.value);
    run_editor(file.path());
    std::string after = edited_content(file, item.value);
    if (after == item.value) {
        std::cerr << "nothing has changed\n";
        if (session.dialect() == Dialect::redis) (void)server.ask({"UNWATCH"});
        return ExitCode::done;
    }
    item.store[2] = std::move(after);
    if (!session.is_connected()) {
        throw UsageError(fmt::format("the connection is gone; your text is in {}", file.keep()));
    }
    if (!store(session, item.store)) {
        throw UsageError(fmt::format("another client has changed {} meanwhile; your text is in {}",
                                     quoted_if_needed(key), file.keep()));
    }
    std::cerr << fmt::format("stored {} bytes\n", item.store[2].size());
    return ExitCode::done;
}

}  // namespace kv::shell
