// request.h: a request of the memcached text protocol, read and ready to be executed.
#pragma once

#include "server/command/execute.h"
#include "server/command/expiry.h"
#include "server/memcached/meta_flags.h"
#include "server/store/draft.h"
#include "server/store/table.h"

#include <chrono>
#include <cstdint>
#include <optional>

namespace kv::memcached {

// What a request asks for. Those for one key find it in the Request.

struct Get {};

/// Reads and gives a new expiry, in one step.
struct GetAndTouch {
    Expiry expiry;
};

/// Stores the value, if what is stored under its key already lets it.
struct Put {
    enum class Mode : std::uint8_t { set, add, replace, append, prepend, cas };
    Put() {}  // not defaulted: as Request()
    Mode mode = Mode::set;
    std::uint32_t flags = 0;  ///< the client's own
    Expiry expiry = {};
    bool binary_key = false;
    std::string_view value = {};  ///< in the input, if it came with its line: to be copied; else
    std::optional<Draft> draft = {};            ///< what it was read into
    std::size_t max_value_bytes = 0;            ///< what append and prepend may come to
    std::optional<std::uint64_t> compare = {};  ///< store only if the item still has this number
    std::optional<std::uint64_t> new_cas = {};  ///< the number it is to get
    /// If `compare` is older than the item: store all the same, but as stale.
    bool invalidate = false;
    /// Append to nothing makes a new item with this expiry.
    std::optional<Expiry> vivify = {};
    bool meta = false;  ///< came as a meta command
};

/// A storage command whose value cannot be stored. What the key of a set had goes with it, so that
/// nobody goes on being served what is out of date.
struct Unstorable {
    bool too_large;  ///< else there is no memory for it
    bool drops_old;
};

struct Delete {};

/// On a value that is a decimal number of 64 bits: adding wraps around, subtracting stops at 0
/// (protocol.txt, "Increment/Decrement").
struct Arithmetic {
    std::uint64_t delta;
    bool subtract;
};

struct Touch {
    Expiry expiry;
};

/// Drops everything stored by then.
struct Flush {
    Expiry when;  ///< "forever" means now here: a flush without a delay
};

struct Version {};

/// A setting of something that this server has not, or that is not for its clients to set:
/// answered with OK, and left alone.
struct Accept {};

struct Stats {
    enum class Group : std::uint8_t { general, settings, items, slabs, sizes, clients };
    Group group = Group::general;
};

/// Counting by prefix (stats detail): to begin or end it, or to tell the counts.
struct Detail {
    enum class How : std::uint8_t { on, off, dump } how;
};

/// From now on this client is told what memcached would log.
struct Watch {
    unsigned streams;  ///< of LogWatchers
};

/// Sets the counters to zero; what is stored and who is connected stays as it is.
struct ResetStats {};

struct SetMemoryLimit {
    std::uint64_t bytes;
};

/// Stops the server, if that is allowed.
struct Shutdown {};

/// Stops, frees or moves the clock, if that is a virtual one.
struct SetClock {
    enum class How : std::uint8_t { pause, resume, move };
    How how;
    std::chrono::seconds by{0};  ///< of move
};

// The meta commands (protocol.txt, "Meta Commands") do in one step what takes several of the
// others.

/// Reads an item with all that is known of it; may make it, and may give this client the task to
/// renew it.
struct MetaGet {
    bool keep_unused = false;              ///< does not count as a use of the item
    std::optional<Expiry> touch;           ///< give it this expiry
    bool touch_first = false;              ///< before vivify, and so of no effect on a new item
    bool recache_first = false;            ///< recache looks at the expiry before the touch
    std::optional<Expiry> vivify;          ///< on a miss, make an empty item with this expiry
    std::optional<Expiry> recache;         ///< if it expires before this, one client is to renew it
    std::optional<std::uint64_t> compare;  ///< no value if the item still has this number
    std::optional<std::uint64_t> new_cas;  ///< of an item made on a miss
    bool binary_key = false;
};

/// Drops an item, or only marks it.
struct MetaDelete {
    std::optional<std::uint64_t> compare;
    std::optional<std::uint64_t> new_cas;
    bool invalidate = false;      ///< mark it stale instead
    bool drop_value = false;      ///< keep the item, with an empty value
    std::optional<Expiry> touch;  ///< for an item that stays
};

struct MetaArithmetic {
    std::uint64_t delta = 1;
    bool subtract = false;
    std::optional<std::uint64_t> compare;
    std::optional<std::uint64_t> new_cas;
    std::optional<Expiry> touch;
    bool touch_first = false;      ///< as in MetaGet
    std::optional<Expiry> vivify;  ///< on a miss, make an item of the initial number
    std::uint64_t initial = 0;
    bool binary_key = false;
};

/// Everything that is known of an item, for people.
struct MetaDebug {};

/// The next few rows of the table, from where the last such operation stopped.
struct Walk {
    Table::Cursor cursor;
};

using Operation =
    std::variant<Get, GetAndTouch, Put, Unstorable, Delete, Arithmetic, Touch, Flush, Version,
                 Accept, Stats, Detail, Watch, ResetStats, SetMemoryLimit, Shutdown, SetClock,
                 MetaGet, MetaDelete, MetaArithmetic, MetaDebug, Walk, Reject, NoOp>;

/// The ways to list all keys (lru_crawler, stats cachedump).
enum class DumpForm : std::uint8_t { metadump, mgdump, cachedump };

struct Dump {
    DumpForm form;
    std::size_t most = SIZE_MAX;  ///< items
};

/// A storage command's data block, which follows its line.
struct Block {
    std::uint64_t bytes = 0;
    bool bare = false;       ///< of the three-word `set key len`: no line end is required after it
    bool to_come = false;    ///< it was not in the input with its line
    bool too_large = false;  ///< more than an item may have: it is skipped
    std::string_view error = {};  ///< if there is one: the block is skipped, and this answered

    [[nodiscard]] bool is_skipped() const { return too_large || !error.empty(); }
};

/// The operation, and what else the dialect and the encoder need to know. Views are valid until the
/// next batch of requests is read.
struct Request {
    Request() {}  // not defaulted: a Request() would be filled with zeros first, all of it
    explicit Request(Operation what) : operation(std::move(what)) {}

    Operation operation;
    HashedKey key{};
    bool noreply = false;             ///< the client wants no answer, not even an error
    bool with_cas = false;            ///< gets, gats: VALUE lines carry the cas number
    bool closes = false;              ///< the conversation ends with this request's answer
    std::string_view more_keys{};     ///< of a get with many keys, those after this one: no END yet
    bool line_goes_on = false;        ///< of a long get: there is more of its line to come
    std::optional<Block> block = {};  ///< of a storage command
    std::optional<MetaFlags> meta = {};  ///< of a meta command: what its answer echoes
    std::optional<Dump> dump = {};       ///< of a step of a dump: how it is written

    /// Whether this is the last key of its get, or the only one.
    [[nodiscard]] bool is_last_key() const { return more_keys.empty() && !line_goes_on; }
};

}  // namespace kv::memcached
