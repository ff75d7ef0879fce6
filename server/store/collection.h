// collection.h: values that have elements: lists, hashes, sets, sorted sets.
//
// An item of such a type has, in the place of its value, a pointer to its collection, which goes
// with it. The collection is looked at and changed under the store's lock only; a reader copies
// references to its elements out, and sends them when the lock is gone. It changes only by the
// edits of edit.h.
#pragma once

#include "server/store/members.h"

#include <boost/container/deque.hpp>

#include <cstddef>
#include <memory>
#include <vector>

#include <ext/pb_ds/assoc_container.hpp>
#include <ext/pb_ds/tree_policy.hpp>

namespace kv {

class Collection {
public:
    virtual ~Collection() = default;

    [[nodiscard]] virtual std::size_t size() const = 0;

    /// What it takes of the heap, in bytes, its elements included.
    [[nodiscard]] virtual std::size_t footprint() const = 0;

    /// A collection of its own with the same elements, which are shared. Throws std::bad_alloc.
    [[nodiscard]] virtual std::unique_ptr<Collection> copy() const = 0;

    /// What is charged for it: the footprint when its last edits were settled.
    std::size_t charged = 0;
};

/// How many bytes of value an item has for its collection: a pointer, wherever it is aligned.
constexpr std::size_t collection_room = sizeof(void*) + alignof(void*) - 1;

/// The collection of an item of such a type; null for other items.
[[nodiscard]] Collection* collection_of(const Item& item);
void set_collection(Item& item, Collection* collection);

enum class End : std::uint8_t { front, back };

class List final : public Collection {
public:
    static constexpr ItemType type = ItemType::list;

    // In blocks of 32 elements: a short list stays small.
    using Elements = boost::container::deque<
        BytesPtr, void, boost::container::deque_options_t<boost::container::block_bytes<256U>>>;

    [[nodiscard]] std::size_t size() const override { return elements_.size(); }
    [[nodiscard]] std::size_t footprint() const override;
    [[nodiscard]] std::unique_ptr<Collection> copy() const override;

    [[nodiscard]] const Elements& elements() const { return elements_; }
    [[nodiscard]] const BytesPtr& at(End end) const
    {
        return end == End::front ? elements_.front() : elements_.back();
    }

    // These throw std::bad_alloc with nothing changed.
    void push(End end, BytesPtr element);
    void insert(std::size_t place, BytesPtr element);

    // REQUIRES: such an element is there.
    BytesPtr pop(End end);
    BytesPtr replace(std::size_t place, BytesPtr element);

    /// Moves `count` elements from `first` on to the end of `removed`. Throws as push().
    void remove(std::size_t first, std::size_t count, std::vector<BytesPtr>& removed);

    /// The same for elements here and there; at least one, in their order. Costs as much as the
    /// list is long.
    void remove(const std::vector<std::size_t>& places, std::vector<BytesPtr>& removed);

private:
    void note_size() { most_ = std::max(most_, elements_.size()); }
    void shrink() noexcept;

    Elements elements_;
    std::size_t element_bytes_ = 0;
    std::size_t most_ = 0;  ///< elements that there were since it was last made smaller
};

class Hash final : public Collection, public Members<BytesPtr> {
public:
    static constexpr ItemType type = ItemType::hash;
    using Field = Members::Member;

    [[nodiscard]] std::size_t size() const override { return Members::size(); }
    [[nodiscard]] std::size_t footprint() const override;
    [[nodiscard]] std::unique_ptr<Collection> copy() const override;
};

class Set final : public Collection, public Members<NoValue> {
public:
    static constexpr ItemType type = ItemType::set;

    [[nodiscard]] std::size_t size() const override { return Members::size(); }
    [[nodiscard]] std::size_t footprint() const override;
    [[nodiscard]] std::unique_ptr<Collection> copy() const override;

    /// As Members::add.
    void add(Member member);

    /// Whether Redis would keep it as an "intset": it has never had another member than integers,
    /// nor too many.
    [[nodiscard]] bool only_integers() const { return only_integers_; }

private:
    bool only_integers_ = true;
};

/// Members in the order of their scores, those of equal scores in the order of their bytes.
class SortedSet final : public Collection {
public:
    static constexpr ItemType type = ItemType::sorted_set;
    using Member = Members<double>::Member;

    struct Ranked {
        double score;
        BytesPtr member;
    };

    /// The order of them.
    struct Before {
        bool operator()(const Ranked& a, const Ranked& b) const
        {
            if (a.score != b.score) return a.score < b.score;
            return a.member->view() < b.member->view();
        }
    };

    [[nodiscard]] std::size_t size() const override { return scores_.size(); }
    [[nodiscard]] std::size_t footprint() const override;
    [[nodiscard]] std::unique_ptr<Collection> copy() const override;

    [[nodiscard]] const Members<double>& scores() const { return scores_; }

    /// How many members stand before this one, or before the place where it would be.
    [[nodiscard]] std::size_t rank(double score, std::string_view member) const;

    /// How many members satisfy `is_before`, which is true for the first ones and then for no more.
    template <class IsBefore>
    [[nodiscard]] std::size_t count_while(IsBefore is_before) const;

    /// Calls visit(score, member) for `count` members from rank `first` on, in their order, or
    /// backwards from there. REQUIRES: so many are there.
    template <class Visit>
    void visit(std::size_t first, std::size_t count, bool backwards, Visit visit) const;

    /// Adds a member, or gives it this score; no NaN. A flat list knows no -0, as Redis' does not.
    /// Throws std::bad_alloc with nothing changed.
    void set(Member member);

    /// From now on it is a table, which it must not be yet. Throws as set().
    void become_table();

    /// REQUIRES: it is there.
    BytesPtr remove(const HashedKey& member);

private:
    using Order = __gnu_pbds::tree<Ranked, __gnu_pbds::null_type, Before, __gnu_pbds::rb_tree_tag,
                                   __gnu_pbds::tree_order_statistics_node_update>;

    // A flat list of the members is in their order, and there is no other.
    Members<double> scores_;
    std::unique_ptr<Order> order_;  ///< null: the members are a flat list
};

template <class IsBefore>
std::size_t SortedSet::count_while(IsBefore is_before) const
{
    if (const auto* flat = scores_.flat()) {
        const auto end = std::partition_point(
            flat->begin(), flat->end(),
            [&](const Member& member) { return is_before(member.value, member.name); });
        return static_cast<std::size_t>(end - flat->begin());
    }
    std::size_t count = 0;
    auto node = order_->node_begin();
    // Down the tree; each subtree knows how many nodes it has.
    while (node != order_->node_end()) {
        const Ranked& here = **node;
        const auto left = node.get_l_child();
        if (is_before(here.score, here.member)) {
            count += (left == order_->node_end() ? 0 : left.get_metadata()) + 1;
            node = node.get_r_child();
        } else {
            node = left;
        }
    }
    return count;
}

template <class Visit>
void SortedSet::visit(std::size_t first, std::size_t count, bool backwards, Visit visit) const
{
    if (count == 0) return;
    if (const auto* flat = scores_.flat()) {
        for (std::size_t i = 0; i < count; ++i) {
            const Member& member = (*flat)[backwards ? first - i : first + i];
            visit(member.value, member.name);
        }
        return;
    }
    auto place = order_->find_by_order(first);
    for (std::size_t i = 0; i < count; ++i) {
        visit(place->score, place->member);
        if (i + 1 < count) backwards ? --place : ++place;
    }
}

}  // namespace kv
