#include "server/resp/dialect.h"

#include "server/resp/encoder.h"
#include "server/resp/protocol.h"

#include <algorithm>
#include <new>

namespace kv::resp {

namespace {

/// Whether CLIENT REPLY keeps the answer back.
bool is_muted(State& state)
{
    using Muted = State::Muted;
    const Muted muted = state.muted;
    if (muted == Muted::for_two) state.muted = Muted::for_one;
    if (muted == Muted::for_one) state.muted = Muted::no;
    return muted != Muted::no;
}

}  // namespace

Dialect::Dialect(DraftSource& memory, std::size_t max_item_bytes)
    : memory_(memory), reader_(memory), state_{max_item_bytes}, batch_(memory, max_item_bytes)
{
}

Request* Dialect::read_request(BufferedStream& stream)
{
    if (request_ && request_->own != nullptr) arguments_.clear();
    values_.clear();
    state_.held.clear();
    state_.stream = &stream;
    if (batch_.is_used_up() && !batch_.has_begun() && !stream.observed()) {
        if (!stream.read_some()) return nullptr;
        try {
            batch_.take(stream);
        } catch (const std::bad_alloc&) {  // nothing has been taken
            batch_.clear();
        }
    }
    if (batch_.is_used_up()) return read_alone(stream);
    request_.emplace(state_, batch_.next());
    if (request_->command != nullptr && request_->command->value != 0) {
        try {
            draft_values();
        } catch (const std::bad_alloc&) {
            request_->refusal = out_of_memory;
        }
    }
    return &*request_;
}

/// Reads a request that does not lie whole in the input, or is not an array, or is wrong.
Request* Dialect::read_alone(BufferedStream& stream)
{
    request_.emplace(state_).own = &arguments_;
    try {
        if (!reader_.read(stream, batch_.take_begun(), *request_)) return nullptr;
    } catch (const ProtocolError& error) {
        protocol_error_ = error.what();
        request_->protocol_error = protocol_error_;
        request_->closes = true;
    } catch (const ForeignProtocol&) {
        request_->closes = true;  // a request of no words has no answer
    }
    return &*request_;
}

/// Copies the values that are to be stored into their items, now that the requests before this one
/// have been carried out, and the memory they freed is free.
void Dialect::draft_values()
{
    Request& request = *request_;
    const HashedKey* key = request.keys.data();
    for_each_key(*request.command, request.words, [&](std::size_t i) {
        const HashedKey& own_key = *key++;
        const std::size_t place = request.command->value_of_key(i);
        if (place >= request.words.size() || !is_key(own_key.bytes)) return;
        if (!request.refusal.empty()) return;
        const std::string_view value = request.words[place];
        auto draft = memory_.draft(own_key, value.size());
        if (!draft) {
            request.refusal = out_of_memory;
            return;
        }
        std::copy(value.begin(), value.end(), draft->room().begin());
        values_.push_back(std::move(*draft));
    });
    request.values = values_;
}

void Dialect::write_reply(BufferedStream& stream, const Request& request, const Reply& reply)
{
    if (request.protocol_error.empty() && is_muted(state_)) return;
    resp::write_reply(stream, reply, state_.version);
    // A client that has gone answers with a reset, and so the next reply finds that out.
    if (request.took_long) stream.flush();
}

}  // namespace kv::resp
