// value_type.h: what Redis calls the types of values.
#pragma once

#include "server/store/table.h"

#include <string_view>

namespace kv::resp {

/// Whether commands for strings work on it.
[[nodiscard]] inline bool is_string(const Table::Row& row)
{
    return row.first->type == ItemType::bytes;
}

/// TYPE's answer.
[[nodiscard]] inline std::string_view type_name(const Item&)
{
    return "string";
}

}  // namespace kv::resp
