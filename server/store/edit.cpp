#include "server/store/edit.h"

#include <utility>

namespace kv {

void apply(const Push& edit, List& list, Trash&)
{
    list.push(edit.end, edit.element);
}

void apply(const Pop& edit, List& list, Trash& trash)
{
    trash.add(list.pop(edit.end));
}

void apply(const SetAt& edit, List& list, Trash& trash)
{
    trash.add(list.replace(edit.place, edit.element));
}

void apply(const InsertAt& edit, List& list, Trash&)
{
    list.insert(edit.place, edit.element);
}

void apply(const RemoveAt& edit, List& list, Trash& trash)
{
    list.remove(edit.place, edit.count, trash.elements());
}

void apply(const RemovePlaces& edit, List& list, Trash& trash)
{
    list.remove(edit.places, trash.elements());
}

void apply(const SetField& edit, Hash& hash, Trash& trash)
{
    if (const Hash::Field* present = hash.find(edit.field.key())) {
        trash.add(hash.replace(*present, edit.field.value));
    } else {
        hash.add(edit.field);
    }
}

void apply(const RemoveField& edit, Hash& hash, Trash& trash)
{
    Hash::Field removed = hash.remove(edit.name);
    trash.add(std::move(removed.name));
    trash.add(std::move(removed.value));
}

void apply(const AddMember& edit, Set& set, Trash&)
{
    set.add(edit.member);
}

void apply(const RemoveMember& edit, Set& set, Trash& trash)
{
    trash.add(set.remove(edit.name).name);
}

void apply(const SetScore& edit, SortedSet& set, Trash&)
{
    set.set(edit.member);
}

void apply(const RemoveScored& edit, SortedSet& set, Trash& trash)
{
    trash.add(set.remove(edit.name));
}

namespace {

/// An item that will have a collection.
NewItem empty_item(const HashedKey& key, ItemType type)
{
    NewItem item = Item::make(key.bytes, key.hash, collection_room);
    if (!item) throw std::bad_alloc();
    set_collection(*item, nullptr);
    item->type = type;
    return item;
}

}  // namespace

OpenedItem::OpenedItem(Transaction& store, const HashedKey& key, ItemType type)
    : store_(store), key_(key), row_(store.read(key))
{
    if (row_ && row_->type == type) collection_ = collection_of(*row_.operator->());
}

void OpenedItem::prepare(std::size_t edits)
{
    store_.trash_.reserve(1);
    store_.reserve_notes(edits + 2);
}

void OpenedItem::make(std::unique_ptr<Collection> empty, ItemType type)
{
    Collection* const collection = empty.get();
    store_.put(key_, std::move(empty), type, never);
    row_ = store_.find(key_);
    collection_ = collection;
}

void OpenedItem::edited()
{
    is_edited_ = true;
    store_.note_edit(row_);
    if (collection_->size() == 0) drop();
}

void OpenedItem::drop()
{
    store_.erase(key_);
    collection_ = nullptr;
    row_ = {};
}

/// It is empty when it was made for an edit for which there was no memory.
OpenedItem::~OpenedItem()
{
    if (collection_ == nullptr) return;
    try {
        if (collection_->size() == 0) drop();
    } catch (...) {
    }
    if (collection_ != nullptr && is_edited_) store_.settle(*collection_);
}

/// Charges what a collection has become larger by, or gives back.
void Transaction::settle(Collection& collection) noexcept
{
    const std::size_t before = std::exchange(collection.charged, collection.footprint());
    const std::size_t after = collection.charged;
    space_->bytes += after - before;
    if (after > before) {
        take(after - before).keep();
    } else {
        give_back(Charge(store_.budget_, before - after));
    }
}

/// What cannot be refused: of what was provided, or else beyond the limit.
Charge Transaction::take(std::size_t bytes)
{
    if (admitted_) {
        if (auto part = admitted_->split(bytes)) return std::move(*part);
    }
    store_.budget_.take_beyond(bytes);
    return {store_.budget_, bytes};
}

void Transaction::provide(Charge room)
{
    if (!admitted_) admitted_.emplace(store_.budget_, 0);
    admitted_->add(std::move(room));
}

void Transaction::note_edit(const Row& row)
{
    store_.mutex_.assert_held();
    row.item_to_change().cas = note(Change::Kind::edited, is_heard() ? row.item() : nullptr);
}

void Transaction::put(const HashedKey& key, std::unique_ptr<Collection> made, ItemType type,
                      UnixMillis expires)
{
    NewItem item = empty_item(key, type);
    made->charged = made->footprint();
    set_collection(*item, made.release());
    Charge charge = take(item->footprint());
    put({std::move(item), std::move(charge)}, expires);
}

/// Both items are charged for what they have of it at any time, which together stays the same.
void Transaction::rename(const Row& row, const HashedKey& to)
{
    // For both steps, so that the second does not fail.
    trash_.reserve(2);
    reserve_notes(2);
    Collection* const moved = collection_of(*row.item());
    const HashedKey from{row->key(), row->hash()};
    NewItem item = empty_item(to, row->type);
    Item& renamed = *item;
    Charge charge = take(item->footprint());
    put({std::move(item), std::move(charge)}, row->expires);
    set_collection(renamed, moved);
    set_collection(row.item_to_change(), nullptr);
    erase(from);
}

}  // namespace kv
