// Lesson 14. Why is a number in memory not a number on the wire?
//
// Because machines differ in which byte of an int comes first, and compilers put gaps between the
// members of a struct. Bytes on the wire therefore have an order of their own, the network's: most
// significant byte first. Write numbers one by one in that order, never a struct as it lies.
//
// Run:         scripts/lesson.sh run 14, or by hand:
//     build/release/lessons/14_byte_order_server
// Expect:
//     [server] 3893 in this machine's memory: 35 0f 00 00
//     [server] 3893 in network order:         00 00 0f 35
//     [server] network order, taken for this machine's: 890175488
//     [server] read byte by byte, on any machine:       3893
//     [server] struct of 1 + 4 bytes of members: 8 bytes in memory, 5 written member by member
//     [server] length -1 as an unsigned size: 18446744073709551615
// Trace:       write
// Leaves out:  text has no byte order. A protocol of lines can be typed by hand and read in a
//              trace, which is why most teaching protocols, and memcached's, are made of lines.
// In kvserver: common/words.h: lengths are decimal text, checked against both bounds.

#include <array>
#include <bit>
#include <cstdint>
#include <iomanip>
#include <iostream>

using FourBytes = std::array<unsigned char, 4>;

/// The bytes as they lie in memory: what struct.pack('i', n) and lesson 13 send.
FourBytes in_memory(std::uint32_t number)
{
    return std::bit_cast<FourBytes>(number);
}

/// struct.pack('!i', n), or htonl in C. Shifts speak of values, not of memory, so this is right on
/// every machine.
FourBytes in_network_order(std::uint32_t number)
{
    const auto byte = [number](unsigned shift) {
        return static_cast<unsigned char>(number >> shift & 0xffU);
    };
    return {byte(24), byte(16), byte(8), byte(0)};
}

std::uint32_t from_network_order(const FourBytes& bytes)
{
    std::uint32_t number = 0;
    for (const unsigned char byte : bytes) number = number << 8 | byte;
    return number;
}

std::ostream& operator<<(std::ostream& out, const FourBytes& bytes)
{
    out << std::hex << std::setfill('0');
    for (const unsigned char byte : bytes) out << ' ' << std::setw(2) << int{byte};
    return out << std::dec;
}

/// A header as one would like to write it. The int wants an address that is a multiple of four, so
/// three bytes of nothing follow the first member, and would travel along, holding old memory.
struct Header {
    std::uint8_t version;
    std::uint32_t length;
};

int main()
try {
    constexpr std::uint32_t length = 3893;
    const FourBytes wire = in_network_order(length);
    std::cout << "3893 in this machine's memory:" << in_memory(length) << '\n'
              << "3893 in network order:        " << wire << '\n'
              << "network order, taken for this machine's: " << std::bit_cast<std::uint32_t>(wire)
              << '\n'
              << "read byte by byte, on any machine:       " << from_network_order(wire) << '\n';

    std::cout << "struct of 1 + 4 bytes of members: " << sizeof(Header) << " bytes in memory, "
              << sizeof(Header::version) + sizeof(Header::length) << " written member by member\n";

    // Why lesson 13 checks the sign before anything else: no machine has this much memory.
    const std::int32_t hostile = -1;
    std::cout << "length -1 as an unsigned size: " << static_cast<std::size_t>(hostile)
              << std::endl;
    return 0;
} catch (const std::exception& error) {
    std::cerr << "14_byte_order_server: " << error.what() << '\n';
    return 1;
}
