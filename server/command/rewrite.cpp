#include "server/command/rewrite.h"

#include <algorithm>

namespace kv {

std::optional<Draft> successor(Transaction& store, const HashedKey& key, const Row& row,
                               std::string_view text, std::size_t least_bytes)
{
    auto draft = store.draft(key, std::max(text.size(), least_bytes));
    if (!draft) return std::nullopt;
    const auto rest = std::copy(text.begin(), text.end(), draft->room().begin());
    std::fill(rest, draft->room().end(), ' ');
    if (row) {
        draft->item->flags = row->flags;
        draft->item->type = row->type;
    }
    return draft;
}

std::size_t Edit::size(std::string_view old) const
{
    if (place == Place::offset) return std::max(old.size(), offset + piece.size());
    return old.size() + piece.size();
}

void Edit::write(std::string_view old, std::span<char> into) const
{
    const std::size_t old_at = place == Place::front ? piece.size() : 0;
    const std::size_t piece_at = place == Place::back     ? old.size()
                                 : place == Place::offset ? offset
                                                          : 0;
    const auto rest = std::copy(old.begin(), old.end(), into.subspan(old_at).begin());
    if (place == Place::offset) std::fill(rest, into.end(), '\0');
    std::copy(piece.begin(), piece.end(), into.subspan(piece_at).begin());
}

std::optional<Draft> edited(const Context& context, const HashedKey& key, const ItemPtr& source,
                            const Edit& edit)
{
    const std::string_view old = source ? source->value() : std::string_view();
    auto made = draft(context, key, edit.size(old));
    if (!made) return std::nullopt;
    edit.write(old, made->room());
    if (source) {
        made->item->flags = source->flags;
        if (edit.piece.empty()) made->item->type = source->type;
    }
    return made;
}

}  // namespace kv
