// edit.h: how a collection changes: by one of these edits, which a transaction applies, accounts
// and announces.
//
//   Opened<List> list(*store, key);              // found, or not there, or of another type
//   if (list.is_wrong_type()) ...
//   list.apply(Push{End::back, element});        // makes the list if it was not there
//   const BytesPtr first = list->at(End::front);
//   list.apply(Pop{End::front});                 // its last element takes the list with it
//
// An edit names what it changes by itself (a place, a name), never "the greatest" or "any", so that
// the same edits in the same order make the same collection.
#pragma once

#include "server/store/collection.h"
#include "server/store/store.h"

namespace kv {

struct Push {
    using Of = List;
    End end;
    BytesPtr element;
};
struct Pop {
    using Of = List;
    End end;
};
struct SetAt {
    using Of = List;
    std::size_t place;
    BytesPtr element;
};
struct InsertAt {
    using Of = List;
    std::size_t place;  ///< of the element that will stand behind it
    BytesPtr element;
};
struct RemoveAt {
    using Of = List;
    std::size_t place;
    std::size_t count;
};
struct RemovePlaces {
    using Of = List;
    std::vector<std::size_t> places;  ///< at least one, in their order
};
struct SetField {  ///< adds it, or replaces its value
    using Of = Hash;
    Hash::Field field;
};
struct RemoveField {
    using Of = Hash;
    HashedKey name;
};
struct AddMember {  ///< one that is not there
    using Of = Set;
    Set::Member member;
};
struct RemoveMember {
    using Of = Set;
    HashedKey name;
};
struct SetScore {  ///< adds the member, or gives it this score
    using Of = SortedSet;
    SortedSet::Member member;
};
struct RemoveScored {
    using Of = SortedSet;
    HashedKey name;
};

// What applying them means. REQUIRES: the place or name is there. They throw std::bad_alloc with
// nothing changed; what they take out goes to `trash`.
void apply(const Push& edit, List& list, Trash& trash);
void apply(const Pop& edit, List& list, Trash& trash);
void apply(const SetAt& edit, List& list, Trash& trash);
void apply(const InsertAt& edit, List& list, Trash& trash);
void apply(const RemoveAt& edit, List& list, Trash& trash);
void apply(const RemovePlaces& edit, List& list, Trash& trash);
void apply(const SetField& edit, Hash& hash, Trash& trash);
void apply(const RemoveField& edit, Hash& hash, Trash& trash);
void apply(const AddMember& edit, Set& set, Trash& trash);
void apply(const RemoveMember& edit, Set& set, Trash& trash);
void apply(const SetScore& edit, SortedSet& set, Trash& trash);
void apply(const RemoveScored& edit, SortedSet& set, Trash& trash);

/// What all opened collections have in common.
class OpenedItem {
public:
    OpenedItem(const OpenedItem&) = delete;
    OpenedItem& operator=(const OpenedItem&) = delete;

    /// There is a value of another type, which was left alone.
    [[nodiscard]] bool is_wrong_type() const { return row_ && collection_ == nullptr; }
    [[nodiscard]] explicit operator bool() const { return collection_ != nullptr; }
    [[nodiscard]] std::size_t size() const { return collection_ ? collection_->size() : 0; }

    /// REQUIRES: there is one. When it expires.
    [[nodiscard]] UnixMillis expires() const { return row_->expires; }

    /// Makes sure that noting the transaction's next `edits` edits, with one collection that they
    /// make and one that they drop, needs no memory: so that edits which belong together are not
    /// done by half. Throws std::bad_alloc.
    void prepare(std::size_t edits);

protected:
    OpenedItem(Transaction& store, const HashedKey& key, ItemType type);
    ~OpenedItem();

    void make(std::unique_ptr<Collection> empty, ItemType type);
    void edited();
    [[nodiscard]] Trash& trash() { return store_.trash_; }
    [[nodiscard]] Collection* collection() const { return collection_; }

private:
    void drop();

    Transaction& store_;
    const HashedKey key_;
    Row row_;
    Collection* collection_ = nullptr;
    bool is_edited_ = false;
};

/// The collection stored under a key, for as long as a command reads or edits it. Counts as a use
/// of it. Under the store's lock; ends before its transaction. While it lives nothing may make room
/// (see Transaction::provide), nor touch the key in another way.
template <class C>
class Opened : public OpenedItem {
public:
    Opened(Transaction& store, const HashedKey& key) : OpenedItem(store, key, C::type) {}

    /// REQUIRES: there is one.
    [[nodiscard]] const C* operator->() const { return static_cast<const C*>(collection()); }
    [[nodiscard]] const C& operator*() const { return *operator->(); }

    /// Makes the collection if it is not there, and drops it with its last element.
    /// REQUIRES: !is_wrong_type(). Throws std::bad_alloc with no element changed.
    template <class Change>
    void apply(const Change& edit)
    {
        static_assert(std::is_same_v<typename Change::Of, C>);
        prepare(1);
        if (!*this) make(std::make_unique<C>(), C::type);
        kv::apply(edit, static_cast<C&>(*collection()), trash());
        edited();
    }
};

}  // namespace kv
