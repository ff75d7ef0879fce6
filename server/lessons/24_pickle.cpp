// Lesson 24, server half. Why does unpickling a stranger's bytes run their code?
//
// A Python pickle is not data but a program for a small stack machine. One instruction looks up any
// function by name, another calls it: that is how objects of any class are rebuilt, and how a
// stranger gets os.system called in our process. This machine only says what it would do.
//
// Run:         scripts/lesson.sh run 24, or by hand, in two terminals:
//     build/release/lessons/24_pickle_server 8888
//     build/release/lessons/24_pickle_client 8888
// Expect:
//     [server] listening on 127.0.0.1:8888
//     [server] pickle 1, 24 bytes
//     [server]   trusting:   ('set', 'k', 42)
//     [server]   restricted: ('set', 'k', 42)
//     [server] pickle 2, 29 bytes
//     [server]   trusting:   would look up os.system
//     [server]   trusting:   would call os.system('echo visited')
//     [server]   restricted: refused, the pickle names os.system
// Trace:       accept,recvfrom
// Leaves out:  the other sixty instructions. Protocol 0 is text, so it can be read here.
// In kvserver: server/zmq/pickle_reader.cpp, a restricted reader for protocols 0 to 5.

#include <utility>  // Boost 1.74's Asio uses std::exchange without it

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>

#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using boost::asio::ip::tcp;

/// Values as Python would print them. A lone "(" is a mark: a tuple begins above it.
using Stack = std::vector<std::string>;

std::string pop(Stack& stack)
{
    if (stack.empty()) throw std::runtime_error("a value is missing");
    std::string top = stack.back();
    stack.pop_back();
    return top;
}

/// Everything above the topmost mark becomes one value.
std::string pop_tuple(Stack& stack)
{
    std::string tuple = ")";
    for (std::string item = pop(stack); item != "("; item = pop(stack)) {
        tuple.insert(0, tuple == ")" ? item : item + ", ");
    }
    return "(" + tuple;
}

/// Runs a pickle as the program it is. A restricted machine has no names, so it cannot call
/// anything.
std::string load(const std::string& pickle, bool is_restricted)
{
    std::istringstream program(pickle);
    std::string text;
    const auto line = [&]() -> const std::string& { return std::getline(program, text), text; };
    Stack stack;
    for (char instruction = 0; program.get(instruction);) {
        switch (instruction) {
            case '(': stack.emplace_back("("); break;
            case 'V': stack.emplace_back("'" + line() + "'"); break;
            case 'I': stack.emplace_back(line()); break;
            case 'p': line(); break;  // remember the top of the stack; not used here
            case 't': stack.emplace_back(pop_tuple(stack)); break;
            case 'c': {  // module, name: find this, whatever it is
                std::string name = line() + ".";
                name += line();
                if (is_restricted) return "refused, the pickle names " + name;
                std::cout << "  trusting:   would look up " << name << std::endl;
                stack.emplace_back(name);
                break;
            }
            case 'R': {  // function, arguments: call it
                const std::string arguments = pop(stack);
                return "would call " + pop(stack).append(arguments);
            }
            case '.': return pop(stack);
            default: throw std::runtime_error("unknown instruction");
        }
    }
    throw std::runtime_error("the pickle has no end");
}

int main(int argc, char* argv[])
try {
    const std::string port = argc > 1 ? argv[1] : "8888";
    boost::asio::io_context io;
    tcp::acceptor listener(io, *tcp::resolver(io).resolve("127.0.0.1", port).begin());
    std::cout << "listening on " << listener.local_endpoint() << std::endl;

    for (const int number : {1, 2}) {
        tcp::socket client = listener.accept();
        std::string pickle;  // it ends where the client's stream ends (lesson 17)
        boost::system::error_code error;
        boost::asio::read(client, boost::asio::dynamic_buffer(pickle, 65536), error);
        if (error != boost::asio::error::eof) throw std::length_error("the pickle is too long");

        std::cout << "pickle " << number << ", " << pickle.size() << " bytes" << std::endl;
        const std::string loaded = load(pickle, false);  // says what it does on its way
        std::cout << "  trusting:   " << loaded << std::endl;
        std::cout << "  restricted: " << load(pickle, true) << std::endl;
    }
    return 0;
} catch (const std::exception& error) {
    std::cerr << "24_pickle_server: " << error.what() << '\n';
    return 1;
}
