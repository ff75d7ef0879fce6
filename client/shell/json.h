// json.h: a reply as JSON.
#pragma once

#include "common/resp_value.h"

#include <string>

namespace kv::shell {

/// One document, on one line:
///   string of valid UTF-8     string
///   any other string          {"base64": "..."}, since JSON has no bytes
///   integer, big number       number, all digits kept
///   double                    number; inf and nan, which JSON lacks, as strings
///   null, boolean             null, true, false
///   array, set, push          array
///   map                       object; a key that is no UTF-8 has its other bytes as \xNN, a
///                             number among statistics is a number
///   error                     {"error": "..."}
[[nodiscard]] std::string to_json(const resp::Value& value);

/// RFC 4648, with padding.
[[nodiscard]] std::string base64(std::string_view bytes);

}  // namespace kv::shell
