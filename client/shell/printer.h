// printer.h: replies as text, harmless to the terminal they are shown on.
#pragma once

#include "common/resp_value.h"

#include <string>
#include <string_view>

namespace kv::shell {

enum class Format {
    pretty,  ///< for people: values quoted and escaped, elements numbered, as redis-cli shows them
    plain,   ///< for pipes: values as they are, one to a line
    raw,     ///< a single value's bytes and nothing else; several values one to a line
    json,    ///< one JSON document to a reply
    csv,     ///< one CSV record to a reply
};

/// The reply as `format` shows it, with the line end that belongs to it.
[[nodiscard]] std::string formatted(const resp::Value& reply, Format format);

}  // namespace kv::shell
