#include "common/read_ahead.h"

#include <algorithm>
#include <cstring>

namespace kv {

ReadAhead::~ReadAhead()
{
    if (source_ != nullptr) source_->give_back(chunks_.size() * chunk_bytes);
}

ReadAhead::Outcome ReadAhead::read_from(Transport& transport)
{
    if ((chunks_.empty() || end_ == chunk_bytes) && !add_chunk()) return Outcome::no_room;
    const auto got = transport.try_read({chunks_.back().get() + end_, chunk_bytes - end_});
    end_ += got.value_or(0);
    if (end_ == 0) drop_last_chunk();
    return got == 0 ? Outcome::peer_has_finished : Outcome::may_go_on;
}

/// The kernel provides memory at the first write, so none is used for bytes that do not arrive.
bool ReadAhead::add_chunk()
{
    if ((chunks_.size() + 1) * chunk_bytes > most_bytes) return false;
    chunks_.push_back(std::make_unique_for_overwrite<char[]>(chunk_bytes));
    if (source_ != nullptr && !source_->take(chunk_bytes)) {
        chunks_.pop_back();
        return false;
    }
    end_ = 0;
    return true;
}

std::size_t ReadAhead::take(std::span<char> into)
{
    if (chunks_.empty()) return 0;
    const std::size_t end = chunks_.size() == 1 ? end_ : chunk_bytes;
    const std::size_t count = std::min(into.size(), end - begin_);
    std::memcpy(into.data(), chunks_.front().get() + begin_, count);
    begin_ += count;
    if (begin_ == end) drop_first_chunk();
    return count;
}

void ReadAhead::drop_first_chunk()
{
    chunks_.pop_front();
    begin_ = 0;
    if (source_ != nullptr) source_->give_back(chunk_bytes);
}

/// Nothing arrived for it: the next read goes on in the chunk before, if there is one.
void ReadAhead::drop_last_chunk()
{
    chunks_.pop_back();
    end_ = chunk_bytes;
    if (source_ != nullptr) source_->give_back(chunk_bytes);
}

std::size_t ReadAhead::size() const
{
    return chunks_.empty() ? 0 : (chunks_.size() - 1) * chunk_bytes + end_ - begin_;
}

}  // namespace kv
