#include "common/redis/rows.h"
#include "common/words.h"

#include <algorithm>
#include <array>
#include <deque>
#include <string>

namespace kv {

namespace {

/// What the shell knows: the rows of the groups, under names as people type them.
class ShellTable {
public:
    ShellTable()
    {
        for (const redis::Group& group : redis::groups()) {
            for (const redis::Row& row : group.rows) add(row, group.title);
            add_elsewhere([&](const CommandInfo& info) { return info.group == group.title; });
        }
        add_elsewhere([](const CommandInfo& info) { return !is_served(info.group); });
    }

    [[nodiscard]] std::span<const CommandInfo> rows() const { return rows_; }

private:
    static bool is_served(std::string_view title)
    {
        const auto groups = redis::groups();
        return std::any_of(groups.begin(), groups.end(),
                           [&](const redis::Group& group) { return group.title == title; });
    }

    /// "client|list" is "CLIENT LIST" there.
    void add(const redis::Row& row, std::string_view title)
    {
        std::string& name = names_.emplace_back(in_capitals(row.name));
        std::replace(name.begin(), name.end(), '|', ' ');
        rows_.push_back({name, row.grammar, row.summary, title});
    }

    template <class Belongs>
    void add_elsewhere(Belongs belongs)
    {
        const auto elsewhere = redis::commands_elsewhere();
        std::copy_if(elsewhere.begin(), elsewhere.end(), std::back_inserter(rows_), belongs);
    }

    std::deque<std::string> names_;  ///< never moved: the rows point to them
    std::vector<CommandInfo> rows_;
};

}  // namespace

std::span<const redis::Group> redis::groups()
{
    static const std::array groups{string_group(),  bitmap_group(),     list_group(),
                                   hash_group(),    set_group(),        sorted_set_group(),
                                   generic_group(), connection_group(), transactions_group(),
                                   server_group()};
    return groups;
}

std::span<const CommandInfo> redis_commands()
{
    static const ShellTable table;
    return table.rows();
}

}  // namespace kv
