// value_type.h: what Redis calls the types of values.
#pragma once

#include "server/store/table.h"

#include <string_view>

namespace kv::resp {

/// Whether commands that look into strings, or change them, work on it. A text and a number are
/// kept as their bytes; other values are read whole.
[[nodiscard]] inline bool is_string(const Table::Row& row)
{
    return row.first->type != ItemType::nested;
}

/// TYPE's answer. Redis has no type that is nested as these values are.
[[nodiscard]] inline std::string_view type_name(const Item& item)
{
    return item.type == ItemType::nested ? "nested" : "string";
}

}  // namespace kv::resp
