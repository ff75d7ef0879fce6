#include "server/command/arithmetic.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace kv {

std::uint64_t apply(std::uint64_t number, std::uint64_t delta, bool subtract)
{
    return subtract ? number - std::min(number, delta) : number + delta;
}

std::optional<Draft> number_draft(Transaction& transaction, const HashedKey& key,
                                  std::uint64_t number, std::size_t least_bytes)
{
    std::array<char, max_digits> digits;
    const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    const auto length = static_cast<std::size_t>(written.ptr - digits.data());
    auto draft = transaction.draft(key, std::max(length, least_bytes));
    if (!draft) return std::nullopt;
    const auto rest = std::copy_n(digits.begin(), length, draft->room().begin());
    std::fill(rest, draft->room().end(), ' ');
    return draft;
}

std::size_t padded_size(const Item& item)
{
    return item.type == ItemType::integer ? 0 : item.value().size();
}

}  // namespace kv
