// Completions for bash and zsh, from the tables of options and commands.
#include "client/shell/letter_case.h"
#include "client/shell/manual.h"
#include "client/shell/option_table.h"
#include "client/shell/options.h"
#include "common/manual_page.h"

#include <fmt/format.h>

namespace kv::shell {

namespace {

std::string names_of(std::span<const CommandInfo> table)
{
    std::string names;
    for (const CommandInfo& info : table) {
        // In lower case, as people type them; the server takes them so.
        if (!info.name.starts_with('\\')) names += lower_case(info.name) + " ";
    }
    return names;
}

/// In zsh's own quoting: what would end a description or start a group is escaped.
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
        rows += fmt::format("        '{}:{}'\n", lower_case(info.name), zsh_text(info.summary));
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
    case $before in {3}|-r|-i) return ;; esac
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
                       names_of(redis_commands()), with_value, options);
}

std::string zsh_completion()
{
    std::string page =
        "#compdef kvcli\n# zsh completion of kvcli; made by kvcli --generate zsh\n"
        "_kvcli_commands()\n{\n    local -a names\n"
        "    if (( ${words[(I)redis*]} )); then\n        names=(\n";
    page += zsh_commands(shell_commands()) + zsh_commands(redis_commands());
    page += "        )\n    else\n        names=(\n";
    page += zsh_commands(shell_commands()) + zsh_commands(memcached_commands());
    page += "        )\n    fi\n    _describe command names\n}\n_arguments \\\n";
    for (const auto& group : option_groups()) {
        for (const OptionRow& row : option_rows(group)) {
            page += fmt::format("    '--{}[{}]{}' \\\n", row.long_name, zsh_text(row.text),
                                row.value.empty() ? "" : ":" + row.value + ":");
        }
    }
    return page += "    '*:command:_kvcli_commands'\n";
}

}  // namespace kv::shell
