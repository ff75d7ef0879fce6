// asio.h: the one place that includes Boost.Asio, and the names we use from it.
//
// A header of Asio costs seconds to compile, so only files that hold a socket include this one.
#pragma once

#include <utility>  // before Asio: its 1.74 headers use std::exchange in C++20 without including it

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

namespace kv {

namespace asio = boost::asio;

/// One protocol type for TCP over IPv4, TCP over IPv6 and unix sockets: the calls are the same for
/// all three, only the addresses differ.
using StreamProtocol = asio::generic::stream_protocol;
using Socket = StreamProtocol::socket;
using Acceptor = asio::basic_socket_acceptor<StreamProtocol>;
using Endpoint = StreamProtocol::endpoint;

}  // namespace kv
