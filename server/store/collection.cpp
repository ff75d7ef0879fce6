#include "server/store/collection.h"

#include "common/decimal.h"
#include "common/words.h"

#include <cstring>

namespace kv {

namespace {

/// Where the pointer is. A key may end anywhere, and what looks for leaks finds no pointer that is
/// not aligned.
std::size_t place_of_pointer(const Item& item)
{
    const auto address = reinterpret_cast<std::uintptr_t>(item.value().data());
    return (alignof(void*) - address % alignof(void*)) % alignof(void*);
}

}  // namespace

Collection* collection_of(const Item& item)
{
    if (!item.is_collection()) return nullptr;
    Collection* collection = nullptr;
    std::memcpy(&collection, item.value().data() + place_of_pointer(item), sizeof(void*));
    return collection;
}

void set_collection(Item& item, Collection* collection)
{
    std::memcpy(item.room().data() + place_of_pointer(item), &collection, sizeof(void*));
}

std::size_t footprint_of_collection(const Item& item)
{
    const Collection* collection = collection_of(item);
    return collection == nullptr ? 0 : collection->charged;
}

void free_collection(const Item& item)
{
    delete collection_of(item);
}

void List::push(End end, BytesPtr element)
{
    const std::size_t bytes = element->footprint();
    if (end == End::front) {
        elements_.push_front(std::move(element));
    } else {
        elements_.push_back(std::move(element));
    }
    element_bytes_ += bytes;
    note_size();
}

void List::insert(std::size_t place, BytesPtr element)
{
    const std::size_t bytes = element->footprint();
    elements_.insert(elements_.nth(place), std::move(element));
    element_bytes_ += bytes;
    note_size();
}

BytesPtr List::pop(End end)
{
    BytesPtr element = std::move(end == End::front ? elements_.front() : elements_.back());
    if (end == End::front) {
        elements_.pop_front();
    } else {
        elements_.pop_back();
    }
    element_bytes_ -= element->footprint();
    shrink();
    return element;
}

BytesPtr List::replace(std::size_t place, BytesPtr element)
{
    element_bytes_ += element->footprint() - elements_[place]->footprint();
    return std::exchange(elements_[place], std::move(element));
}

namespace {

/// Makes room for more references, twofold: a transaction may ask for a few many times.
void reserve_more(std::vector<BytesPtr>& references, std::size_t more)
{
    const std::size_t size = references.size() + more;
    if (size > references.capacity()) references.reserve(std::max(size, 2 * references.size()));
}

}  // namespace

void List::remove(std::size_t first, std::size_t count, std::vector<BytesPtr>& removed)
{
    reserve_more(removed, count);
    const auto begin = elements_.nth(first);
    const auto end = elements_.nth(first + count);
    for (auto element = begin; element != end; ++element) {
        element_bytes_ -= (*element)->footprint();
        removed.push_back(std::move(*element));
    }
    elements_.erase(begin, end);
    shrink();
}

void List::remove(const std::vector<std::size_t>& places, std::vector<BytesPtr>& removed)
{
    reserve_more(removed, places.size());
    auto next = places.begin();
    auto kept = elements_.nth(*next);
    auto element = kept;
    for (std::size_t i = *next; i < elements_.size(); ++i, ++element) {
        if (next != places.end() && *next == i) {
            ++next;
            element_bytes_ -= (*element)->footprint();
            removed.push_back(std::move(*element));
        } else {
            *kept++ = std::move(*element);
        }
    }
    elements_.erase(kept, elements_.end());
    shrink();
}

/// The deque gives its blocks back, but not the room for pointers to them. Without memory for less
/// room it keeps what it has.
void List::shrink() noexcept
{
    constexpr std::size_t few = 1024;
    if (most_ <= few || elements_.size() > most_ / 8) return;
    try {
        Elements smaller(elements_);
        elements_.swap(smaller);
        most_ = elements_.size();
    } catch (const std::bad_alloc&) {
    }
}

std::size_t List::footprint() const
{
    constexpr std::size_t block_elements = 32;
    const std::size_t blocks = elements_.size() / block_elements + 1;
    // Twice to four times as many pointers as there were blocks.
    const std::size_t pointers = std::max<std::size_t>(8, 3 * (most_ / block_elements));
    return heap_block(sizeof(List)) + element_bytes_ + blocks * heap_block(256) +
           heap_block(pointers * sizeof(void*));
}

std::unique_ptr<Collection> List::copy() const
{
    auto copy = std::make_unique<List>(*this);
    copy->most_ = size();
    return copy;
}

namespace {

/// A copy whose containers are no larger than they need to be.
template <class Value>
void copy_into(Members<Value>& copy, const Members<Value>& members)
{
    members.for_each([&](const Entry<Value>& member) { copy.add(member); });
    if (members.flat() == nullptr && copy.flat() != nullptr) copy.become_table();
}

}  // namespace

std::size_t Hash::footprint() const
{
    return heap_block(sizeof(Hash)) + Members::footprint();
}

std::unique_ptr<Collection> Hash::copy() const
{
    auto copy = std::make_unique<Hash>();
    copy_into<BytesPtr>(*copy, *this);
    return copy;
}

namespace {

/// A 64-bit integer as it would be written.
bool is_integer(std::string_view text)
{
    constexpr std::size_t longest = 20;  // "-9223372036854775808"
    if (text.size() > longest) return false;
    const auto number = parse_number<std::int64_t>(text);
    return number && Decimal(*number).text() == text;
}

}  // namespace

void Set::add(Member member)
{
    constexpr std::size_t most_integers = 512;  // Redis: set-max-intset-entries
    const bool stays = only_integers_ && size() < most_integers && is_integer(member.name->view());
    Members::add(std::move(member));
    only_integers_ = stays;
}

std::size_t Set::footprint() const
{
    return heap_block(sizeof(Set)) + Members::footprint();
}

std::unique_ptr<Collection> Set::copy() const
{
    auto copy = std::make_unique<Set>();
    copy->only_integers_ = only_integers_;
    copy_into<NoValue>(*copy, *this);
    return copy;
}

std::size_t SortedSet::rank(double score, std::string_view member) const
{
    return count_while([&](double other, const BytesPtr& name) {
        return other < score || (other == score && name->view() < member);
    });
}

void SortedSet::set(Member member)
{
    const Member* present = scores_.find(member.key());
    if (present != nullptr && present->value == member.value) return;
    if (present != nullptr) member.name = present->name;
    if (!order_ && present == nullptr && !scores_.fits_flat(member)) become_table();
    if (order_) {
        order_->insert({member.value, member.name});
        if (present != nullptr) {
            order_->erase({scores_.replace(*present, member.value), member.name});
            return;
        }
        try {
            scores_.add(member);
        } catch (...) {
            order_->erase({member.value, member.name});
            throw;
        }
        return;
    }
    if (member.value == 0) member.value = 0;                     // -0
    if (present != nullptr) (void)scores_.remove(member.key());  // which leaves room for it
    scores_.add(member, rank(member.value, member.name->view()));
}

void SortedSet::become_table()
{
    auto order = std::make_unique<Order>();
    scores_.for_each([&](const Member& member) { order->insert({member.value, member.name}); });
    scores_.become_table();
    order_ = std::move(order);
}

BytesPtr SortedSet::remove(const HashedKey& member)
{
    Member removed = scores_.remove(member);
    if (order_) order_->erase({removed.value, removed.name});
    return std::move(removed.name);
}

std::size_t SortedSet::footprint() const
{
    // A node has the member, three pointers, the size of its subtree and a colour.
    constexpr std::size_t node_bytes = heap_block(sizeof(Ranked) + 5 * sizeof(void*));
    const std::size_t order = order_ ? heap_block(sizeof(Order)) + size() * node_bytes : 0;
    return heap_block(sizeof(SortedSet)) + scores_.footprint() + order;
}

std::unique_ptr<Collection> SortedSet::copy() const
{
    auto copy = std::make_unique<SortedSet>();
    copy_into(copy->scores_, scores_);
    if (order_) {
        copy->order_ = std::make_unique<Order>();
        for (const Ranked& ranked : *order_) copy->order_->insert(ranked);
    }
    return copy;
}

}  // namespace kv
