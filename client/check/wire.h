// wire.h: the little protocol in its three spellings; which bytes ask, and which bytes must answer.
//
//              set                                        get that hits            get that misses
//   memcache   set key 0 0 len\r\n<bytes>\r\n             VALUE key 0 len\r\n      END\r\n
//                                                         <bytes>\r\nEND\r\n
//   tutorial   set key len\r\n<bytes>                     the same                 the same
//   unframed   set key len\r\n<bytes>                     <bytes>                  None
//
// `set` answers STORED\r\n everywhere. Protocol source: memcached's protocol.txt, "Storage
// commands" and "Retrieval command"; the other two come from socket tutorials.
#pragma once

#include <optional>
#include <string_view>

#include "client/check/message.h"

namespace kv::check {

/// Values are bits, so that a case can name all the modes it applies to.
enum class Mode : unsigned { memcache = 1, tutorial = 2, unframed = 4 };

constexpr unsigned in_memcache = 1;
constexpr unsigned in_every_mode = 7;

/// nullopt: no such mode.
[[nodiscard]] std::optional<Mode> mode_named(std::string_view name);
[[nodiscard]] std::string_view name_of(Mode mode);

class Wire {
public:
    explicit Wire(Mode mode) : mode_(mode) {}

    [[nodiscard]] Mode mode() const { return mode_; }

    [[nodiscard]] Message get(std::string_view key) const;
    [[nodiscard]] Message set(std::string_view key, std::string_view value) const;
    /// Only the first line of a set, with whatever the caller wants to claim as the length.
    [[nodiscard]] Message set_line(std::string_view key, std::string_view length) const;

    [[nodiscard]] Message stored() const;
    [[nodiscard]] Message hit(std::string_view key, std::string_view value) const;
    [[nodiscard]] Message miss() const;

private:
    Mode mode_;
};

}  // namespace kv::check
