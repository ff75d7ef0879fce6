#include "client/shell/json.h"

#include "common/log.h"
#include "common/parse_number.h"

#include <sodium/utils.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace kv::shell {

using Json = nlohmann::ordered_json;
using resp::Type;
using resp::Value;

namespace {

bool is_utf8(const std::string& bytes)
{
    try {
        (void)Json(bytes).dump();
        return true;
    } catch (const Json::type_error&) {
        return false;
    }
}

Json text_value(const std::string& bytes)
{
    return is_utf8(bytes) ? Json(bytes) : Json{{"base64", base64(bytes)}};
}

/// A number as it came; one that no 64 bits hold stays the digits it is, as a string.
Json number_value(const std::string& digits)
{
    if (const auto number = parse_number<std::int64_t>(digits)) return *number;
    if (const auto number = parse_number<std::uint64_t>(digits)) return *number;
    return digits;
}

Json real_value(const std::string& text)
{
    Json number = Json::parse(text, nullptr, false);
    return number.is_number() ? number : Json(text);
}

Json json_of(const Value& value);

/// A statistic is a line of text to the protocol; to whoever reads JSON it is a number.
Json member_value(const Value& value)
{
    const auto number = parse_number<std::uint64_t>(value.text);
    const bool is_statistic =
        value.type == Type::simple && number && std::to_string(*number) == value.text;
    return is_statistic ? Json(*number) : json_of(value);
}

Json json_of(const Value& value)
{
    switch (value.type) {
        case Type::null: return nullptr;
        case Type::boolean: return value.text == "t";
        case Type::integer:
        case Type::big_number: return number_value(value.text);
        case Type::real: return real_value(value.text);
        case Type::error:
        case Type::bulk_error: return {{"error", text_value(value.text)}};
        case Type::verbatim:
            return text_value(value.text.substr(std::min<std::size_t>(4, value.text.size())));
        case Type::simple:
        case Type::bulk: return text_value(value.text);
        default: break;
    }
    if (value.type != Type::map) {
        Json array = Json::array();
        for (const Value& element : value.elements) array.push_back(json_of(element));
        return array;
    }
    Json object = Json::object();
    for (std::size_t i = 0; i + 1 < value.elements.size(); i += 2) {
        const std::string& key = value.elements[i].text;
        object[is_utf8(key) ? key : escaped(key, key.size())] = member_value(value.elements[i + 1]);
    }
    return object;
}

}  // namespace

std::string base64(std::string_view bytes)
{
    std::string text(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    ::sodium_bin2base64(text.data(), text.size(),
                        reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                        sodium_base64_VARIANT_ORIGINAL);
    text.pop_back();  // the zero byte of a C string
    return text;
}

std::string to_json(const Value& value)
{
    return json_of(value).dump();
}

}  // namespace kv::shell
