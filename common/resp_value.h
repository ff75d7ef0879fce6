// resp_value.h: a complete value of the Redis protocol.
#pragma once

#include <string>
#include <vector>

namespace kv::resp {

/// The first byte of a value on the wire (RESP3 specification, "RESP3 overview"); `null` stands for
/// "_" and for RESP2's "$-1" and "*-1" alike.
enum class Type : char {
    simple = '+',
    error = '-',
    integer = ':',
    bulk = '$',
    array = '*',
    null = '_',
    boolean = '#',
    real = ',',
    big_number = '(',
    bulk_error = '!',
    verbatim = '=',
    map = '%',
    set = '~',
    attribute = '|',
    push = '>',
};

struct Value {
    Type type = Type::null;
    std::string text;             ///< of any type without elements; the digits of a number
    std::vector<Value> elements;  ///< of array, set, push; of a map: key, value, key, value ...

    friend bool operator==(const Value&, const Value&) = default;
};

}  // namespace kv::resp
