#include "client/shell/manual.h"

#include "client/shell/options.h"
#include "client/shell/terminal.h"
#include "common/program_options.h"
#include "common/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace kv::shell {

namespace {

constexpr CommandInfo own_commands[] = {
    {"help", "[command ...]", "show this list, a command or a group; also ?", "the shell's own"},
    {"quit", "", "leave; also Ctrl-D", "the shell's own"},
    {"clear", "", "clear the screen", "the shell's own"},
    {"dump", "", "print every item as commands, for load", "the shell's own"},
    {"load", "[file]", "run such commands, from standard input or a file", "the shell's own"},
    {"\\connect", "URI", "connect to another server", "the shell's own"},
    {"\\edit", "key", "change a value in $VISUAL or $EDITOR", "the shell's own"},
    {"\\format", "pretty|plain|raw|json|csv", "how replies are shown", "the shell's own"},
    {"\\repeat", "count command [argument ...]", "run a command this many times",
     "the shell's own"},
    {"\\watch", "[seconds] command [argument ...]", "run a command repeatedly until Ctrl-C",
     "the shell's own"},
    {"\\timing", "", "turn on or off: the time that each command takes", "the shell's own"},
    {"\\wire", "", "turn on or off: the bytes on the wire", "the shell's own"},
    {"\\pager", "", "turn on or off: $PAGER for long replies", "the shell's own"},
};

constexpr ExitRow exit_rows[] = {
    {0, "done"},
    {1, "no such key, or a condition that did not hold"},
    {2, "the server answered an error or nonsense, or closed the connection"},
    {3, "cannot connect"},
    {4, "no reply in time"},
    {5, "wrong options or arguments, or a local file that cannot be used"},
};

/// `text` wrapped at blanks into lines of at most `columns`; all but the first are indented.
std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent)
{
    std::string result;
    std::size_t used = indent;
    for (auto word = take_word(text); !word.empty(); word = take_word(text)) {
        const bool is_first = used == indent;
        if (!is_first && used + 1 + word.size() > columns) {
            result += "\n" + std::string(indent, ' ');
            used = indent;
        } else if (!is_first) {
            result += ' ';
            ++used;
        }
        result += word;
        used += word.size();
    }
    return result + "\n";
}

/// The rows of `table`, of one group or ("") of all.
std::string command_list(std::span<const CommandInfo> table, std::string_view only,
                         std::size_t columns)
{
    constexpr std::size_t name_columns = 18;
    std::string text;
    std::string_view group;
    for (const CommandInfo& info : table) {
        if (!only.empty() && info.group != only) continue;
        if (info.group != group) text += fmt::format("\n{}\n", info.group);
        group = info.group;
        text += fmt::format("  {:<{}} ", info.name, name_columns) +
                wrapped(info.summary, columns, name_columns + 3);
    }
    return text;
}

/// The group of `name`, which may be abbreviated: "@string" means "strings".
std::string_view group_of(std::span<const CommandInfo> table, std::string_view name)
{
    if (name.starts_with('@')) name.remove_prefix(1);
    if (name.empty()) return {};
    const auto found = std::find_if(table.begin(), table.end(), [&](const CommandInfo& info) {
        return info.group.starts_with(in_small_letters(name));
    });
    return found == table.end() ? std::string_view() : found->group;
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
    // Redis has its own DUMP, which takes a key; the shell's has no argument.
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
        "A shell for memcached, Redis and kvserver. Without a command it reads commands\n"
        "from standard input, with a prompt on a terminal. A URI is one of\n\n"
        "  memcache://HOST[:PORT]             port 11211; HOST:PORT alone means the same\n"
        "  redis://HOST[:PORT][/DATABASE]     port 6379; kvserver's is 31337, and it has\n"
        "                                     private spaces: a name is one\n"
        "  memcache+unix:///PATH, redis+unix:///PATH[?db=DATABASE]\n"
        "  miniredis://HOST:PORT\n\n"
        "with USER:PASSWORD@ or :PASSWORD@ before the host or path if the server\n"
        "requires it, or the password in $KV_PASSWORD. The default is $KV_URL, or else\n"
        "memcache://127.0.0.1:11211.\n";
    for (const auto& group : option_groups()) {
        text += "\n";
        for (const OptionRow& row : option_rows(group)) {
            text +=
                fmt::format("  {:<26} ", row.flags + " " + row.value) + wrapped(row.text, 80, 29);
        }
    }
    text +=
        "\nBuilt-in commands: help, dump, load. All others are the server's (kvcli help).\n"
        "\nExit status:\n";
    for (const auto& [code, meaning] : exit_rows) text += fmt::format("  {}  {}\n", code, meaning);
    return text;
}

std::string help_text(Dialect dialect, std::string_view name, std::size_t columns)
{
    const auto servers = commands_of(dialect);
    if (name.empty()) {
        return command_list(shell_commands(), "", columns).substr(1) +
               command_list(servers, "", columns) + "\n" +
               wrapped(
                   "help COMMAND shows its arguments; Tab completes; a value comes after its key.",
                   columns, 0);
    }
    const CommandInfo* info = command_info(dialect, name);
    if (info == nullptr) {
        const std::string_view group = group_of(servers, name);
        if (!group.empty()) return command_list(servers, group, columns).substr(1);
        throw UsageError(fmt::format("there is no command '{}'", harmless_line(name)));
    }
    std::string text =
        wrapped(with_arguments(*info), columns, 4) + "  " + wrapped(info->summary, columns, 2);
    for (const CommandInfo& row : servers) {
        if (!row.name.starts_with(std::string(info->name) + " ")) continue;
        text += "  " + wrapped(with_arguments(row), columns, 4);
    }
    return text;
}

std::string generated(std::string_view what)
{
    if (what == "man") return manual_page();
    if (what == "bash") return bash_completion();
    if (what == "zsh") return zsh_completion();
    throw UsageError("--generate takes man, bash or zsh");
}

namespace {

std::string manual_options()
{
    std::string page = ".SH OPTIONS\n";
    for (const auto& group : option_groups()) page += roff_options(group);
    return page;
}

std::string manual_commands(std::string_view title, std::span<const CommandInfo> table)
{
    std::string page = fmt::format(".SS {}\n", title);
    for (const CommandInfo& info : table) page += roff_item(with_arguments(info), info.summary);
    return page;
}

constexpr std::string_view manual_head = R"(.SH SYNOPSIS
.B kvcli
.RI [ OPTIONS ]\ [ URI ]\ [ COMMAND\ ARG... ]
.SH DESCRIPTION
A shell for servers of the memcached text protocol and the Redis protocol. With a command it runs that
command and exits; without one it reads commands from standard input, on a terminal with a prompt,
history, completion and hints. Options and the URI come before the command, in any order; everything
from its first word on belongs to the command.
.PP
A URI is
.I memcache://HOST:PORT
or
.IR redis://HOST:PORT ,
or
.I memcache+unix:///PATH
and
.I redis+unix:///PATH
for a unix socket; HOST:PORT alone is memcache://. The usual ports are 11211 and 6379 (kvserver serves
redis:// on 31337). The default is $KV_URL, else memcache://127.0.0.1:11211.
.PP
.I redis://USER:PASSWORD@HOST:PORT/DATABASE
logs in and chooses a database, which is a number, or for kvserver the name of a private space; other
protocols cannot choose, and what they are told of it only shows in the prompt. USER is optional, and %40 is an at sign in a password. A memcached that
requires a password (\-Y) takes USER:PASSWORD too. Since others can see the command line of a process,
prefer $KV_PASSWORD; with a user but no password kvcli asks for it.
.PP
The value of a command comes right after the key, in both dialects:
.B set greeting hello EX 60
stores for a minute. Quote a word with blanks; in double quotes \en, \er, \et, \e" and \exNN stand for
other bytes.
)";

constexpr std::string_view manual_tail = R"(.SH FORMATS
.TP
.B pretty
For people, the default on a terminal: strings quoted and escaped, elements numbered.
.TP
.B plain
The default elsewhere: unquoted values, one per line; for a map the name, a tab and the value.
.TP
.B raw
Like plain, but a single value is printed as its bytes and nothing else.
.TP
.B json
A string that is not UTF\-8 is {"base64": "..."}; a map is an object.
.TP
.B csv
RFC 4180, but with plain line feeds; a map is one record for each pair.
.PP
In every format, a terminal never receives control characters from a server.
.SH FILES
.TP
.I ~/.kvcli_history
The history, without passwords; readable only by its owner. $KVCLI_HISTORY names another file, or none if
empty.
.TP
.I ~/.inputrc
Key bindings, as for every program with GNU readline; "$if kvcli" applies.
.SS The format of dump
Commands as one would type them, one per line, with keys and values quoted so that every byte survives:
.PP
.nf
# kvcli dump 1
set "greeting" "hello" FLAGS 7 EXAT 1790000000.250
del "queue"
rpush "queue" "first" "second"
expireat "queue" 1790000000.250
.fi
.PP
Memcached items and Redis strings are
.BR set ,
which load also accepts with EX and PX; other Redis types are del, so that loading twice does not double
them, and rpush, sadd, hset or zadd. EXAT and expireat give the Unix time at which the item expires, with
up to three decimals; load sets the remaining time, and skips expired items. Empty lines and lines that
start with # are ignored.
.SH ENVIRONMENT
KV_URL, KV_PASSWORD, KVCLI_HISTORY, NO_COLOR, PAGER, VISUAL, EDITOR, HOME, TERM.
.SH EXAMPLES
.nf
kvcli set greeting hello
kvcli get greeting
kvcli \-x set page < index.html
kvcli \-\-raw get page > copy.html
kvcli redis://127.0.0.1:6379 \-\-scan \-\-pattern 'user:*'
kvcli \-\-wait 10 version && run\-the\-tests
kvcli dump > items; kvcli redis://127.0.0.1:6379 load < items
.fi
)";

}  // namespace

std::string manual_page()
{
    std::string page = roff_head("kvcli", "inspect and change the items of a key-value server");
    page += manual_head;
    page += manual_options() + ".SH COMMANDS\n";
    page += manual_commands("Shell commands", shell_commands());
    page += manual_commands("Commands of memcache://", memcached_commands());
    page += manual_commands("Commands of redis://", redis_commands());
    page += ".SH EXIT STATUS\nFor several commands, the highest.\n";
    for (const auto& [code, meaning] : exit_codes()) {
        page += roff_item(std::to_string(code), meaning);
    }
    return page.append(manual_tail) += roff_tail("kvcli");
}

namespace {

std::string names_of(std::span<const CommandInfo> table)
{
    std::string names;
    for (const CommandInfo& info : table) {
        // In lower case, as people type them; servers accept that.
        if (!info.name.starts_with('\\')) names += in_small_letters(info.name) + " ";
    }
    return names;
}

/// In zsh's quoting: characters that would end a description or start a group are escaped.
std::string zsh_text(std::string_view text)
{
    std::string result;
    for (const char c : text) {
        if (c == '[' || c == ']' || c == ':' || c == '\\') result += '\\';
        if (c == '\'') result += "'\\'";
        result += c;
    }
    return result;
}

std::string zsh_commands(std::span<const CommandInfo> table)
{
    std::string rows;
    for (const CommandInfo& info : table) {
        if (info.name.starts_with('\\')) continue;
        rows +=
            fmt::format("        '{}:{}'\n", in_small_letters(info.name), zsh_text(info.summary));
    }
    return rows;
}

}  // namespace

std::string bash_completion()
{
    std::string options;
    std::string with_value;
    for (const auto& group : option_groups()) {
        for (const OptionRow& row : option_rows(group)) {
            options += fmt::format("--{} ", row.long_name);
            if (!row.value.empty())
                with_value += fmt::format("{}--{}", with_value.empty() ? "" : "|", row.long_name);
        }
    }
    return fmt::format(R"(# bash completion of kvcli; made by kvcli --generate bash
_kvcli()
{{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} i
    local memcached='{0}{1}' redis='{0}{2}'
    # bash takes a URI apart at its colons, so its scheme is a word.
    local names=$memcached address="${{COMP_WORDS[*]:1:COMP_CWORD-1}}"
    [[ $address == *:* ]] || address=${{KV_URL-}}
    [[ " $address" == *" redis"* || " $address" == *" miniredis"* ]] && names=$redis
    COMPREPLY=()
    case $before in
        --type) COMPREPLY=($(compgen -W '{5}' -- "$word")); return ;;
        {3}|-r|-i) return ;;
    esac
    for ((i = 1; i < COMP_CWORD; i++)); do
        # Behind the command stand keys and values, which only a server knows.
        [[ ${{COMP_WORDS[i]}} == help ]] && break
        [[ " $names " == *" ${{COMP_WORDS[i]}} "* ]] && return
    done
    if [[ $word == -* ]]; then
        COMPREPLY=($(compgen -W '{4}' -- "$word"))
    else
        COMPREPLY=($(compgen -W "$names" -- "$word"))
    fi
}}
complete -F _kvcli kvcli
)",
                       names_of(shell_commands()), names_of(memcached_commands()),
                       names_of(redis_commands()), with_value, options, value_types);
}

std::string zsh_completion()
{
    std::string page =
        "#compdef kvcli\n# zsh completion of kvcli; generated by kvcli --generate zsh\n"
        "_kvcli_commands()\n{\n    local -a names\n"
        "    if (( ${words[(I)redis*]} )); then\n        names=(\n";
    page += zsh_commands(shell_commands()) + zsh_commands(redis_commands());
    page += "        )\n    else\n        names=(\n";
    page += zsh_commands(shell_commands()) + zsh_commands(memcached_commands());
    page += "        )\n    fi\n    _describe command names\n}\n_arguments \\\n";
    for (const auto& group : option_groups()) {
        for (const OptionRow& row : option_rows(group)) {
            page += fmt::format("    '--{}[{}]{}{}' \\\n", row.long_name, zsh_text(row.text),
                                row.value.empty() ? "" : ":" + row.value + ":",
                                row.long_name == "type" ? fmt::format("({})", value_types) : "");
        }
    }
    return page += "    '*:command:_kvcli_commands'\n";
}

}  // namespace kv::shell
