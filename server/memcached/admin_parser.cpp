#include "server/memcached/admin_parser.h"

#include "common/words.h"
#include "server/command/context.h"

#include <algorithm>
#include <utility>

namespace kv::memcached {

namespace {

constexpr std::string_view bad_class = "BADCLASS invalid class id";

constexpr unsigned classes = 64;  // memcached's; those of items have the numbers 1 to 63

/// Memory here is not cut into slab classes: everything is in class 1. nullopt: `word` is no list
/// of classes, as `all`, `hash` or 1,2,3; else whether class 1 is one of them.
std::optional<bool> has_items(std::string_view word)
{
    if (word == "all" || word == "hash") return true;
    bool found = false;
    while (true) {
        const std::size_t comma = word.find(',');
        const auto number = parse_number<unsigned>(word.substr(0, comma));
        if (!number || *number == 0 || *number >= classes) return std::nullopt;
        found = found || *number == 1;
        if (comma == std::string_view::npos) return found;
        word.remove_prefix(comma + 1);
    }
}

/// Answers OK if the words are what memcached would take.
void accept(Request& request, bool good, std::string_view error = bad_command)
{
    if (!good) return reject(request, error);
    request.operation = Accept{};
}

}  // namespace

namespace {

// stats detail <on | off | dump>
void parse_detail(const CommandWords& words, Request& request)
{
    const std::string_view how = words.count > 2 ? words[2] : std::string_view();
    if (how == "on") {
        request.operation = Detail{Detail::How::on};
    } else if (how == "off") {
        request.operation = Detail{Detail::How::off};
    } else if (how == "dump") {
        request.operation = Detail{Detail::How::dump};
    } else {
        reject(request, "CLIENT_ERROR usage: stats detail on|off|dump");
    }
}

// stats cachedump <class> <most items; 0: all>
void parse_cachedump(const CommandWords& words, Request& request)
{
    if (words.count < 4) return reject(request, "CLIENT_ERROR bad command line");
    const auto number = parse_number<std::uint32_t>(words[2]);
    const auto most = parse_number<std::uint32_t>(words[3]);
    if (!number || !most) return reject(request, bad_format);
    if (*number >= classes) return reject(request, "CLIENT_ERROR Illegal slab id");
    if (*number != 1) return reject(request, "END");
    request = dump_request({DumpForm::cachedump, *most == 0 ? SIZE_MAX : *most}, {});
}

}  // namespace

// stats [settings | items | slabs | sizes | conns | reset | detail ... | cachedump ...]
void parse_stats(const CommandWords& words, Request& request)
{
    const std::string_view group = words.count == 1 ? std::string_view() : words[1];
    if (group == "detail") return parse_detail(words, request);
    if (group == "cachedump") return parse_cachedump(words, request);
    if (group == "reset") {
        request.operation = ResetStats{};
        return;
    }
    constexpr std::array<std::pair<std::string_view, Stats::Group>, 6> groups{{
        {"", Stats::Group::general},
        {"settings", Stats::Group::settings},
        {"items", Stats::Group::items},
        {"conns", Stats::Group::clients},
        {"slabs", Stats::Group::slabs},
        {"sizes", Stats::Group::sizes},
    }};
    const auto* found = std::find_if(groups.begin(), groups.end(),
                                     [&](const auto& known) { return known.first == group; });
    if (found == groups.end()) return reject(request, bad_command);
    request.operation = Stats{found->second};
}

// watch [fetchers | mutations | evictions | connevents | deletions]*
void parse_watch(const CommandWords& words, Request& request)
{
    constexpr std::array<std::pair<std::string_view, unsigned>, 5> names{{
        {"fetchers", LogWatchers::fetchers},
        {"mutations", LogWatchers::mutations},
        {"evictions", LogWatchers::evictions},
        {"connevents", LogWatchers::connevents},
        {"deletions", LogWatchers::deletions},
    }};
    unsigned streams = words.count == 1 ? unsigned{LogWatchers::fetchers} : 0U;
    for (std::size_t i = 1; i < words.count; ++i) {
        const auto* name = std::find_if(names.begin(), names.end(),
                                        [&](const auto& known) { return known.first == words[i]; });
        if (name == names.end()) return reject(request, bad_command);
        streams |= name->second;
    }
    request.operation = Watch{streams};
}

// shutdown [graceful]
void parse_shutdown(const CommandWords& words, Request& request)
{
    if (words.count == 2 && words[1] != "graceful") {
        return reject(request, "ERROR: invalid shutdown mode");
    }
    request.operation = Shutdown{};
}

// debugtime <p | r | SECONDS>, as in memcached's debug build
void parse_debugtime(const CommandWords& words, Request& request)
{
    const auto seconds = parse_number<std::int64_t>(words[1]);
    if (words[1] == "p") {
        request.operation = SetClock{SetClock::How::pause};
    } else if (words[1] == "r") {
        request.operation = SetClock{SetClock::How::resume};
    } else if (seconds) {
        request.operation = SetClock{SetClock::How::move, std::chrono::seconds(*seconds)};
    } else {
        reject(request, bad_command);
    }
}

// cache_memlimit <megabytes> [noreply]
void parse_cache_memlimit(const CommandWords& words, Request& request)
{
    constexpr std::uint64_t least = 8;
    request.noreply = words.count == 3 && words[2] == "noreply";
    const auto megabytes = parse_number<std::uint32_t>(words[1]);
    if (!megabytes) return reject(request, bad_command);
    if (*megabytes < least) {
        return reject(request, "MEMLIMIT_TOO_SMALL cannot set maxbytes to less than 8m");
    }
    request.operation = SetMemoryLimit{std::uint64_t{*megabytes} << 20};
}

// lru_crawler <enable | disable | sleep N | tocrawl N | crawl CLASS | metadump CLASS,... | mgdump
// CLASS,...> Expired items are swept all the time, so only the dumps have something to do.
void parse_lru_crawler(const CommandWords& words, Request& request)
{
    const std::string_view what = words[1];
    if (words.count == 2) return accept(request, what == "enable" || what == "disable");
    if (what == "sleep" || what == "tocrawl") {
        return accept(request, parse_number<std::uint32_t>(words[2]).has_value(), bad_format);
    }
    const bool dumps = what == "metadump" || what == "mgdump";
    if (!dumps && what != "crawl") return reject(request, bad_command);
    const auto found = has_items(words[2]);
    if (!dumps || !found) return accept(request, found.has_value(), bad_class);
    const bool is_metadump = what == "metadump";
    if (!*found) return reject(request, is_metadump ? "END" : "EN");
    request = dump_request({is_metadump ? DumpForm::metadump : DumpForm::mgdump}, {});
}

// slabs <reassign SOURCE DEST | automove 0|1|2>
void parse_slabs(const CommandWords& words, Request& request)
{
    if (words.count == 4 && words[1] == "reassign") {
        return reject(request, "NOSPARE source class has no spare pages");
    }
    const bool is_mode = words.count == 3 && parse_number<unsigned>(words[2]).value_or(3) < 3;
    accept(request, is_mode && words[1] == "automove");
}

// lru <tune ... | mode flat|segmented | temp_ttl N>
void parse_lru(const CommandWords& words, Request& request)
{
    const std::string_view what = words[1];
    const bool known = what == "tune" || what == "mode" || what == "temp_ttl";
    accept(request, known && words.count > 2);
}

}  // namespace kv::memcached
