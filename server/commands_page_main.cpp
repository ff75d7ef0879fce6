// commands_page_main.cpp: prints server/COMMANDS.md, from the rows that the server and kvcli go by.
//
//   scripts/build.sh dev commands_page      writes the page; a test fails when it is out of date
#include "common/redis/rows.h"
#include "common/words.h"

#include <algorithm>
#include <iostream>

namespace {

constexpr std::string_view head =
    R"(<!-- Made by scripts/build.sh dev commands_page from common/redis/ and common/memcached_commands.cpp. -->
# Commands

A word in lower case is a placeholder, one in capitals is literal; brackets enclose optional words, dots mean
"repeatable", a bar stands for a choice.

## redis://

The replies are those of Redis 7.0; redis-cli's completion and `COMMAND DOCS` show the same rows.
)";

constexpr std::string_view memcached_head = R"(
## memcache://

The value stands where people think of it and kvcli takes it, after the key; [common/PROTOCOL.md](../common/PROTOCOL.md)
has the commands as they go over the wire, and their replies.
)";

void print_heading(std::string_view title)
{
    std::string heading(title);
    heading[0] = kv::in_capitals(heading.substr(0, 1))[0];
    std::cout << "\n### " << heading << "\n\n| command | |\n|---|---|\n";
}

void print_row(std::string name, std::string_view arguments, std::string_view summary)
{
    if (!arguments.empty()) name.append(" ").append(arguments);
    std::cout << "| `" << name << "` | " << summary << " |\n";
}

void print_redis_commands()
{
    for (const kv::redis::Group& group : kv::redis::groups()) {
        print_heading(group.title);
        for (const kv::redis::Row& row : group.rows) {
            if ((row.flags & kv::redis::has_subcommands) != 0 && row.arity < -1) continue;
            std::string name = kv::in_capitals(row.name);
            std::replace(name.begin(), name.end(), '|', ' ');
            print_row(std::move(name), row.grammar, row.summary);
        }
    }
}

void print_memcached_commands()
{
    std::string_view group;
    for (const kv::CommandInfo& info : kv::memcached_commands()) {
        if (info.group != group) print_heading(info.group);
        group = info.group;
        print_row(std::string(info.name), info.arguments, info.summary);
    }
}

}  // namespace

int main()
{
    std::cout << head;
    print_redis_commands();
    std::cout << memcached_head;
    print_memcached_commands();
    return std::cout.flush() ? 0 : 1;
}
