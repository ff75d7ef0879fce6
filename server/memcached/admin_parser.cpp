#include "server/memcached/admin_parser.h"

#include "common/parse_number.h"

namespace kv::memcached {

namespace {

constexpr std::string_view bad_class = "BADCLASS invalid class id";

/// Memory here is not cut into slab classes: everything is in class 1.
bool is_class(std::string_view word)
{
    return word == "all" || word == "hash" || parse_number<std::uint32_t>(word).has_value();
}

Line done()
{
    return Request{Accept{}};
}

}  // namespace

// stats [settings | items | slabs | sizes | conns | reset | detail ...]
Line parse_stats(const CommandWords& words, std::string_view)
{
    if (words.count == 1) return Request{Stats{}};
    const std::string_view group = words[1];
    if (group == "settings") return Request{Stats{Stats::Group::settings}};
    if (group == "items") return Request{Stats{Stats::Group::items}};
    if (group == "conns") return Request{Stats{Stats::Group::clients}};
    if (group == "slabs" || group == "sizes") return Request{Stats{Stats::Group::none}};
    if (group == "reset") return Request{ResetStats{}};
    return reject(bad_command);
}

// shutdown [graceful]
Line parse_shutdown(const CommandWords& words, std::string_view)
{
    if (words.count == 2 && words[1] != "graceful") return reject("ERROR: invalid shutdown mode");
    return Request{Shutdown{}};
}

// debugtime <p | r | SECONDS>, as in memcached's debug build
Line parse_debugtime(const CommandWords& words, std::string_view)
{
    if (words[1] == "p") return Request{SetClock{SetClock::How::pause}};
    if (words[1] == "r") return Request{SetClock{SetClock::How::resume}};
    const auto seconds = parse_number<std::int64_t>(words[1]);
    if (!seconds) return reject(bad_command);
    return Request{SetClock{SetClock::How::move, std::chrono::seconds(*seconds)}};
}

// cache_memlimit <megabytes> [noreply]
Line parse_cache_memlimit(const CommandWords& words, std::string_view)
{
    constexpr std::uint64_t least = 8;
    const bool noreply = words.count == 3 && words[2] == "noreply";
    const auto megabytes = parse_number<std::uint32_t>(words[1]);
    if (!megabytes) return reject(bad_command, noreply);
    if (*megabytes < least) {
        return reject("MEMLIMIT_TOO_SMALL cannot set maxbytes to less than 8m", noreply);
    }
    return Request{SetMemoryLimit{std::uint64_t{*megabytes} << 20}, noreply};
}

// lru_crawler <enable | disable | sleep N | tocrawl N | crawl CLASS | metadump CLASS | mgdump
// CLASS> Expired items are swept all the time, so only the dumps have something to do.
Line parse_lru_crawler(const CommandWords& words, std::string_view)
{
    const std::string_view what = words[1];
    if (words.count == 2)
        return what == "enable" || what == "disable" ? done() : reject(bad_command);
    if (what == "sleep" || what == "tocrawl") {
        return parse_number<std::uint32_t>(words[2]) ? done() : reject(bad_format);
    }
    if (what != "crawl" && what != "metadump" && what != "mgdump") return reject(bad_command);
    if (!is_class(words[2])) return reject(bad_class);
    if (what == "crawl") return done();
    return dump_request(what == "metadump" ? DumpForm::metadump : DumpForm::mgdump, {});
}

// slabs <reassign SOURCE DEST | automove 0|1|2>
Line parse_slabs(const CommandWords& words, std::string_view)
{
    if (words.count == 4 && words[1] == "reassign") {
        return reject("NOSPARE source class has no spare pages");
    }
    const bool is_mode = words.count == 3 && parse_number<unsigned>(words[2]).value_or(3) < 3;
    return is_mode && words[1] == "automove" ? done() : reject(bad_command);
}

// lru <tune ... | mode flat|segmented | temp_ttl N>
Line parse_lru(const CommandWords& words, std::string_view)
{
    const std::string_view what = words[1];
    const bool known = what == "tune" || what == "mode" || what == "temp_ttl";
    return known && words.count > 2 ? done() : reject(bad_command);
}

}  // namespace kv::memcached
