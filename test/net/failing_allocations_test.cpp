// When the heap gives nothing: whatever allocation fails, a request is answered with an error, or
// its connection closed, with the store as it was; and no other client notices.
#define BOOST_TEST_MODULE failing_allocations

#include "server/memcached/dialect.h"
#include "server/resp/dialect.h"
#include "server/store/edit.h"
#include "server/store/walk.h"
#include "test/support/no_server.h"
#include "test/support/redis_talk.h"
#include "test/support/running_server.h"
#include "test/support/store_talk.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <map>
#include <tuple>

namespace {

enum class Failing { none, once, from_then_on };

/// Of this thread: after so many allocations that succeed one fails, or all do.
thread_local Failing failing = Failing::none;
thread_local unsigned left = 0;
thread_local bool has_failed = false;

/// Of every thread but those of the test: those of so many bytes or more fail.
constexpr std::size_t none = SIZE_MAX;
std::atomic<std::size_t> server_fails_from{none};
thread_local bool is_of_test = false;

bool fails(std::size_t bytes)
{
    if (bytes >= server_fails_from.load(std::memory_order_relaxed) && !is_of_test) return true;
    if (failing == Failing::none || left-- > 0) return false;
    left = 0;
    has_failed = true;
    if (failing == Failing::once) failing = Failing::none;
    return true;
}

}  // namespace

extern "C" void* malloc_of_libc(std::size_t bytes) noexcept __asm__("__libc_malloc");

// What operator new calls, and what items are made with.
extern "C" void* malloc(std::size_t bytes) noexcept
{
    if (!fails(bytes)) return malloc_of_libc(bytes);
    errno = ENOMEM;
    return nullptr;
}

namespace {

using kv::test::request;
using kv::test::StoreTalk;

/// A peer that needs no memory: it sends a text in pieces, and closes.
class Peer final : public kv::Transport {
public:
    Peer(std::string_view text, std::size_t piece) : text_(text), piece_(piece) {}

    std::optional<std::size_t> try_read(std::span<char> into) override
    {
        const std::size_t bytes = text_.copy(into.data(), std::min(piece_, into.size()));
        text_.remove_prefix(bytes);
        return bytes;
    }
    std::size_t try_write(std::string_view head, std::string_view tail) override
    {
        for (const std::string_view bytes : {head, tail}) {
            size_ += bytes.copy(replies_.data() + size_, replies_.size() - size_);
        }
        return head.size() + tail.size();
    }
    kv::Wakeup wait(kv::Event, const kv::Mailbox*, kv::Deadline) override
    {
        return kv::Wakeup::readable;
    }
    [[nodiscard]] std::string replies() const { return {replies_.data(), size_}; }

private:
    std::string_view text_;
    std::size_t piece_;
    std::array<char, 1 << 16> replies_;
    std::size_t size_ = 0;
};

using Contents = std::map<std::string, std::tuple<std::string, std::uint32_t, kv::UnixMillis>>;

struct Outcome {
    std::string replies;
    Contents contents;
    std::size_t used = 0;  ///< of the memory budget
    bool failed = false;   ///< an allocation
};

kv::HashedKey hashed(kv::Store& store, std::string_view text)
{
    return store.hashed(text);
}

/// A list, a hash and a sorted set of three each.
void fill_collections(kv::Store& store)
{
    kv::Transaction transaction(store);
    kv::Opened<kv::List> list(transaction, hashed(store, "list"));
    kv::Opened<kv::Hash> hash(transaction, hashed(store, "hash"));
    kv::Opened<kv::SortedSet> sorted(transaction, hashed(store, "sorted"));
    for (const std::string_view name : {"a", "b", "c"}) {
        const kv::BytesPtr element = kv::Bytes::make(name);
        const std::uint32_t hash_of_name = hashed(store, name).hash;
        list.apply(kv::Push{kv::End::back, element});
        hash.apply(kv::SetField{{element, hash_of_name, element}});
        sorted.apply(kv::SetScore{{element, hash_of_name, 1.5}});
    }
}

/// The value of an item; of a collection its elements, in their order if they have one.
std::string text_of(const kv::Row& row)
{
    if (!row->is_collection()) return std::string(row->value());
    std::vector<std::string> elements;
    const kv::Collection* const all = kv::collection_of(*row.item());
    const auto* const list = dynamic_cast<const kv::List*>(all);
    if (list != nullptr) {
        for (const auto& element : list->elements()) elements.emplace_back(element->view());
    } else if (const auto* hash = dynamic_cast<const kv::Hash*>(all)) {
        hash->for_each([&](const kv::Hash::Field& field) {
            elements.push_back(std::string(field.name->view()) + "=" +
                               std::string(field.value->view()));
        });
    } else if (const auto* sorted = dynamic_cast<const kv::SortedSet*>(all)) {
        sorted->scores().for_each([&](const kv::SortedSet::Member& member) {
            elements.push_back(std::string(member.name->view()) + ":" +
                               std::to_string(member.value));
        });
    }
    if (list == nullptr) std::sort(elements.begin(), elements.end());
    std::string text;
    for (const std::string& element : elements) text += element + " ";
    return text;
}

/// What a request does to a store with a few items.
template <class Dialect>
class Subject {
public:
    Subject(std::string text, std::size_t piece) : text_(std::move(text)), piece_(piece) {}

    [[nodiscard]] Outcome run(Failing how = Failing::none, unsigned after = 0) const
    {
        StoreTalk talk(std::size_t{1} << 20);
        talk.put("text", std::string(100, 'x'));
        talk.put("other", "y");
        talk.put("number", "41");
        talk.put("brief", "z", talk.clock.now() + std::chrono::hours(1));
        fill_collections(talk.store);
        Peer peer(text_, piece_);
        {
            kv::test::NoServer server;
            kv::ClientRecord client(1, "test", "nowhere", "here");
            kv::BufferedStream stream(peer, {});
            Dialect dialect(talk.store, std::size_t{1} << 20);
            const kv::Context context{talk.store, server, client};
            has_failed = false;
            left = after;
            failing = how;
            try {
                (void)converse(stream, dialect, context, nullptr);
            } catch (const std::exception&) {  // a session closes then
            }
            failing = Failing::none;
        }
        while (talk.store.unstored().unread.release()) {
        }
        return {peer.replies(), contents_of(talk.store), talk.store.budget().used(), has_failed};
    }

private:
    static Contents contents_of(kv::Store& store)
    {
        Contents contents;
        kv::Transaction transaction(store);
        for (kv::Space* const space : transaction.databases()) {
            const kv::InSpace there(transaction, *space);
            const std::string where = space->number == 0 ? "" : std::to_string(space->number) + "/";
            kv::Table::Cursor cursor;
            while (transaction.visit_bucket(cursor, [&](const kv::Row& row) {
                contents[where + std::string(row->key())] = {text_of(row), row->flags,
                                                             row->expires};
            })) {
            }
        }
        return contents;
    }

    std::string text_;
    std::size_t piece_;
};

bool tells_want_of_memory(const std::string& replies)
{
    return replies.find("out of memory") != std::string::npos ||
           replies.find("OOM") != std::string::npos;
}

/// A set of memcache:// that fails leaves no stale value: it is as if it had deleted the key.
template <class Dialect>
std::string when_it_fails(const std::string& text)
{
    const bool drops =
        std::is_same_v<Dialect, kv::memcached::Dialect> && text.starts_with("set text");
    return drops ? "delete text\r\n" : "";
}

/// Lets each allocation fail, until the request needs no more.
template <class Dialect>
void check_each_allocation(const std::string& text, std::size_t piece, Failing how)
{
    const Subject<Dialect> subject(text, piece);
    const Outcome nothing = Subject<Dialect>("", 1).run();
    const Outcome refused = Subject<Dialect>(when_it_fails<Dialect>(text), 1 << 16).run();
    const Outcome whole = subject.run();
    for (unsigned after = 0;; ++after) {
        const Outcome outcome = subject.run(how, after);
        const bool done = outcome.replies == whole.replies;
        const bool is_refused = tells_want_of_memory(outcome.replies);
        const Outcome& expected = done ? whole : is_refused ? refused : nothing;
        BOOST_TEST_CONTEXT(text << " in pieces of " << piece << ", allocation " << after)
        {
            BOOST_TEST((done || outcome.replies.empty() || tells_want_of_memory(outcome.replies)),
                       outcome.replies);
            BOOST_TEST((outcome.contents == expected.contents));
            BOOST_TEST(outcome.used == expected.used);
        }
        if (!outcome.failed) break;
        BOOST_REQUIRE(after < 1000U);
    }
}

template <class Dialect>
void check_in_every_way(const std::string& text)
{
    for (const std::size_t piece : {std::size_t{1} << 16, std::size_t{5}}) {
        for (const Failing how : {Failing::once, Failing::from_then_on}) {
            check_each_allocation<Dialect>(text, piece, how);
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(redis_commands)
{
    const std::string longer(100, 'v');
    const std::vector<std::string> lines{"SET new " + longer,
                                         "SET text " + longer + " EX 100",
                                         "SET text a GET",
                                         "SETNX new " + longer,
                                         "SETEX text 10 " + longer,
                                         "GET text",
                                         "GETDEL text",
                                         "GETSET text v",
                                         "APPEND text " + longer,
                                         "SETRANGE text 90 " + longer,
                                         "GETRANGE text 0 -1",
                                         "INCR number",
                                         "INCRBYFLOAT number 0.5",
                                         "DECRBY new 7",
                                         "MSET text " + longer + " other " + longer,
                                         "MGET text other none",
                                         "DEL text other",
                                         "RENAME text fresh",
                                         "COPY text other REPLACE",
                                         "EXPIRE text 100",
                                         "PERSIST brief",
                                         "KEYS t*",
                                         "SCAN 0 COUNT 100 MATCH t*",
                                         "TTL brief",
                                         "FLUSHALL",
                                         "NONSENSE a b c"};
    for (const std::string& line : lines) {
        check_in_every_way<kv::resp::Dialect>(request(line));
    }
}

BOOST_AUTO_TEST_CASE(redis_collections)
{
    const std::string longer(100, 'v');
    const std::vector<std::string> lines{"RPUSH list " + longer,
                                         "RPUSH new a",
                                         "LPOP list 3",
                                         "LMPOP 2 none list LEFT COUNT 2",
                                         "LMOVE list list LEFT RIGHT",
                                         "LMOVE list new RIGHT LEFT",
                                         "BLPOP none list 0",
                                         "BLMPOP 0 1 list RIGHT COUNT 3",
                                         "BLMOVE list new LEFT LEFT 0",
                                         "HSET hash a " + longer,
                                         "HSET new a b",
                                         "HDEL hash a b c",
                                         "ZADD sorted 2 " + longer,
                                         "ZADD new 2 a",
                                         "ZPOPMIN sorted 3",
                                         "ZMPOP 1 sorted MAX COUNT 2",
                                         "BZPOPMAX sorted 0",
                                         "BZMPOP 0 2 none sorted MIN COUNT 2",
                                         "RENAME list hash",
                                         "COPY hash text REPLACE",
                                         "COPY list new DB 3"};
    for (const std::string& line : lines) check_in_every_way<kv::resp::Dialect>(request(line));
}

BOOST_AUTO_TEST_CASE(redis_databases)
{
    const std::string longest(64, 'n');
    const std::vector<std::string> lines{"SELECT 3", "SELECT " + longest, "MOVE list 3",
                                         "MOVE brief 3", "SWAPDB 0 3"};
    for (const std::string& line : lines) check_in_every_way<kv::resp::Dialect>(request(line));
}

BOOST_AUTO_TEST_CASE(memcached_commands)
{
    const std::string block = "100\r\n" + std::string(100, 'v') + "\r\n";
    const std::vector<std::string> texts{"set new 7 0 " + block,
                                         "set text 7 100 " + block,
                                         "add new 0 0 " + block,
                                         "replace text 0 0 " + block,
                                         "append text 0 0 " + block,
                                         "prepend text 0 0 " + block,
                                         "cas text 0 0 100 1\r\n" + block.substr(5),
                                         "get text\r\n",
                                         "gets text other none number brief\r\n",
                                         "gat 100 text other\r\n",
                                         "incr number 59\r\n",
                                         "decr number 40\r\n",
                                         "touch text 100\r\n",
                                         "delete text\r\n",
                                         "mg text v k t f\r\n",
                                         "ms new 100 T10\r\n" + block.substr(5),
                                         "md text\r\n",
                                         "ma number\r\n",
                                         "flush_all\r\n",
                                         "nonsense\r\n"};
    for (const std::string& text : texts) {
        check_in_every_way<kv::memcached::Dialect>(text);
    }
}

// Others see all of a transaction or nothing. A command in it that lacks memory is answered so, and
// those around it count, as Redis has it with any error amid EXEC.
BOOST_AUTO_TEST_CASE(a_transaction)
{
    const Subject<kv::resp::Dialect> subject(
        request("MULTI") + request("SET text a") + request("INCR number") + request("EXEC"),
        1 << 16);
    const Outcome whole = subject.run();
    for (unsigned after = 0;; ++after) {
        const Outcome outcome = subject.run(Failing::once, after);
        const bool set = std::get<0>(outcome.contents.at("text")) == "a";
        const bool counted = std::get<0>(outcome.contents.at("number")) == "42";
        BOOST_TEST_CONTEXT("allocation " << after << ": " << outcome.replies)
        {
            BOOST_TEST((set == counted || tells_want_of_memory(outcome.replies)));
            BOOST_TEST(((outcome.replies == whole.replies) == (set && counted)));
        }
        if (!outcome.failed) break;
    }
}

namespace {

/// Waits for a list, and takes its first element with a copy, as a session's does.
class Popper final : public kv::Waiter {
public:
    explicit Popper(const std::shared_ptr<kv::Mailbox>& mailbox)
        : Waiter(2, mailbox, kv::ItemType::list)
    {
    }

    bool serve(kv::Transaction& store, const kv::HashedKey& key) override
    {
        kv::Opened<kv::List> list(store, key);
        auto taken = std::make_unique<std::string>(list->at(kv::End::front)->view());
        list.apply(kv::Pop{kv::End::front});
        popped = std::move(taken);
        return true;
    }

    std::unique_ptr<std::string> popped;
};

}  // namespace

// What is pushed goes to the waiter, or is stored while the waiter stays in line, or is refused.
BOOST_AUTO_TEST_CASE(a_push_that_serves_a_waiter)
{
    const std::string text = request("RPUSH key element");
    for (unsigned after = 0;; ++after) {
        StoreTalk talk(std::size_t{1} << 20);
        const auto mailbox = std::make_shared<kv::Mailbox>();
        mailbox->open(nullptr);
        Popper waiter(mailbox);
        const std::array keys{hashed(talk.store, "key"), hashed(talk.store, "other")};
        kv::Transaction(talk.store).enqueue(waiter, keys);
        Peer peer(text, text.size());
        bool failed = false;
        {
            kv::test::NoServer server;
            kv::ClientRecord client(1, "test", "nowhere", "here");
            kv::BufferedStream stream(peer, {});
            kv::resp::Dialect dialect(talk.store, std::size_t{1} << 20);
            has_failed = false;
            left = after;
            failing = Failing::once;
            try {
                (void)converse(stream, dialect, {talk.store, server, client}, nullptr);
            } catch (const std::exception&) {
            }
            failing = Failing::none;
            failed = has_failed;
        }
        while (talk.store.unstored().unread.release()) {
        }
        const bool is_served = waiter.popped != nullptr;
        BOOST_TEST_CONTEXT("allocation " << after << ": " << peer.replies())
        {
            if (is_served) BOOST_TEST(talk.size() == 0U);
            if (peer.replies() == ":1\r\n") BOOST_TEST((is_served || talk.size() == 1U));
            BOOST_TEST(talk.bytes() == talk.store.budget().used());
            BOOST_TEST((waiter.state() == kv::Waiter::State::served) == is_served);
            BOOST_TEST(kv::Transaction(talk.store).waiting_clients() == (is_served ? 0U : 1U));
        }
        (void)kv::Transaction(talk.store).end_wait(waiter);
        if (!failed) {
            BOOST_TEST(is_served);
            break;
        }
    }
}

// A session cannot even say what went wrong, nor a listener that it has no memory for a client.
BOOST_AUTO_TEST_CASE(a_server_without_any_memory_outlives_it)
{
    is_of_test = true;
    kv::Options options;
    options.request_timeout = std::chrono::milliseconds(50);
    const kv::test::RunningServer server(options,
                                         {"memcache://127.0.0.1:0", "redis://127.0.0.1:0"});
    kv::test::RawClient before = server.connect();
    kv::test::RawClient half = server.connect();
    BOOST_TEST(before.answers("set k 0 0 1\r\nx\r\n", "STORED\r\n"));
    half.send("get");
    server_fails_from = 256;  // as for a session, but not for its socket
    BOOST_TEST(server.connect(0).read_all() == "ERROR Too many open connections\r\n");
    BOOST_TEST(server.connect(1).read_all() == "-ERR max number of clients reached\r\n");
    server_fails_from = 0;
    (void)server.connect().read_all();  // it may be told or not, but it is closed
    BOOST_TEST(half.read_all() == "");
    server_fails_from = none;
    BOOST_TEST(server.connect().answers("get k\r\n", "VALUE k 0 1\r\nx\r\nEND\r\n"));
    BOOST_TEST(before.answers("get k\r\n", "VALUE k 0 1\r\nx\r\nEND\r\n"));
}
