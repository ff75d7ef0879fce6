#include "server/resp/dialect.h"

#include "server/resp/encoder.h"

namespace kv::resp {

Dialect::Dialect(DraftSource& memory, std::size_t max_item_bytes)
    : reader_(memory), state_{max_item_bytes}
{
}

std::optional<Request> Dialect::read_request(BufferedStream& stream)
{
    arguments_.clear();
    Request request{arguments_, state_};
    try {
        if (!reader_.read(stream, request)) return std::nullopt;
    } catch (const ProtocolError& error) {
        request.protocol_error = error.what();
        request.closes = true;
    } catch (const ForeignProtocol&) {
        arguments_.clear();  // a request of no words has no answer
        request.closes = true;
    }
    return request;
}

void Dialect::write_reply(BufferedStream& stream, const Request&, const Reply& reply)
{
    resp::write_reply(stream, reply, state_.version);
}

}  // namespace kv::resp
