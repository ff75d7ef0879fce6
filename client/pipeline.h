// pipeline.h: many requests in one round trip.
//
//     kv::Pipeline pipeline(client);
//     auto visits = pipeline.incr("visits");
//     auto page = pipeline.get("page:7");
//     pipeline.run();
//     std::cout << visits.get().value_or(0) << page.get()->value;
//
// A thousand single requests cost a thousand round trips; in a pipeline they are sent together and
// answered together. They are still separate requests: other clients' requests may be executed
// between them, and one may fail while the rest succeed.
#pragma once

#include "client/client.h"

#include <functional>
#include <future>

namespace kv {

class Pipeline {
public:
    /// `client` outlives the pipeline, and is not used otherwise during run().
    explicit Pipeline(Client& client) : client_(client) {}

    // Each call checks its arguments (BadArgument), queues a request and sends nothing. The future
    // is ready only after run(); before that, get() would block forever. It holds what the function
    // of the same name in Client would have returned or thrown.
    std::future<std::optional<Hit>> get(std::string_view key);
    std::future<std::optional<Hit>> gets(std::string_view key);
    std::future<Stored> set(std::string_view key, std::string_view value,
                            StoreOptions options = {});
    std::future<Stored> add(std::string_view key, std::string_view value,
                            StoreOptions options = {});
    std::future<Stored> cas(std::string_view key, std::string_view value, std::uint64_t cas,
                            StoreOptions options = {});
    std::future<bool> remove(std::string_view key);
    std::future<std::optional<std::uint64_t>> incr(std::string_view key, std::uint64_t delta = 1);
    std::future<std::optional<std::uint64_t>> decr(std::string_view key, std::uint64_t delta = 1);
    std::future<bool> touch(std::string_view key, std::chrono::seconds expiry);

    /// Sends all queued requests and reads every reply; the queue is empty afterwards. Errors
    /// answered by the server are thrown by their futures. If the connection fails, its exception
    /// is thrown here and by every unanswered future. Each reply has its own deadline.
    void run();

    [[nodiscard]] std::size_t size() const { return queue_.size(); }

private:
    struct Step {
        std::string request;
        std::function<void(client::Connection&)> read;    ///< reads the reply, sets the future
        std::function<void(std::exception_ptr)> give_up;  ///< there will be no reply
    };

    template <class Result, class Read>
    std::future<Result> queue(std::string request, Read read);
    [[nodiscard]] std::size_t batch_from(std::size_t first) const;
    void run_batch(std::size_t first, std::size_t last, std::size_t& answered);

    Client& client_;
    std::vector<Step> queue_;
};

}  // namespace kv
