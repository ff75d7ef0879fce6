#include "server/memcached/dialect.h"

#include "common/words.h"
#include "server/memcached/encoder.h"
#include "server/memcached/keys.h"
#include "server/memcached/storage.h"

#include <boost/container/static_vector.hpp>

#include <algorithm>
#include <utility>

namespace kv::memcached {

namespace {

constexpr std::size_t most_together = 32;  // as many as may be looked up under one short lock

/// How long a line that starts like this may be. A TLS hello has no line end to wait for, and no
/// command starts with its first byte.
std::size_t line_limit(std::string_view start)
{
    if (start.size() <= max_line_bytes) return begins_tls(start) ? 0 : max_line_bytes;
    return is_get_line(start) ? max_whole_get_bytes : max_line_bytes;
}

constexpr std::string_view line_end = "\r\n";

/// Answers an error, once the block has been skipped.
void refuse_put(Request& request, std::string_view error)
{
    request.meta.reset();
    reject(request, error);
}

/// The same for a value that cannot be stored.
void give_up_put(Request& request, bool too_large)
{
    request.meta.reset();
    request.operation = unstorable(std::get<Put>(request.operation), too_large);
}

/// What a block that is skipped was skipped for.
void answer_skipped(Request& request)
{
    const std::string_view error = request.block->error;
    if (error.empty()) return give_up_put(request, true);
    refuse_put(request, error);
}

/// Not inlined: its room on the stack would be a page more of each thread, also of those whose
/// clients never send two requests at once.
[[gnu::noinline]] void prefetch(const std::vector<Request>& batch, DraftSource& store)
{
    boost::container::static_vector<HashedKey, most_together> keys;
    for (const Request& request : batch) {
        if (!request.key.bytes.empty()) keys.push_back(request.key);
    }
    store.prefetch({keys.data(), keys.size()});
}

/// Hashes the keys, and looks them up if there are several.
void look_up(std::vector<Request>& batch, DraftSource& store)
{
    for (Request& request : batch) {
        if (!request.key.bytes.empty()) request.key = store.hashed(request.key.bytes);
    }
    if (batch.size() > 1) prefetch(batch, store);
}

}  // namespace

Request* Dialect::read_request(BufferedStream& stream)
{
    if (next_ == batch_.size() && !read_batch(stream)) return nullptr;
    Request& request = batch_[next_++];
    if (request.block && request.block->to_come) read_block(stream, request);
    return &request;
}

/// false: the client closed.
bool Dialect::read_batch(BufferedStream& stream)
{
    most_ = stream.observed() ? 1 : most_together;
    next_ = 0;
    if (goes_on()) {
        go_on();
    } else {
        batch_.clear();
        if (!read_lines(stream)) return false;
    }
    look_up(batch_, store_);
    return true;
}

/// Whether the last line had more in it than one batch can hold.
bool Dialect::goes_on() const
{
    return dump_ || (!batch_.empty() && !batch_.back().more_keys.empty());
}

/// Fills the batch from such a line. Not inlined, as prefetch().
[[gnu::noinline]] void Dialect::go_on()
{
    Request next = dump_ ? dump_request(dump_->dump, dump_->from) : next_of(batch_.back());
    dump_.reset();
    batch_.clear();
    batch_.push_back(std::move(next));
    add_keys();
}

/// The next line, and those that have come with it; false: the client closed.
bool Dialect::read_lines(BufferedStream& stream)
{
    try {
        return long_get_ ? read_more_keys(stream) : read_whole_lines(stream);
    } catch (const LineTooLong&) {
        if (!long_get_ && is_get_line(stream.unread())) return begin_long_get(stream);
        long_get_.reset();
        reject(batch_.emplace_back(), "CLIENT_ERROR line too long", true);
        return true;
    }
}

bool Dialect::read_whole_lines(BufferedStream& stream)
{
    if (!read_first_line(stream)) return false;
    add_lines(stream);
    return true;
}

/// The line up to its first key is a line of its own.
bool Dialect::begin_long_get(BufferedStream& stream)
{
    const auto part = stream.read_words(max_line_bytes);
    if (!part) return false;
    std::string_view keys = part->words;
    const std::size_t words = keys.starts_with("gat") ? 3 : 2;
    for (std::size_t i = 0; i < words; ++i) (void)take_word(keys);
    Request& request = batch_.emplace_back();
    parse_line(part->words.substr(0, part->words.size() - keys.size()), key_room_, request);
    const auto* touch = std::get_if<GetAndTouch>(&request.operation);
    long_get_ = LongGet{.touch = touch != nullptr ? std::optional(*touch) : std::nullopt,
                        .with_cas = request.with_cas,
                        .bytes = part->words.size()};
    if (std::holds_alternative<Reject>(request.operation)) long_get_->state = LongGet::dropped;
    add_long_keys({keys, part->ends});
    return true;
}

/// The next keys of a long get, as a batch of their own.
bool Dialect::read_more_keys(BufferedStream& stream)
{
    LongGet& get = *long_get_;
    if (get.state == LongGet::bad_key) {
        reject(batch_.emplace_back(), bad_format);
        get.state = LongGet::dropped;
        if (get.ends) long_get_.reset();
        return true;
    }
    stream.continue_message();
    const auto part = stream.read_words(max_line_bytes);
    if (!part) return false;
    get.bytes += part->words.size();
    if (get.bytes > max_get_bytes) throw LineTooLong("a get of too many keys");
    Request& request = batch_.emplace_back();
    request.with_cas = get.with_cas;
    if (get.touch) request.operation = *get.touch;
    if (get.state == LongGet::dropped) request.operation = NoOp{};
    add_long_keys(*part);
    return true;
}

/// Gives the last request of the batch its keys, up to one that is none: those before it are
/// answered, however the bytes were cut.
void Dialect::add_long_keys(const LinePart& part)
{
    LongGet& get = *long_get_;
    get.ends = part.ends;
    Request& request = batch_.back();
    if (get.state == LongGet::reading) {
        const std::string_view keys = good_keys(part.words);
        if (keys.size() < part.words.size()) get.state = LongGet::bad_key;
        add_more_keys(keys, request);
    }
    request.line_goes_on = !part.ends || get.state == LongGet::bad_key;
    if (!request.line_goes_on) long_get_.reset();
    add_keys();
}

bool Dialect::read_first_line(BufferedStream& stream)
{
    auto line = stream.read_line(line_limit);
    if (std::exchange(drop_line_end_, false) && line && line->empty()) {
        line = stream.read_line(line_limit);
    }
    if (line) add(stream, *line);
    return line.has_value();
}

/// The lines that have come already.
void Dialect::add_lines(BufferedStream& stream)
{
    while (!is_full()) {
        const auto line = stream.next_line(line_limit);
        if (!line) return;
        if (std::exchange(drop_line_end_, false) && line->empty()) continue;
        add(stream, *line);
    }
}

/// Nothing after the last request can be parsed yet: the batch is long enough, the conversation may
/// end here, what follows is no line, or there is something of which there is only one.
bool Dialect::is_full() const
{
    const Request& last = batch_.back();
    const bool is_last_for_now = last.closes || last.dump || !last.is_last_key() ||
                                 (last.block && last.block->to_come) ||
                                 last.key.bytes.data() == key_room_.data();
    return is_last_for_now || batch_.size() >= most_;
}

void Dialect::add(BufferedStream& stream, std::string_view line)
{
    Request& request = batch_.emplace_back();
    parse_line(line, key_room_, request);
    if (request.block) place_block(stream, request);
    if (!request.more_keys.empty()) add_keys();
}

/// One request for each key of a get with many, as far as the batch has room.
void Dialect::add_keys()
{
    while (!batch_.back().more_keys.empty() && batch_.size() < most_) {
        batch_.push_back(next_of(batch_.back()));
    }
}

/// Takes the block if it has come with its line; else it is read when it is the request's turn, and
/// the key, which stands in the line, is kept for then.
void Dialect::place_block(BufferedStream& stream, Request& request)
{
    Block& block = *request.block;
    drop_line_end_ = block.bare;
    block.too_large = block.error.empty() && block.bytes > max_item_bytes_;
    auto& put = std::get<Put>(request.operation);
    put.max_value_bytes = max_item_bytes_;
    const auto bytes = stream.next_block(block.bytes + (block.bare ? 0 : 2));
    block.to_come = !bytes;
    if (block.to_come) {
        std::string_view& key = request.key.bytes;
        if (key.data() != key_room_.data()) {
            key = {key_room_.data(), key.copy(key_room_.data(), key_room_.size())};
        }
    } else if (block.is_skipped()) {
        answer_skipped(request);
    } else {
        put.value = {bytes->data(), static_cast<std::size_t>(block.bytes)};
        if (!block.bare && !bytes->ends_with(line_end)) {
            refuse_put(request, "CLIENT_ERROR bad data chunk");
        }
    }
}

/// Reads the block straight into an item.
void Dialect::read_block(BufferedStream& stream, Request& request)
{
    stream.continue_message();
    const Block& block = *request.block;
    auto& put = std::get<Put>(request.operation);
    if (!block.is_skipped()) put.draft = store_.draft(request.key, block.bytes);
    if (!put.draft) {
        stream.skip(block.bytes + (block.bare ? 0 : 2));
        return block.is_skipped() ? answer_skipped(request) : give_up_put(request, false);
    }
    stream.read_exactly(put.draft->room());
    if (block.bare) return;
    std::array<char, 2> end;
    stream.read_exactly(end);
    if (std::string_view(end.data(), end.size()) != line_end)
        refuse_put(request, "CLIENT_ERROR bad data chunk");
}

void Dialect::write_reply(BufferedStream& stream, const Request& request, const Reply& reply)
{
    if (request.meta) return write_meta_reply(stream, request, reply);
    if (request.dump) return write_step(stream, *request.dump, std::get<WalkStep>(reply));
    memcached::write_reply(stream, request, reply);
}

void Dialect::write_step(BufferedStream& stream, const Dump& dump, const WalkStep& step)
{
    const std::size_t left = write_dump(stream, dump, step);
    if (step.more && left > 0) {
        dump_ = NextStep{{dump.form, left}, step.next};
    } else {
        write_dump_end(stream, dump.form);
    }
}

}  // namespace kv::memcached
