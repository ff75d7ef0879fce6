// Lesson 25, server half. What is a key-value server made of?
//
// Of the lessons before it: an accept loop (02), a thread per client (05), one map under one mutex
// (06), lines and blocks from a stream (09, 12), replies that say how long they are (15). This is
// kvserver in miniature: if you can read this page you can find your way through the real one.
//
// Run:         scripts/lesson.sh run 25, or by hand, in two terminals:
//     build/release/lessons/25_all_together_server 8888
//     build/release/lessons/25_all_together_client 8888
//     With a second word, 0, the server has no end, and kvcheck can grade it:
//     25_all_together_server 8888 0, then kvcheck --mode tutorial 127.0.0.1 8888
// Expect:
//     [server] listening on 127.0.0.1:8888
//     [server] a client has left: End of file
//     [server] a client has left: End of file
// Trace:       accept,clone,clone3,recvfrom,sendto,futex
// Leaves out:  deadlines (21), gathered replies (23), limits on memory and clients, a way to stop.
// In kvserver: as a byte meets them: server/net/listener.cpp, server/net/session.cpp,
//              common/buffered_stream.cpp, server/memcached/parser.cpp, server/store/store.h,
//              server/memcached/encoder.cpp.

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/completion_condition.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <chrono>
#include <functional>
#include <future>
#include <iostream>
#include <list>
#include <mutex>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <syncstream>
#include <unordered_map>

using boost::asio::ip::tcp;

/// The only thing the threads share. The mutex is private, so no caller can forget it.
class Store {
public:
    void set(const std::string& key, std::string value)
    {
        const std::lock_guard lock(mutex_);
        values_[key] = std::move(value);
    }
    std::optional<std::string> get(const std::string& key)
    {
        const std::lock_guard lock(mutex_);
        const auto found = values_.find(key);
        return found == values_.end() ? std::nullopt : std::optional(found->second);
    }

private:
    std::mutex mutex_;
    std::unordered_map<std::string, std::string> values_;
};

constexpr std::size_t max_line_bytes = 2048;
constexpr std::size_t max_value_bytes = 1 << 20;

/// pending holds bytes read too far, which belong to the next line or block.
std::string read_line(tcp::socket& client, std::string& pending)
{
    auto buffer = boost::asio::dynamic_buffer(pending, max_line_bytes + max_value_bytes);
    const std::size_t end = boost::asio::read_until(client, buffer, "\r\n");
    std::string line = pending.substr(0, end - 2);
    pending.erase(0, end);
    return line;
}

/// Reads exactly `length` arbitrary bytes; nothing follows them.
std::string read_value(tcp::socket& client, std::string& pending, std::size_t length)
{
    if (pending.size() < length) {
        boost::asio::read(client, boost::asio::dynamic_buffer(pending),
                          boost::asio::transfer_at_least(length - pending.size()));
    }
    std::string value = pending.substr(0, length);
    pending.erase(0, length);
    return value;
}

/// Checks the length before anything is done with it: digits, and not too many.
std::size_t parse_length(const std::string& word)
{
    const bool is_number = word.find_first_not_of("0123456789") == std::string::npos;
    if (!is_number || word.size() > 7 || std::stoul(word) > max_value_bytes)
        throw std::invalid_argument("CLIENT_ERROR bad data chunk\r\n");
    return std::stoul(word);
}

/// One request in, its reply out: "set KEY LEN" and a value, or "get KEY". An empty line has none.
std::string answer_next(tcp::socket& client, std::string& pending, Store& store)
{
    const std::string line = read_line(client, pending);
    std::istringstream words(line);
    std::string verb;
    std::string key;
    std::string length;
    words >> verb >> key >> length;
    if (line.empty()) return "";
    if (verb == "set" && !length.empty()) {
        store.set(key, read_value(client, pending, parse_length(length)));
        return "STORED\r\n";
    }
    if (verb != "get" || key.empty()) return "ERROR\r\n";
    const auto value = store.get(key);
    if (!value) return "END\r\n";
    return "VALUE " + key + " 0 " + std::to_string(value->size()) + "\r\n" + *value + "\r\nEND\r\n";
}

void converse(tcp::socket& client, Store& store)
try {
    std::string pending;
    for (;;) boost::asio::write(client, boost::asio::buffer(answer_next(client, pending, store)));
} catch (const std::invalid_argument& error) {  // it is unknown where the next request begins
    boost::asio::write(client, boost::asio::buffer(std::string(error.what())));
}

void serve(tcp::socket client, Store& store)
try {
    converse(client, store);
} catch (const boost::system::system_error& error) {
    std::osyncstream(std::cout) << "a client has left: " << error.code().message() << std::endl;
}

int main(int argc, char* argv[])
try {
    boost::asio::io_context io;
    tcp::acceptor listener(
        io, *tcp::resolver(io).resolve("127.0.0.1", argc > 1 ? argv[1] : "8888").begin());
    std::cout << "listening on " << listener.local_endpoint() << std::endl;
    Store store;                            // before the threads: it must outlive them
    std::list<std::future<void>> sessions;  // each joins its thread when it is destroyed

    // The second argument is the number of clients, 0: no limit; two are enough for a lesson.
    for (int left = argc > 2 ? std::stoi(argv[2]) : 2;;) {
        sessions.push_back(
            std::async(std::launch::async, serve, listener.accept(), std::ref(store)));
        if (--left == 0) return 0;
        const auto now = std::chrono::seconds(0);
        sessions.remove_if(
            [now](auto& session) { return session.wait_for(now) == std::future_status::ready; });
    }
} catch (const std::exception& error) {
    std::cerr << "25_all_together_server: " << error.what() << '\n';
    return 1;
}
