#include "client/shell/key_lister.h"

#include "client/errors.h"
#include "client/shell/terminal.h"
#include "common/quoting.h"
#include "common/transport.h"
#include "common/words.h"

#include <fnmatch.h>

namespace kv::shell {

using resp::Type;
using resp::Value;

namespace {

/// "key=... exp=... la=... cas=... fetch=... cls=... size=..."; nullopt for any other line.
std::optional<KeyInfo> metadump_line(std::string_view line)
{
    KeyInfo info;
    bool has_key = false;
    for (auto word = take_word(line); !word.empty(); word = take_word(line)) {
        if (word.starts_with("key=")) {
            info.key = percent_decoded(word.substr(4));  // percent-encoded, as in a URI
            has_key = true;
        } else if (word.starts_with("size=")) {
            info.bytes = parse_number<std::uint64_t>(word.substr(5));
        } else if (word.starts_with("exp=") && word != "exp=-1") {
            info.expires_at = parse_number<std::int64_t>(word.substr(4));
        }
    }
    if (!has_key) return std::nullopt;
    return info;
}

enum class Crawl { done, busy, unknown };

/// One `lru_crawler metadump which`.
Crawl crawl(Speaker& speaker, const std::string& which, const KeyFilter& filter,
            const std::function<bool(KeyInfo&&)>& take)
{
    Crawl outcome = Crawl::done;
    std::uint64_t looked_at = 0;
    const std::chrono::milliseconds patience{0};
    speaker.listen({"lru_crawler", "metadump", which}, patience, [&](const Value& line) {
        if (line.text.starts_with("BUSY")) outcome = Crawl::busy;
        if (line.type == Type::error && which == "hash") outcome = Crawl::unknown;
        if (outcome != Crawl::done || line.text == "END") return false;
        if (line.type == Type::error) throw ServerError(harmless_line(line.text));
        auto info = metadump_line(line.text);
        const bool is_wanted = info && ::fnmatch(filter.pattern.c_str(), info->key.c_str(), 0) == 0;
        return (!is_wanted || take(std::move(*info))) && ++looked_at < filter.most_looked_at;
    });
    return outcome;
}

/// `hash` walks the table. `all`, the only one that older servers know, walks the LRU lists and
/// misses items used meanwhile, such as those that a dump gets as it lists them.
void list_memcached_keys(Speaker& speaker, const KeyFilter& filter,
                         const std::function<bool(KeyInfo&&)>& take)
{
    if (!filter.type.empty() && in_small_letters(filter.type) != "string") return;
    std::string which = "hash";
    // A server runs one crawl at a time; its own, or another client's, is soon over.
    for (int attempt = 0; attempt < 50; ++attempt) {
        switch (crawl(speaker, which, filter, take)) {
            case Crawl::done: return;
            case Crawl::unknown: which = "all"; break;
            case Crawl::busy:
                (void)wait_for(-1, Event::readable, -1,
                               std::chrono::steady_clock::now() + std::chrono::milliseconds(100));
        }
    }
    throw ServerError("BUSY: the server is listing its keys for another client");
}

void list_redis_keys(Speaker& speaker, const KeyFilter& filter,
                     const std::function<bool(KeyInfo&&)>& take)
{
    constexpr std::uint64_t page_size = 1000;
    std::uint64_t looked_at = 0;
    Command scan{"SCAN", "0", "MATCH", filter.pattern, "COUNT", std::to_string(page_size)};
    if (!filter.type.empty()) scan.insert(scan.end(), {"TYPE", filter.type});
    do {
        Value page = speaker.ask(scan);
        if (page.type == Type::error) throw ServerError(harmless_line(page.text));
        if (page.elements.size() != 2)
            throw NonsenseReply("the reply to SCAN is not a cursor and keys");
        for (Value& key : page.elements[1].elements) {
            if (!take({std::move(key.text), std::nullopt, std::nullopt})) return;
        }
        scan[1] = page.elements[0].text;
        looked_at += page_size;
    } while (scan[1] != "0" && looked_at < filter.most_looked_at);
}

}  // namespace

void list_keys(Dialect dialect, Speaker& speaker, const KeyFilter& filter,
               const std::function<bool(KeyInfo&&)>& take)
{
    if (dialect == Dialect::memcached) {
        list_memcached_keys(speaker, filter, take);
    } else {
        list_redis_keys(speaker, filter, take);
    }
}

}  // namespace kv::shell
