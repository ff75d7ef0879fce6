// front_end.h for a server built without ZeroMQ.
#include "server/zmq/front_end.h"

namespace kv::zeromq {

struct FrontEnd::Socket {};
class Peers {};

bool speaks(const Uri&)
{
    return false;
}

FrontEnd::FrontEnd(const Uri& uri, const Settings& settings)
    : settings_(settings), client_(0, "zmq", "any", to_string(uri))
{
    throw CannotBind("cannot listen on " + to_string(uri) + ": built without ZeroMQ");
}

FrontEnd::~FrontEnd() = default;
void FrontEnd::start() {}
void FrontEnd::finish() {}
void FrontEnd::stop() {}

}  // namespace kv::zeromq
