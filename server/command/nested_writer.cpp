#include "server/command/nested_writer.h"

#include "server/command/integer.h"
#include "server/command/utf8.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>

namespace kv {

namespace {

constexpr std::size_t letter_and_size = 5;
constexpr std::size_t least_room = 256;

constexpr std::string_view out_of_memory = "out of memory storing object";
constexpr std::string_view too_large = "object too large";
constexpr std::string_view too_many = "too many values in one object";
constexpr std::string_view not_text = "text is not UTF-8";
constexpr std::string_view not_a_key =
    "a list, dictionary or set cannot be a dictionary's key or in a set";

char capital(char letter)
{
    return static_cast<char>(letter - 'a' + 'A');
}

void put_number(char* at, std::uint64_t number, std::size_t bytes)
{
    for (std::size_t i = 0; i < bytes; ++i, number >>= 8U)
        at[i] = static_cast<char>(number & 0xffU);
}

bool is_set(Container kind)
{
    return kind == Container::set || kind == Container::frozenset;
}

}  // namespace

NestedWriter::NestedWriter(DraftSource& drafts, std::string_view key, std::size_t max_bytes)
    : drafts_(&drafts),
      key_(key),
      max_bytes_(std::min(max_bytes, max_value_bytes - letter_and_size) + letter_and_size)
{
}

void NestedWriter::null()
{
    put_letter('n');
}

void NestedWriter::boolean(bool value)
{
    put_letter(value ? 't' : 'f');
}

void NestedWriter::integer(std::int64_t number)
{
    put_sized('i', integer_bytes(number));
}

void NestedWriter::integer(std::string_view bytes)
{
    put_sized('i', shortest(bytes));
}

void NestedWriter::real(double number)
{
    if (char* at = extend(9)) {
        *at = 'd';
        put_number(at + 1, std::bit_cast<std::uint64_t>(number), 8);
    }
    count_value();
}

void NestedWriter::text(std::string_view utf8)
{
    if (!is_utf8(utf8)) refuse(not_text);
    put_sized('s', utf8);
}

void NestedWriter::bytes(std::string_view value)
{
    put_sized('b', value);
}

void NestedWriter::error(std::string_view text)
{
    put_sized('x', text);
}

std::span<char> NestedWriter::bytes(std::size_t size)
{
    char* at = put_sized('b', size);
    count_value();
    return at == nullptr ? std::span<char>() : std::span<char>(at, size);
}

void NestedWriter::begin(Container kind, std::size_t count)
{
    const bool in_key = at_key();
    const bool may_be_key = kind == Container::tuple || kind == Container::frozenset;
    if (in_key && !may_be_key) refuse(not_a_key);
    if (count > max_nested_values) refuse(too_many);
    if (char* at = extend(letter_and_size)) {
        *at = static_cast<char>(kind);
        put_number(at + 1, count, 4);
    }
    if (count == 0) return count_value();
    if (open_.size() == max_nested_depth) throw TooDeep("too many values inside each other");
    open_.push_back({kind, in_key, kind == Container::dict ? 2 * count : count});
}

std::optional<Draft> NestedWriter::finish()
{
    const std::string_view encoded(draft_->room().data(), used_);
    ItemType type = ItemType::nested;
    std::string_view value = encoded;
    std::string digits;
    const bool is_short = encoded[0] >= 'a';
    const std::string_view payload =
        encoded.substr(std::min(encoded.size(), is_short ? 2 : letter_and_size));
    if (encoded[0] == 'b' || encoded[0] == 'B') {
        type = ItemType::bytes;
        value = payload;
    } else if (encoded[0] == 's' || encoded[0] == 'S') {
        type = ItemType::text;
        value = payload;
    } else if (encoded[0] == 'i' && small_integer(payload)) {
        type = ItemType::integer;
        digits = integer_text(payload);
        value = digits;
    }
    auto exact = drafts_->draft(drafts_->hashed(key_), value.size());
    if (!exact) {
        refuse(out_of_memory);
        return std::nullopt;
    }
    std::copy(value.begin(), value.end(), exact->room().begin());
    exact->item->type = type;
    return exact;
}

void NestedWriter::refuse(std::string_view why)
{
    if (refusal_.empty()) refusal_ = why;
    draft_.reset();
}

/// One value more is whole; and with it the containers that waited for it as their last.
void NestedWriter::count_value()
{
    ++values_;
    while (!open_.empty() && --open_.back().left == 0) {
        open_.pop_back();
        ++values_;
    }
    if (values_ > max_nested_values) refuse(too_many);
}

/// Whether the next value is a dictionary's key or a set's member, or a part of one.
bool NestedWriter::at_key() const
{
    if (open_.empty()) return false;
    const Open& inmost = open_.back();
    return inmost.in_key || is_set(inmost.kind) ||
           (inmost.kind == Container::dict && inmost.left % 2 == 0);
}

/// Room for `count` bytes more behind those there are; null: refused.
char* NestedWriter::extend(std::size_t count)
{
    if (!refusal_.empty()) return nullptr;
    if (count > max_bytes_ - used_) {
        refuse(too_large);
        return nullptr;
    }
    if ((!draft_ || draft_->room().size() < used_ + count) && !grow(used_ + count)) return nullptr;
    char* at = draft_->room().data() + used_;
    used_ += count;
    return at;
}

bool NestedWriter::grow(std::size_t bytes)
{
    const std::size_t twice = draft_ ? 2 * draft_->room().size() : least_room;
    auto larger =
        drafts_->draft(drafts_->hashed(key_), std::max(bytes, std::min(twice, max_bytes_)));
    if (!larger) {
        refuse(out_of_memory);
        return false;
    }
    if (draft_) std::memcpy(larger->room().data(), draft_->room().data(), used_);
    draft_ = std::move(larger);
    return true;
}

void NestedWriter::put_letter(char letter)
{
    if (char* at = extend(1)) *at = letter;
    count_value();
}

/// Room for a payload of `size` bytes, behind the letter and the size.
char* NestedWriter::put_sized(char letter, std::size_t size)
{
    const std::size_t size_bytes = size < 256 ? 1 : 4;
    char* at = extend(1 + size_bytes + size);
    if (at == nullptr) return nullptr;
    *at = size_bytes == 1 ? letter : capital(letter);
    put_number(at + 1, size, size_bytes);
    return at + 1 + size_bytes;
}

void NestedWriter::put_sized(char letter, std::string_view bytes)
{
    if (char* at = put_sized(letter, bytes.size())) std::copy(bytes.begin(), bytes.end(), at);
    count_value();
}

}  // namespace kv
