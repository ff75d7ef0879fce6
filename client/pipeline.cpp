#include "client/pipeline.h"

#include "client/connection.h"
#include "client/errors.h"
#include "client/memcached_replies.h"
#include "client/memcached_requests.h"

namespace kv {

using namespace client;

namespace {

auto item_reader(std::string_view key)
{
    return [asked = std::string(key)](Connection& connection) {
        std::optional<Hit> found;
        read_items(connection, {&asked, 1},
                   [&](std::string&&, Hit&& item) { found = std::move(item); });
        return found;
    };
}

auto found_reader(std::string_view yes)
{
    return [yes](Connection& connection) { return read_found(connection, yes); };
}

}  // namespace

template <class Result, class Read>
std::future<Result> Pipeline::queue(std::string request, Read read)
{
    auto promise = std::make_shared<std::promise<Result>>();
    auto future = promise->get_future();
    queue_.push_back(
        {std::move(request),
         [promise, read](Connection& connection) {
             try {
                 promise->set_value(read(connection));
             } catch (const ServerError&) {
                 promise->set_exception(std::current_exception());
             }
         },
         [promise](std::exception_ptr why) { promise->set_exception(std::move(why)); }});
    return future;
}

std::future<std::optional<Hit>> Pipeline::get(std::string_view key)
{
    const std::string asked(key);
    return queue<std::optional<Hit>>(get_request("get", {&asked, 1}), item_reader(key));
}

std::future<std::optional<Hit>> Pipeline::gets(std::string_view key)
{
    const std::string asked(key);
    return queue<std::optional<Hit>>(get_request("gets", {&asked, 1}), item_reader(key));
}

std::future<Stored> Pipeline::set(std::string_view key, std::string_view value,
                                  StoreOptions options)
{
    return queue<Stored>(store_request("set", key, value, options), read_stored);
}

std::future<Stored> Pipeline::add(std::string_view key, std::string_view value,
                                  StoreOptions options)
{
    return queue<Stored>(store_request("add", key, value, options), read_stored);
}

std::future<Stored> Pipeline::cas(std::string_view key, std::string_view value, std::uint64_t cas,
                                  StoreOptions options)
{
    return queue<Stored>(store_request("cas", key, value, options, cas), read_stored);
}

std::future<bool> Pipeline::remove(std::string_view key)
{
    return queue<bool>(change_request("delete", key), found_reader("DELETED"));
}

std::future<std::optional<std::uint64_t>> Pipeline::incr(std::string_view key, std::uint64_t delta)
{
    return queue<std::optional<std::uint64_t>>(change_request("incr", key, std::to_string(delta)),
                                               read_number);
}

std::future<std::optional<std::uint64_t>> Pipeline::decr(std::string_view key, std::uint64_t delta)
{
    return queue<std::optional<std::uint64_t>>(change_request("decr", key, std::to_string(delta)),
                                               read_number);
}

std::future<bool> Pipeline::touch(std::string_view key, std::chrono::seconds expiry)
{
    return queue<bool>(change_request("touch", key, std::to_string(wire_expiry(expiry))),
                       found_reader("TOUCHED"));
}

/// The end of the batch that begins with request `first`. A server whose replies are not read stops
/// reading, and while we write we read only up to a bound, so both sides could block forever. So we
/// send no more ahead of the replies than the sockets' buffers surely hold; a larger request is a
/// batch by itself.
std::size_t Pipeline::batch_from(std::size_t first) const
{
    constexpr std::size_t most_bytes_ahead = std::size_t{16} << 10;
    std::size_t bytes = queue_[first].request.size();
    std::size_t last = first + 1;
    while (last < queue_.size() && bytes + queue_[last].request.size() <= most_bytes_ahead) {
        bytes += queue_[last++].request.size();
    }
    return last;
}

void Pipeline::run_batch(std::size_t first, std::size_t last, std::size_t& answered)
{
    Connection& connection = client_.connection();
    Exchange whole(connection);
    for (std::size_t i = first; i < last; ++i) connection.write(queue_[i].request);
    for (std::size_t i = first; i < last; ++i) {
        queue_[i].read(connection);
        ++answered;
    }
    whole.complete();
}

void Pipeline::run()
{
    std::size_t answered = 0;
    try {
        while (answered < queue_.size()) run_batch(answered, batch_from(answered), answered);
    } catch (...) {
        for (; answered < queue_.size(); ++answered) {
            queue_[answered].give_up(std::current_exception());
        }
        queue_.clear();
        throw;
    }
    queue_.clear();
}

}  // namespace kv
