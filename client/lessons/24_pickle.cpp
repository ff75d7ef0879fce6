// Lesson 24, client half. What does a hostile pickle look like?
//
// No different from an honest one: the same few letters in another order. The honest one is what
// Python makes of pickle.dumps(('set', 'k', 42), protocol=0). The hostile one was typed by hand.
//
// Run:         scripts/lesson.sh run 24; the server half says how to do it by hand
// Expect:
//     [client] sends a pickle of 24 bytes
//     [client] sends a pickle of 29 bytes
// Trace:       connect,sendto
// Leaves out:  python3 -m pickletools FILE takes a pickle apart without running it.
// In kvserver: server/zmq/pickle_reader.cpp refuses every name but a few that stand for plain data.

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <iostream>
#include <string>
#include <string_view>

using boost::asio::ip::tcp;

// ( mark, V text, I integer, p remember, t all since the mark is a tuple, . done
constexpr std::string_view honest = "(Vset\np0\nVk\np1\nI42\ntp2\n.";
// c look up module and name, R call it with the tuple
constexpr std::string_view hostile = "cos\nsystem\n(Vecho visited\ntR.";

int main(int argc, char* argv[])
try {
    const std::string port = argc > 1 ? argv[1] : "8888";
    boost::asio::io_context io;
    for (const std::string_view pickle : {honest, hostile}) {
        tcp::socket server(io);
        server.connect(*tcp::resolver(io).resolve("127.0.0.1", port).begin());
        std::cout << "sends a pickle of " << pickle.size() << " bytes" << std::endl;
        boost::asio::write(server, boost::asio::buffer(pickle));
    }
    return 0;
} catch (const std::exception& error) {
    std::cerr << "24_pickle_client: " << error.what() << '\n';
    return 1;
}
