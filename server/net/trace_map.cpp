#include "server/net/trace_map.h"

#include "common/log.h"
#include "common/parse_number.h"
#include "common/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace kv {

namespace {

constexpr std::size_t most_name_bytes = 40;
constexpr std::uint64_t most_words_in_name = 2;

std::string first_two_words(std::string_view line)
{
    const std::string_view first = take_word(line);
    const std::string_view second = take_word(line);
    std::string name(first.substr(0, most_name_bytes));
    if (!second.empty()) name.append(" ").append(second.substr(0, most_name_bytes));
    return name;
}

/// Whether a line only says how much follows it.
bool tells_a_count(std::string_view line)
{
    return line.starts_with('*') || line.starts_with('$') || line.starts_with('%');
}

}  // namespace

/// A line that was not at its end with the last read goes on in this one; so does a block.
void TraceMap::read(std::string_view bytes)
{
    open_line_ += bytes_.size() - taken_;
    bytes_ = bytes;
    taken_ = 0;
    stretches_.clear();
    take_block();
}

void TraceMap::line_taken(std::string_view line, std::size_t bytes)
{
    add(bytes - static_cast<std::size_t>(open_line_), Stretch::Kind::line, true);
    open_line_ = 0;
    begin_word(line);
}

void TraceMap::begin_word(std::string_view line)
{
    block_bytes_ = 0;
    block_done_ = 0;
    block_begun_ = false;
    if (line.starts_with('*') && !counts_words_) {
        counts_words_ = true;
        words_ = escaped(line.substr(1), 8);
    } else if (tells_a_count(line)) {
        ++word_;
        block_bytes_ = parse_number<std::uint64_t>(line.substr(1)).value_or(0);
    } else if (name_.empty()) {
        name_ = first_two_words(line);
    }
}

void TraceMap::block_begins(std::uint64_t bytes)
{
    if (!block_begun_ && block_bytes_ == 0) block_bytes_ = bytes;
    in_line_end_ = block_begun_ && block_done_ >= block_bytes_;
    block_begun_ = true;
    block_left_ = bytes;
    take_block();
}

/// As much of the present block as has come.
void TraceMap::take_block()
{
    if (block_left_ == 0) return;
    const auto here =
        static_cast<std::size_t>(std::min<std::uint64_t>(block_left_, bytes_.size() - taken_));
    const std::string_view piece = std::string_view(bytes_).substr(taken_, here);
    block_left_ -= here;
    if (!in_line_end_) {
        block_done_ += here;
        const bool is_name = word_ > 0 && word_ <= most_words_in_name;
        if (is_name && here > 0 && name_.size() < most_name_bytes) {
            if (word_ == most_words_in_name && block_done_ == here) name_ += ' ';
            name_.append(piece.substr(0, most_name_bytes - name_.size()));
        }
    }
    add(here, in_line_end_ ? Stretch::Kind::line : Stretch::Kind::block, block_left_ == 0);
}

void TraceMap::add(std::size_t count, Stretch::Kind kind, bool ends_part)
{
    if (count == 0) return;
    stretches_.push_back({taken_, taken_ + count, request_, kind, !begun(), ends_part});
    begun_ = true;
    taken_ += count;
}

/// What has been taken in ways the stream has not told is a block.
bool TraceMap::message_ended(std::size_t unread)
{
    const std::size_t end = bytes_.size() - std::min(unread, bytes_.size());
    if (end > taken_) add(end - taken_, Stretch::Kind::block, true);
    if (!begun()) return false;
    if (!stretches_.empty() && stretches_.back().request == request_) {
        stretches_.back().ends_part = true;
        stretches_.back().ends_request = true;
    }
    forget_request();
    return true;
}

void TraceMap::forget_request()
{
    ++request_;
    begun_ = false;
    open_line_ = 0;
    block_left_ = block_bytes_ = block_done_ = 0;
    block_begun_ = in_line_end_ = counts_words_ = false;
    words_.clear();
    word_ = 0;
    name_.clear();
}

std::vector<Stretch> TraceMap::stretches() const
{
    auto all = stretches_;
    if (taken_ < bytes_.size()) {
        all.push_back({taken_, bytes_.size(), request_, Stretch::Kind::line, !begun()});
    }
    return all;
}

std::string TraceMap::name() const
{
    return escaped(name_);
}

bool TraceMap::ended_inside_a_request() const
{
    return begun() || taken_ < bytes_.size();
}

std::string TraceMap::where_it_ended() const
{
    if (!ended_inside_a_request()) return fmt::format("where request {} ended", request_ - 1);
    if (block_left_ > 0) return present_block();
    const std::string of = name_.empty() ? std::string() : fmt::format(" of `{}`", name());
    if (taken_ == bytes_.size() && open_line_ == 0) {
        return fmt::format("between two parts of request {}{}", request_, of);
    }
    if (!begun_) return fmt::format("inside the first line of request {}", request_);
    return fmt::format("inside a line{}, in request {}", of, request_);
}

std::string TraceMap::present_block() const
{
    const std::string what = counts_words_ || word_ > 0 ? word_number() : "the value";
    const std::string of = name_.empty() ? std::string() : fmt::format(" of `{}`", name());
    if (in_line_end_) return fmt::format("before the end of the line behind {}{}", what, of);
    return fmt::format("{} {}{}, {} of {} bytes", block_done_ == 0 ? "before" : "inside", what, of,
                       block_done_, std::max(block_bytes_, block_done_ + block_left_));
}

std::string TraceMap::word_number() const
{
    if (words_.empty()) return fmt::format("word {}", word_);
    return fmt::format("word {} (of {})", word_, words_);
}

}  // namespace kv
