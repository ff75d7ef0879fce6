// members.h: names that are each there once, with a value or without: what hashes, sets and sorted
// sets have in common.
//
// A few short names are a flat list, searched one by one: a small hash takes a third of the memory
// that a table would, and keeps its order. One name too many or too long makes it a table, which it
// stays. A large table is in shards, for the same reason as the store's (see table.h); a small one
// is not, since they alone would take ten kilobytes.
#pragma once

#include "server/store/bytes.h"
#include "server/store/walk.h"

#include <algorithm>
#include <unordered_set>
#include <utility>
#include <vector>

namespace kv {

/// Of a set's member.
struct NoValue {};

template <class Value>
struct Entry {
    BytesPtr name;
    std::uint32_t hash = 0;                       ///< of the name, as the store's KeyHash has it
    [[no_unique_address]] mutable Value value{};  ///< no part of the name: may change in a table

    [[nodiscard]] HashedKey key() const { return {name->view(), hash}; }
};
static_assert(sizeof(Entry<NoValue>) == 16 && sizeof(Entry<double>) == 24);

/// What a value takes of the heap beside its entry.
[[nodiscard]] inline std::size_t footprint(NoValue)
{
    return 0;
}
[[nodiscard]] inline std::size_t footprint(double)
{
    return 0;
}
[[nodiscard]] inline std::size_t footprint(const BytesPtr& value)
{
    return value->footprint();
}

/// Whether a value may stand in a flat list.
constexpr std::size_t most_flat_entries = 128;
constexpr std::size_t longest_flat_bytes = 64;
[[nodiscard]] inline bool is_short(NoValue)
{
    return true;
}
[[nodiscard]] inline bool is_short(double)
{
    return true;
}
[[nodiscard]] inline bool is_short(const BytesPtr& value)
{
    return value->size() <= longest_flat_bytes;
}

/// Under the store's lock.
template <class Value>
class Members {
public:
    using Member = Entry<Value>;
    using Flat = std::vector<Member>;

    [[nodiscard]] std::size_t size() const { return is_table() ? table_size_ : flat_.size(); }

    /// Valid until any name is added or removed. null: there is none.
    [[nodiscard]] const Member* find(const HashedKey& name) const;

    /// Adds a name that is not there; at the end of a flat list, or before `place` of it. Throws
    /// std::bad_alloc with nothing changed.
    void add(Member member) { add(std::move(member), flat_.size()); }
    void add(Member member, std::size_t place);

    /// Gives a name that is there another value, and returns the old one. Throws as add().
    Value replace(const Member& member, Value value);

    /// REQUIRES: the name is there.
    Member remove(const HashedKey& name);

    /// The entries while they are a flat list, in its order. null: they are a table.
    [[nodiscard]] const Flat* flat() const { return is_table() ? nullptr : &flat_; }

    /// From now on they are a table. Throws as add(). REQUIRES: they are none yet.
    void become_table() { make_table(1); }

    /// Whether they have to be, with one more of this size.
    [[nodiscard]] bool fits_flat(const Member& more) const
    {
        return flat_.size() < most_flat_entries && more.name->size() <= longest_flat_bytes &&
               is_short(more.value);
    }

    template <class Visit>
    void for_each(Visit visit) const;

    /// Calls visit(member) for those of the cursor's bucket and moves it on; all of a flat list are
    /// one. Promises what Table::visit_bucket does.
    template <class Visit>
    bool visit_bucket(Table::Cursor& cursor, Visit visit) const;

    /// One by chance: each about as likely as any other. `random` makes 32-bit numbers.
    /// REQUIRES: size() > 0.
    template <class Random>
    [[nodiscard]] const Member& any(Random&& random) const;

    /// What all of it takes of the heap.
    [[nodiscard]] std::size_t footprint() const;

private:
    struct HashOfMember {
        using is_transparent = void;
        std::size_t operator()(const Member& member) const noexcept { return member.hash; }
        std::size_t operator()(const HashedKey& name) const noexcept { return name.hash; }
    };
    struct SameName {
        using is_transparent = void;
        bool operator()(const Member& a, const Member& b) const
        {
            return a.hash == b.hash && a.name->view() == b.name->view();
        }
        bool operator()(const HashedKey& a, const Member& b) const
        {
            return a.hash == b.hash && a.bytes == b.name->view();
        }
        bool operator()(const Member& a, const HashedKey& b) const { return (*this)(b, a); }
    };

    using Shard = std::unordered_set<Member, HashOfMember, SameName>;
    using Shards = std::vector<Shard>;
    static constexpr unsigned shard_bits = 6;
    static constexpr std::size_t many_shards = std::size_t{1} << shard_bits;
    static constexpr std::size_t most_in_one_shard = 1024;

    /// The shard of a cursor in a table of one: no other table has it, and begins anew there.
    static constexpr std::size_t only_shard = many_shards;
    static_assert(only_shard < Table::shards);

    [[nodiscard]] bool is_table() const { return !table_.empty(); }

    /// The first bits choose the shard, all of them the bucket: their number is a prime.
    template <class Any>
    [[nodiscard]] static auto& shard_of(Any& shards, std::uint32_t hash)
    {
        return shards[shards.size() == 1 ? 0 : hash >> (32 - shard_bits)];
    }
    [[nodiscard]] static std::size_t bytes_of_buckets(const Shard& shard)
    {
        const std::size_t count = shard.bucket_count();
        return count == 1 ? 0 : heap_block(count * sizeof(void*));
    }
    void add_to(Shards& shards, Member member);
    void make_table(std::size_t shards);
    void shrink(Shard& shard) noexcept;

    Flat flat_;
    Shards table_;  ///< one shard or many; empty: the members are a flat list
    std::size_t table_size_ = 0;
    std::size_t bucket_bytes_ = 0;   ///< of the table
    std::size_t element_bytes_ = 0;  ///< of names and values
};

template <class Value>
const Entry<Value>* Members<Value>::find(const HashedKey& name) const
{
    if (is_table()) {
        const Shard& shard = shard_of(table_, name.hash);
        const auto found = shard.find(name);
        return found == shard.end() ? nullptr : &*found;
    }
    for (const Member& member : flat_) {
        if (SameName()(name, member)) return &member;
    }
    return nullptr;
}

template <class Value>
void Members<Value>::add(Member member, std::size_t place)
{
    const std::size_t bytes = member.name->footprint() + kv::footprint(member.value);
    if (!is_table() && !fits_flat(member)) become_table();
    if (is_table()) {
        if (table_.size() == 1 && table_size_ == most_in_one_shard) make_table(many_shards);
        add_to(table_, std::move(member));
        ++table_size_;
    } else {
        // By half and not twofold: most small hashes get no more fields than they begin with.
        const std::size_t count = flat_.size();
        if (count == flat_.capacity()) flat_.reserve(count + std::max<std::size_t>(1, count / 2));
        flat_.insert(flat_.begin() + static_cast<std::ptrdiff_t>(place), std::move(member));
    }
    element_bytes_ += bytes;
}

template <class Value>
void Members<Value>::add_to(Shards& shards, Member member)
{
    Shard& shard = shard_of(shards, member.hash);
    const std::size_t before = bytes_of_buckets(shard);
    shard.insert(std::move(member));
    bucket_bytes_ += bytes_of_buckets(shard) - before;
}

/// Throws as add().
template <class Value>
void Members<Value>::make_table(std::size_t shards)
{
    Shards table(shards);
    const std::size_t count = size();
    const std::size_t before = std::exchange(bucket_bytes_, 0);
    try {
        for_each([&](const Member& member) { add_to(table, member); });
    } catch (...) {
        bucket_bytes_ = before;
        throw;
    }
    table_ = std::move(table);
    table_size_ = count;
    Flat().swap(flat_);
}

template <class Value>
Value Members<Value>::replace(const Member& member, Value value)
{
    if (!is_table() && !is_short(value)) {
        const BytesPtr name = member.name;
        const std::uint32_t hash = member.hash;
        become_table();
        return replace(*find({name->view(), hash}), std::move(value));
    }
    element_bytes_ += kv::footprint(value) - kv::footprint(member.value);
    return std::exchange(member.value, std::move(value));
}

template <class Value>
Entry<Value> Members<Value>::remove(const HashedKey& name)
{
    Member removed;
    if (is_table()) {
        Shard& shard = shard_of(table_, name.hash);
        auto node = shard.extract(shard.find(name));
        removed = std::move(node.value());
        --table_size_;
        shrink(shard);
    } else {
        const auto found = std::find_if(flat_.begin(), flat_.end(), [&](const Member& member) {
            return SameName()(name, member);
        });
        removed = std::move(*found);
        flat_.erase(found);
    }
    element_bytes_ -= removed.name->footprint() + kv::footprint(removed.value);
    return removed;
}

/// Or a table that has been emptied would be searched in vain by any(). Without memory it stays.
template <class Value>
void Members<Value>::shrink(Shard& shard) noexcept
{
    constexpr std::size_t fewest = 64;
    if (shard.bucket_count() <= std::max(fewest, 8 * shard.size())) return;
    try {
        const std::size_t before = bytes_of_buckets(shard);
        shard.rehash(2 * shard.size());
        bucket_bytes_ -= before - bytes_of_buckets(shard);
    } catch (const std::bad_alloc&) {
    }
}

template <class Value>
template <class Visit>
void Members<Value>::for_each(Visit visit) const
{
    for (const Member& member : flat_) visit(member);
    for (const Shard& shard : table_) {
        for (const Member& member : shard) visit(member);
    }
}

template <class Value>
template <class Visit>
bool Members<Value>::visit_bucket(Table::Cursor& cursor, Visit visit) const
{
    if (!is_table()) {
        cursor = {};
        for_each(visit);
        return false;
    }
    const bool is_one = table_.size() == 1;
    const bool is_of_this = is_one ? cursor.shard == only_shard : cursor.shard < many_shards;
    if (!is_of_this) cursor = {};
    if (is_one) cursor.shard = 0;
    const bool more = kv::visit_bucket(table_, cursor, visit);
    if (is_one && more) cursor.shard = only_shard;
    return more;
}

template <class Value>
template <class Random>
const Entry<Value>& Members<Value>::any(Random&& random) const
{
    // A place in the longest chain that there usually is, so that short ones are not preferred.
    constexpr std::size_t long_chain = 4;
    std::size_t place = random() % size();
    if (!is_table()) return flat_[place];
    const Shard* shard = table_.data();
    while (place >= shard->size()) place -= (shard++)->size();
    for (;;) {
        const std::size_t bucket = random() % shard->bucket_count();
        const std::size_t chain = shard->bucket_size(bucket);
        const std::size_t link = random() % std::max(long_chain, chain);
        if (link < chain) {
            return *std::next(shard->begin(bucket), static_cast<std::ptrdiff_t>(link));
        }
    }
}

template <class Value>
std::size_t Members<Value>::footprint() const
{
    constexpr std::size_t node_bytes = heap_block(sizeof(void*) + sizeof(Member));
    if (!is_table()) {
        const std::size_t room = flat_.capacity() * sizeof(Member);
        return element_bytes_ + (room == 0 ? 0 : heap_block(room));
    }
    return element_bytes_ + heap_block(table_.size() * sizeof(Shard)) + table_size_ * node_bytes +
           bucket_bytes_;
}

}  // namespace kv
