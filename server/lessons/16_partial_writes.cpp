// Lesson 16. What does a writer notice of a reader that has stopped reading?
//
// At first nothing: send() only copies into the kernel, and returns when the bytes are there, long
// before anybody reads them. When both kernels' buffers are full, it takes fewer bytes than it was
// given, then none: a blocking send() would now wait, if need be for ever. So check the result of
// send(), and loop until everything is sent.
//
// Run:         scripts/lesson.sh run 16, or by hand (both ends are in this program):
//     build/release/lessons/16_partial_writes_server
// Expect:
//     [server] the first send() took all of the 4000000 bytes: no
//     [server] no more room: Resource temporarily unavailable
//     [server] now the reader reads, and the writer loops over send()
//     [server] received: 4000000 bytes
// Trace:       sendto,poll,ppoll
// Leaves out:  boost::asio::write is this loop, ready made. Neither has a deadline: a client that
//              asks for a large value and never reads it holds our thread.
// In kvserver: common/buffered_stream.cpp, a write loop with a deadline.

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <future>
#include <iostream>
#include <string>
#include <string_view>
#include <system_error>

using boost::asio::ip::tcp;

/// One send() that never waits (MSG_DONTWAIT). Returns what the kernel took; 0 means no room.
std::size_t send_now(tcp::socket& writer, std::string_view bytes)
{
    const ssize_t taken =
        ::send(writer.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (taken == -1 && errno == EAGAIN) return 0;
    if (taken == -1) throw std::system_error(errno, std::generic_category(), "send");
    return static_cast<std::size_t>(taken);
}

std::size_t read_to_the_end(tcp::socket& reader)
{
    std::size_t received = 0;
    for (;;) {
        std::array<char, 65536> chunk{};
        boost::system::error_code error;
        received += reader.read_some(boost::asio::buffer(chunk), error);
        if (error == boost::asio::error::eof) return received;
        if (error) throw boost::system::system_error(error, "read");
    }
}

int main()
try {
    boost::asio::io_context io;
    tcp::acceptor listener(io, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
    tcp::socket reader(io);
    reader.connect(listener.local_endpoint());
    tcp::socket writer = listener.accept();
    // Kernels enlarge the buffers of a busy connection; a fixed size prevents that, and is soon
    // full.
    writer.set_option(tcp::socket::send_buffer_size(64 * 1024));
    reader.set_option(tcp::socket::receive_buffer_size(64 * 1024));

    const std::string message(4'000'000, 'x');
    std::string_view rest = message;
    rest.remove_prefix(send_now(writer, rest));
    std::cout << "the first send() took all of the " << message.size()
              << " bytes: " << (rest.empty() ? "yes" : "no") << std::endl;
    while (const std::size_t taken = send_now(writer, rest)) rest.remove_prefix(taken);
    std::cout << "no more room: " << std::generic_category().message(EAGAIN) << std::endl;

    std::cout << "now the reader reads, and the writer loops over send()" << std::endl;
    auto received = std::async(std::launch::async, [&reader] { return read_to_the_end(reader); });
    while (!rest.empty()) {
        writer.wait(tcp::socket::wait_write);  // blocks until there is room again, as poll() does
        rest.remove_prefix(send_now(writer, rest));
    }
    writer.shutdown(tcp::socket::shutdown_send);
    std::cout << "received: " << received.get() << " bytes" << std::endl;
    return 0;
} catch (const std::exception& error) {
    std::cerr << "16_partial_writes_server: " << error.what() << '\n';
    return 1;
}
