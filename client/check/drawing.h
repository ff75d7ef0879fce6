// drawing.h: bytes as hex and text, with a ruler under each row that shows where messages begin:
//
//        0  73 65 74 20 6b 20 35 0d 0a 68 65 6c 6c 6f        set k 5..hello
//           |command line------------- |value--------
//                                         ^^ first difference
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "client/check/message.h"
#include "client/check/style.h"

namespace kv::check {

/// A place in a message and what is to be said there. One past the last byte is a place, too.
struct Mark {
    std::size_t position;
    std::string_view remark;
};

/// Lines that end in '\n', each begun with `indent`. Long messages are drawn at their beginning,
/// around the mark and at their end.
[[nodiscard]] std::string draw(const Message& message, const std::string& indent,
                               const Style& style, std::optional<Mark> mark = std::nullopt);

}  // namespace kv::check
