// foreign_protocol.h: recognises the openings of protocols that are not ours.
//
// A web page can make a browser send attacker-chosen lines after its HTTP headers ("cross-protocol
// scripting"): so the first line of such a protocol closes the connection.
#pragma once

#include <string_view>

namespace kv {

/// Whether what a peer sent begins a TLS handshake, which has no line end to wait for.
[[nodiscard]] inline bool begins_tls(std::string_view start)
{
    return start.starts_with('\x16');
}

/// Whether a line is from HTTP, SSH, or a proxy that announces its client, in words or in binary.
[[nodiscard]] inline bool is_foreign(std::string_view line)
{
    return line.substr(line.rfind(' ') + 1).starts_with("HTTP/") || line.starts_with("Host:") ||
           line.starts_with("host:") || line.starts_with("POST ") || line.starts_with("PROXY ") ||
           line.starts_with("SSH-") || line.find('\0') != std::string_view::npos;
}

}  // namespace kv
