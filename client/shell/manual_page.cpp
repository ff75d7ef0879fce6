#include "common/manual_page.h"

#include "client/shell/manual.h"
#include "client/shell/option_table.h"

#include <fmt/format.h>

namespace kv::shell {

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

constexpr std::string_view manual_head = R"(.TH KVCLI 1
.SH NAME
kvcli \- look at and change what a key\-value server holds
.SH SYNOPSIS
.B kvcli
.RI [ OPTIONS ]\ [ URI ]\ [ COMMAND\ ARG... ]
.SH DESCRIPTION
Talks to servers of the memcached text protocol and of the Redis protocol. With a command it runs
that command and exits; without one it reads commands from standard input, at a terminal with a
prompt, history, completion and hints. Options and the URI stand before the command, in any order;
from its first word on everything belongs to the command.
.PP
A URI is
.I memcache://HOST:PORT
or
.IR redis://HOST:PORT ,
or
.I memcache+unix:///PATH
and
.I redis+unix:///PATH
for a unix socket. Without one $KV_URL is taken, else memcache://127.0.0.1:11211.
.PP
The value of a command stands where one thinks of it, behind the key, in both dialects:
.B set greeting hello EX 60
stores for a minute. A word with blanks goes in quotes; in double quotes \en, \er, \et, \e" and \exNN
stand for other bytes.
)";

constexpr std::string_view manual_tail = R"(.SH FORMATS
.TP
.B pretty
For people, and what a terminal gets: strings quoted and escaped, elements numbered.
.TP
.B plain
What a pipe gets: values as they are, one to a line; of a map the name, a tab and the value.
.TP
.B raw
As plain, but a single value is its bytes and nothing else.
.TP
.B json
A string that is no UTF\-8 is {"base64": "..."}; a map is an object.
.TP
.B csv
RFC 4180; a map is one record for each pair.
.PP
Whatever the format, a terminal never gets control characters of a server's.
.SH FILES
.TP
.I ~/.kvcli_history
What was typed, but for passwords; readable by its owner alone. $KVCLI_HISTORY names another file; if
empty there is none.
.TP
.I ~/.inputrc
Key bindings, as for every program with GNU readline; "$if kvcli" is true here.
.SS The format of dump
Lines of commands as one could type them, keys and values quoted, so that every byte survives:
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
.BR set ;
other Redis types are del, so that loading twice does not double them, and rpush, sadd, hset or zadd.
EXAT and expireat are the Unix time at which the
item expires, with up to three decimals; load makes the remaining time of it, and leaves out what has
expired since. Empty lines and lines that start with # mean nothing.
.SH ENVIRONMENT
KV_URL, KVCLI_HISTORY, NO_COLOR, PAGER, VISUAL, EDITOR, HOME, TERM.
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
.SH SEE ALSO
.BR kvserver (1)
)";

}  // namespace

std::string manual_page()
{
    std::string page(manual_head);
    page += manual_options() + ".SH COMMANDS\n";
    page += manual_commands("Of the shell", shell_commands());
    page += manual_commands("Of memcache://", memcached_commands());
    page += manual_commands("Of redis://", redis_commands());
    page += ".SH EXIT STATUS\nOf several commands the highest counts.\n";
    for (const auto& [code, meaning] : exit_codes()) {
        page += roff_item(std::to_string(code), meaning);
    }
    return page += manual_tail;
}

}  // namespace kv::shell
