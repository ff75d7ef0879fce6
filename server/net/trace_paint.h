// trace_paint.h: colours for a terminal, nothing for a file.
#pragma once

#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

namespace kv {

class TracePaint {
public:
    explicit TracePaint(bool coloured) : coloured_(coloured) {}

    [[nodiscard]] std::string line(std::string_view text) const { return in("36", text); }
    [[nodiscard]] std::string block(std::string_view text) const { return in("32", text); }
    [[nodiscard]] std::string quiet(std::string_view text) const { return in("2", text); }
    [[nodiscard]] std::string strong(std::string_view text) const { return in("1", text); }
    [[nodiscard]] std::string notable(std::string_view text) const { return in("33", text); }

    /// One of six colours, the same for the same client.
    [[nodiscard]] std::string client(std::uint64_t id, std::string_view text) const
    {
        constexpr std::string_view colours[] = {"1;34", "1;35", "1;33", "1;36", "1;31", "1;32"};
        return in(colours[id % std::size(colours)], text);
    }

private:
    [[nodiscard]] std::string in(std::string_view colour, std::string_view text) const
    {
        if (!coloured_ || text.empty()) return std::string(text);
        return std::string("\x1b[").append(colour).append("m").append(text).append("\x1b[0m");
    }

    bool coloured_;
};

}  // namespace kv
