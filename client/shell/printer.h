// printer.h: replies as text, for people and for programs.
#pragma once

#include "common/resp_value.h"

#include <string>

namespace kv::shell {

enum class Format {
    pretty,  ///< for people: strings quoted and escaped, elements numbered, as redis-cli shows them
    plain,   ///< for pipes: values as they are, one to a line; a map's name, a tab, its value
    raw,     ///< as plain, but a single value is its bytes and nothing else, not even a line end
    json,    ///< one JSON document on a line
    csv,     ///< one CSV record; of a map one for each pair (RFC 4180)
};

/// The reply as `format` shows it, with the line end that belongs to it. Empty for an empty simple
/// string, which stands for "there was no reply". Only pretty takes care of terminals and
/// `colored`.
[[nodiscard]] std::string formatted(const resp::Value& reply, Format format, bool colored = false);

}  // namespace kv::shell
