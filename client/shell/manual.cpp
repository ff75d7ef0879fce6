#include "client/shell/manual.h"

#include "client/shell/letter_case.h"
#include "client/shell/option_table.h"
#include "client/shell/options.h"
#include "common/manual_page.h"

#include <fmt/format.h>

namespace kv::shell {

namespace {

constexpr CommandInfo own_commands[] = {
    {"help", "[command]", "this list, or one command", "the shell's own"},
    {"quit", "", "leave; so does Ctrl-D", "the shell's own"},
    {"dump", "", "every item as commands, for load: see FILES in the manual", "the shell's own"},
    {"load", "", "carry out such commands from standard input", "the shell's own"},
    {"\\connect", "URI", "talk to another server", "the shell's own"},
    {"\\edit", "key", "change a value in $VISUAL or $EDITOR", "the shell's own"},
    {"\\format", "name", "pretty, plain, raw, json, csv", "the shell's own"},
    {"\\repeat", "count command [argument ...]", "run a command so many times", "the shell's own"},
    {"\\watch", "seconds command [argument ...]", "run it again and again until Ctrl-C",
     "the shell's own"},
    {"\\timing", "", "show how long each command takes, or no longer", "the shell's own"},
    {"\\wire", "", "show what goes over the wire, or no longer", "the shell's own"},
    {"\\pager", "", "long replies through $PAGER, or no longer", "the shell's own"},
};

constexpr ExitRow exit_rows[] = {
    {0, "done"},
    {1, "a key that is not there, or a condition that did not hold: \"no\""},
    {2, "the server answered an error or nonsense, or broke off"},
    {3, "cannot connect"},
    {4, "no reply in time"},
    {5, "wrong options or arguments, or a local file that cannot be used"},
};

std::string command_list(std::span<const CommandInfo> table)
{
    std::string text;
    std::string_view group;
    for (const CommandInfo& info : table) {
        if (info.group != group) text += fmt::format("\n{}\n", info.group);
        group = info.group;
        text += fmt::format("  {:<18} {}\n", info.name, info.summary);
    }
    return text;
}

}  // namespace

std::span<const ExitRow> exit_codes()
{
    return exit_rows;
}

std::span<const CommandInfo> shell_commands()
{
    return own_commands;
}

const CommandInfo* command_info(Dialect dialect, std::string_view name)
{
    const CommandInfo* own = find_command(own_commands, name);
    // Redis has a DUMP of its own, which takes a key; the shell's takes nothing.
    const CommandInfo* servers = find_command(commands_of(dialect), name);
    return servers != nullptr ? servers : own;
}

std::string with_arguments(const CommandInfo& info)
{
    return info.arguments.empty() ? std::string(info.name)
                                  : fmt::format("{} {}", info.name, info.arguments);
}

std::string usage_text()
{
    std::string text =
        "usage: kvcli [OPTIONS] [URI] [COMMAND ARG...]\n\n"
        "Talks to memcached, Redis and kvserver. Without a command it reads commands from "
        "standard\n"
        "input, at a terminal with a prompt. URI: memcache://HOST:PORT, redis://HOST:PORT,\n"
        "memcache+unix:///PATH; default $KV_URL, else memcache://127.0.0.1:11211.\n";
    for (const auto& group : option_groups()) {
        text += "\n";
        for (const OptionRow& row : option_rows(group)) {
            text += fmt::format("  {:<26} {}\n", row.flags + " " + row.value, row.text);
        }
    }
    text +=
        "\nCommands of its own: help, dump, load. All others are the server's: kvcli help.\n"
        "\nExit status:\n";
    for (const auto& [code, meaning] : exit_rows) text += fmt::format("  {}  {}\n", code, meaning);
    return text;
}

std::string help_text(Dialect dialect, std::string_view name)
{
    if (name.empty()) {
        return command_list(shell_commands()).substr(1) + command_list(commands_of(dialect)) +
               "\nhelp COMMAND shows its arguments; Tab completes, a value goes behind its key.\n";
    }
    const CommandInfo* info = command_info(dialect, name);
    if (info == nullptr) throw UsageError(fmt::format("there is no command '{}'", name));
    return fmt::format("{}\n  {}\n", with_arguments(*info), info->summary);
}

std::string generated(std::string_view what)
{
    if (what == "man") return manual_page();
    if (what == "bash") return bash_completion();
    if (what == "zsh") return zsh_completion();
    throw UsageError("--generate makes man, bash or zsh");
}

}  // namespace kv::shell
