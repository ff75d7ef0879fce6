"""kvcli at a terminal: editing, history, search, completion, hints, questions, reconnecting, the pager and the editor."""

import os
import re
import signal
import stat
import subprocess

import pace
import pexpect
import pytest
from shell import Peer, kvcli, kvcli_path


class Terminal:
    """A person at kvcli's prompt."""

    def __init__(self, uri, home, size=(24, 100), shown=None, **environment):
        variables = {name: value for name, value in os.environ.items()
                     if name not in ("KV_URL", "KV_PASSWORD", "NO_COLOR", "KVCLI_HISTORY")}
        variables |= {"HOME": str(home), "TERM": "xterm", "LC_ALL": "C.UTF-8", "INPUTRC": "/dev/null", "PAGER": "cat"}
        variables |= environment
        self.uri = shown or uri  # as the prompt has it
        self.child = pexpect.spawn(kvcli_path, [uri], env=variables, dimensions=size, encoding="utf-8",
                                   timeout=pace.seconds(20))
        self.prompt()

    def prompt(self, text=None):
        """Waits for the prompt; returns what stood before it, without colours."""
        self.child.expect_exact(text or f"{self.uri}> ")
        return plain(self.child.before)

    def type(self, keys):
        self.child.send(keys)

    def run(self, line):
        """Types a line and returns what it printed."""
        self.child.send(line + "\r")
        self.child.expect("\r\n")
        return self.prompt()

    def paste(self, text):
        """As terminals do: between marks, with nothing run before Enter."""
        self.child.send(f"\x1b[200~{text}\x1b[201~")

    def expect(self, pattern):
        self.child.expect(pattern)
        return self.child.match

    def leave(self):
        self.child.send("\x04")
        self.child.expect(pexpect.EOF)
        self.child.close()
        return self.child.exitstatus


def plain(text):
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text).replace("\r", "")


@pytest.fixture
def home(tmp_path):
    return tmp_path


@pytest.fixture(params=["memcached", "redis"])
def server(request):
    return request.getfixturevalue(request.param)


def test_a_session(server, home):
    terminal = Terminal(server, home)
    assert terminal.run('set greeting "hello there"').strip() in ("STORED", "OK")
    assert '"hello there"' in terminal.run("get greeting")
    assert "(nil)" in terminal.run("get nix")
    assert "(error)" in terminal.run("nosuch")
    assert "not closed" in terminal.run('get "a"b')
    assert terminal.leave() == 0


def test_editing_keys_and_ctrl_c(server, home):
    terminal = Terminal(server, home)
    terminal.run("set k v")
    terminal.type("xget k\x01\x04\x05")  # to the start, delete a character, to the end
    assert '"v"' in terminal.run("")
    terminal.type("flush_al")
    terminal.child.sendintr()
    terminal.prompt()
    assert '"v"' in terminal.run("get k")


def test_history_outlives_the_shell_and_is_private(memcached, home):
    terminal = Terminal(memcached, home)
    terminal.run("set k first")
    terminal.run("get k")
    terminal.run(" get secret-by-blank")
    terminal.leave()
    path = home / ".kvcli_history"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == "set k first\nget k\n"
    terminal = Terminal(memcached, home)
    assert '"first"' in terminal.run("\x1b[A")  # up
    terminal.type("\x12set k")  # Ctrl-R; what is searched for is highlighted in what is found
    terminal.expect(r"7mset k")
    assert "STORED" in terminal.run("")


def test_passwords_stay_out_of_the_history(redis, home):
    terminal = Terminal(redis, home)
    for line in ("auth hunter2", "AUTH user hunter2", "hello 3 auth user hunter2", "config set requirepass ''",
                 "config get requirepass", 'auth "hunter2'):
        terminal.type(line + "\r")
        if line.endswith('"hunter2'):
            terminal.expect(r"\.\.\. ")
            terminal.child.sendintr()
        terminal.prompt()
    terminal.run("ping")
    terminal.leave()
    assert (home / ".kvcli_history").read_text() == "ping\n"


def test_the_history_file_can_be_named_or_done_without(memcached, home):
    terminal = Terminal(memcached, home, KVCLI_HISTORY=str(home / "other"))
    terminal.run("version")
    terminal.leave()
    assert (home / "other").read_text() == "version\n"
    terminal = Terminal(memcached, home, KVCLI_HISTORY="")
    terminal.run("version")
    terminal.leave()
    assert not (home / ".kvcli_history").exists()


def test_completion_of_commands_keys_and_options(server, home):
    kvcli(server, "set", "user:4711:name", "Ada")
    kvcli(server, "set", "other", "x")
    terminal = Terminal(server, home)
    assert '"Ada"' in terminal.run("get user\t")
    terminal.type("set k v E\t")
    terminal.expect("EX")
    terminal.child.sendintr()
    terminal.prompt()
    terminal.type("\\tim\t")
    terminal.expect("timing")


def test_a_hint_shows_the_arguments_still_to_come(server, home):
    terminal = Terminal(server, home)
    terminal.type("set ")
    terminal.expect(r"key value \[EX seconds\]")
    terminal.type("k ")
    terminal.expect(r"\x1b\[2mvalue \[EX seconds\]")
    terminal.type("v\r")
    terminal.expect("STORED|OK")


def test_no_color_means_none(memcached, home):
    terminal = Terminal(memcached, home, NO_COLOR="1")
    terminal.type("set k v\r")
    terminal.expect("STORED")
    assert "\x1b[3" not in terminal.child.before and "\x1b[1" not in terminal.child.before


def test_values_may_have_several_lines(server, home):
    terminal = Terminal(server, home)
    terminal.type('set k "one\r')
    terminal.expect(r"\.\.\. ")
    terminal.run('two"')
    assert '"one\\ntwo"' in terminal.run("get k")
    terminal.type("\x1b[A\x1b[A")
    terminal.expect(r'set k "one\\ntwo"')


def test_everything_is_removed_only_after_a_question(server, home):
    flush = "flushall" if server.startswith("redis") else "flush_all"
    terminal = Terminal(server, home)
    terminal.run("set k v")
    for answer in ("n", "", "x"):
        terminal.type(flush + "\r")
        terminal.expect(r"Continue\? \[y/N\] ")
        terminal.type(answer + "\r")
        terminal.prompt()
        assert '"v"' in terminal.run("get k")
    terminal.type(flush + "\r")
    terminal.expect(r"Continue\? \[y/N\] ")
    terminal.type("y\r")
    terminal.expect("OK")
    terminal.prompt()
    assert "(nil)" in terminal.run("get k")


@pytest.mark.parametrize("name", ["memcached", "redis-server"])
def test_it_reconnects_when_the_server_is_back(name, home):
    server = Peer(name)
    try:
        terminal = Terminal(server.uri, home)
        terminal.run("set k v")
        server.stop()
        terminal.type("\r")
        terminal.prompt(f"{server.uri} (not connected)> ")
        terminal.type("get k\r")
        terminal.expect("kvcli: cannot connect to .*: Connection refused")
        server = Peer(name, port=server.port)
        terminal.prompt(f"{server.uri} (not connected)> ")
        terminal.type("set k again\r")
        terminal.expect("STORED|OK")
        terminal.prompt()
        assert '"again"' in terminal.run("get k")
    finally:
        server.stop()


def test_the_chosen_database_survives_a_reconnect(home):
    server = Peer("redis-server")
    try:
        terminal = Terminal(server.uri, home)
        terminal.type("select 3\r")
        terminal.prompt(f"{server.uri}[3]> ")
        terminal.type("multi\r")
        terminal.prompt(f"{server.uri}[3] (in MULTI)> ")
        server.stop()
        server = Peer("redis-server", port=server.port)
        terminal.type("set k v\r")
        terminal.expect("OK")
        terminal.prompt(f"{server.uri}[3]> ")
        assert kvcli(server.uri, "dbsize")[1] == b"0\n"
    finally:
        server.stop()


def test_long_output_goes_through_the_pager(memcached, home):
    pager = home / "pager"
    pager.write_text("#!/bin/sh\nwc -l | sed 's/^/paged lines: /'\n")
    pager.chmod(0o700)
    terminal = Terminal(memcached, home, PAGER=str(pager))
    terminal.type("stats\r")
    assert int(terminal.expect(r"paged lines: *(\d+)")[1]) > 24
    terminal.prompt()
    assert "VERSION" in terminal.run("version")
    assert "pager is off" in terminal.run("\\pager")
    assert "curr_items" in terminal.run("stats")


def test_a_value_is_changed_in_the_editor(server, home):
    editor = home / "editor"
    editor.write_text("#!/bin/sh\nstat -c 'mode %a' \"$1\" >&2\nsed -i 's/old/new/' \"$1\"\necho >> \"$1\"\n")
    editor.chmod(0o700)
    terminal = Terminal(server, home, EDITOR=str(editor), VISUAL=str(editor))
    terminal.run('set k "an old value" EX 5000')
    shown = terminal.run("\\edit k")
    assert "mode 600" in shown and "stored 12 bytes" in shown
    assert '"an new value"' in terminal.run("get k")
    left = terminal.run("ttl k" if server.startswith("redis") else "mg k t")
    assert 4000 < int(re.search(r"(?:t|\) )(\d+)", left)[1]) <= 5000
    assert "nothing has changed" in terminal.run("\\edit fresh")
    assert "(nil)" in terminal.run("get fresh")


def test_an_edit_does_not_undo_what_somebody_else_wrote_meanwhile(server, home):
    editor = home / "editor"
    editor.write_text(f"#!/bin/sh\n{kvcli_path} {server} set k theirs >/dev/null\necho mine > \"$1\"\n")
    editor.chmod(0o700)
    terminal = Terminal(server, home, VISUAL=str(editor), TMPDIR=str(home))
    terminal.run("set k old")
    shown = terminal.run("\\edit k")
    path = re.search(r"your text is in (\S+)", shown)[1]
    assert open(path).read() == "mine\n"
    assert '"theirs"' in terminal.run("get k")


def test_what_never_ends_ends_with_ctrl_c(redis, home):
    terminal = Terminal(redis, home)
    terminal.type("subscribe news\r")
    terminal.expect(r"\(until Ctrl-C\)")
    terminal.expect("subscribe")
    pace.wait_until(lambda: kvcli(redis, "publish", "news", "hello")[1] == b"1\n", "it listens")
    terminal.expect("hello")
    terminal.child.sendintr()
    terminal.prompt(f"{redis} (not connected)> ")
    terminal.type("\\watch 0.01 ping\r")
    terminal.expect("PONG.*PONG")
    terminal.child.sendintr()
    terminal.expect(r"\^C[^\n]*\r\n")  # the prompt begins a line of its own
    terminal.prompt()
    terminal.type("blpop nix 0\r")
    pace.wait_until(lambda: b"blocked_clients:1" in kvcli(redis, "info", "clients")[1], "it waits")
    terminal.child.sendintr()
    terminal.prompt(f"{redis} (not connected)> ")
    assert "PONG" in terminal.run("ping")


def test_a_private_space_is_in_the_prompt_and_outlives_a_wait_that_is_interrupted(kvserver, home):
    terminal = Terminal(f"{kvserver}/team", home, shown=f"{kvserver}[team]")
    other = Terminal(f"{kvserver}/team", home, shown=f"{kvserver}[team]")  # a space goes with its last client
    terminal.run("set k v")
    terminal.type("blpop nix 0\r")
    pace.wait_until(lambda: b"blocked_clients:1" in kvcli(kvserver, "info", "clients")[1], "it waits")
    terminal.child.sendintr()
    terminal.prompt(f"{kvserver}[team] (not connected)> ")
    pace.wait_until(lambda: b"blocked_clients:0" in kvcli(kvserver, "info", "clients")[1], "the wait has ended")
    assert '"v"' in terminal.run("get k")
    shown = terminal.run("blpop nix 0.6")
    assert re.search(r"\(nil\)\n\(\d+\.\d+ ms\)", shown), shown
    assert other.leave() == 0


def test_backslash_words(memcached, redis, home):
    terminal = Terminal(memcached, home)
    assert "timing is on" in terminal.run("\\timing")
    assert re.search(r"\(\d+\.\d+ ms\)", terminal.run("version"))
    terminal.run("\\timing")
    assert terminal.run("\\repeat 3 version").count("VERSION") == 3
    terminal.run("set k v")
    terminal.run("\\format raw")
    assert terminal.run("get k").endswith("v\n")
    terminal.run("\\format json")
    assert terminal.run("gets k").startswith('{"value":"v","flags":0,"cas":')
    assert "wire is on" in terminal.run("\\wire")
    assert "the reply ends here" in terminal.run("get k")
    terminal.uri = redis
    assert "PONG" in terminal.run(f"\\connect {redis}") + terminal.run("ping")
    assert "HSET key field value" in terminal.run("help hset")
    assert "no command 'hset2'" in terminal.run("help hset2")


def test_quit_leaves(memcached, home):
    for word in ("quit", "exit", "\\quit"):
        terminal = Terminal(memcached, home)
        terminal.type(word + "\r")
        terminal.child.expect(pexpect.EOF)
        terminal.child.close()
        assert terminal.child.exitstatus == 0


def test_a_narrow_window_and_its_change_of_size(memcached, home):
    terminal = Terminal(memcached, home)
    terminal.child.setwinsize(10, 40)
    terminal.child.kill(signal.SIGWINCH)
    terminal.expect(rf"\r\x1b\[K\r*\x1b\[1m{re.escape(memcached)}> ")  # where it stood, not behind itself
    terminal.run("set k " + "x" * 200)
    assert "x" * 10 in terminal.run("get k")


def test_pasted_lines_are_commands_of_their_own(server, home):
    terminal = Terminal(server, home)
    delete = "del" if server.startswith("redis") else "delete"
    terminal.run("set a 1")
    terminal.run("set b precious")
    terminal.paste(f"{delete} a\nget b\n\n# a comment\nset c 'one\ntwo'\nget c\nget b")
    terminal.type("\r")
    terminal.expect('"precious"')
    terminal.expect(r'"one\\ntwo"')
    terminal.expect('"precious"')
    terminal.prompt()
    assert "(nil)" in terminal.run("get a")
    terminal.leave()
    assert (home / ".kvcli_history").read_text().splitlines()[2:] == [
        f"{delete} a", "get b", 'set c "one\\ntwo"', "get c", "get b", "get a"]


def test_the_prompt_follows_what_the_server_says_of_transactions(redis, home):
    terminal = Terminal(redis, home)
    in_multi = f"{redis} (in MULTI)> "
    terminal.run("set a x")
    for commands in (["incr a", "exec"], ["nosuch", "exec"], ["select 3", "discard"], ["nosuch", "discard"]):
        terminal.type("multi\r")
        terminal.prompt(in_multi)
        terminal.type(commands[0] + "\r")
        terminal.prompt(in_multi)
        terminal.run(commands[1])
    kvcli(redis, "set", "b", "1")
    terminal.run("watch b")
    kvcli(redis, "set", "b", "2")
    terminal.type("multi\rget b\r")
    terminal.prompt(in_multi)
    terminal.prompt(in_multi)
    assert "(nil)" in terminal.run("exec")
    terminal.type("multi\rselect 3\rdiscard x\rdiscard\rmulti\rselect 3\rexec\r")
    terminal.prompt(f"{redis}[3]> ")
    terminal.type("reset\r")
    terminal.prompt(f"{redis}> ")


def test_texts_for_people_are_lines_and_go_through_the_pager(redis, home):
    terminal = Terminal(redis, home)
    shown = terminal.run("info")
    assert "\n# Clients\n" in shown and "\\r" not in shown
    assert re.search(r"^id=\d+ addr=", terminal.run("client list"), re.MULTILINE)
    for option in ("plain", "raw", "csv"):
        terminal.run(f"\\format {option}")
        assert "\\r" not in terminal.run("info server") + terminal.run("time")


@pytest.mark.parametrize("environment, size", [({"TERM": "dumb"}, (24, 80)), ({}, (0, 0)), ({"TERM": "dumb"}, (0, 0))])
def test_a_terminal_that_can_do_little_gets_no_pager_and_no_escapes(memcached, home, environment, size):
    terminal = Terminal(memcached, home, size, PAGER="sed 's/^/paged /'", **environment)
    terminal.type("stats\r")
    shown = terminal.prompt()
    assert "curr_items" in shown and "paged" not in shown
    terminal.type("get nix\r")
    terminal.expect(r"\(nil\)")
    if environment:
        assert "\x1b" not in terminal.child.before


def test_a_value_of_one_long_line_goes_through_the_pager(memcached, home):
    kvcli("-x", memcached, "set", "k", given=b"x" * 5000)
    terminal = Terminal(memcached, home, PAGER="sed 's/^/paged: /'")
    terminal.type("get k\r")
    terminal.expect("paged: ")
    terminal.prompt()


def test_the_progress_of_load_is_gone_before_anything_else_is_said(memcached, home):
    items = home / "items"
    items.write_text("".join(f"set k{i} v\n" for i in range(20_000)) + "nonsense\n")
    terminal = Terminal(memcached, home)
    shown = terminal.run(f"load {items}")
    for line in ("kvcli: line 20001: memcached has no command 'nonsense'", "loaded 20000, 1 failed"):
        assert re.search(rf"(^|\n|items){re.escape(line)}\n", shown), shown
    raw = terminal.child.before
    assert raw.count("items") == 0 or "items\r\x1b[Kkvcli: line 20001" in raw


def test_completion_of_any_key_and_of_what_a_command_knows(redis, home):
    kvcli(redis, "set", "ключ", "unicode")
    kvcli(redis, "set", "my key", "blank")
    terminal = Terminal(redis, home)
    assert '"unicode"' in terminal.run("get к\t")
    assert '"blank"' in terminal.run("get my\t")
    assert '"blank"' in terminal.run('get "my k\t')
    assert '1) "hz"' in terminal.run("conf\tg\thz")
    terminal.run("\\format js\t")
    assert terminal.run("ping").strip() == '"PONG"'
    terminal.type("set \t\t")
    terminal.expect("my key")
    assert "KEEPTTL" not in plain(terminal.child.before).split("set ")[-1]
    terminal.child.sendintr()
    terminal.prompt()
    terminal.type("zrangestore ")
    terminal.expect("destination source min max")
    terminal.child.sendintr()
    terminal.prompt()
    kvcli(redis, "sadd", "members", "m")
    assert '"members"' in terminal.run("scan 0 type se\t")
    assert terminal.run("zintercard 1 memb\t").strip() == "1"


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_help_is_wrapped_at_blanks(redis, home, columns):
    terminal = Terminal(redis, home, (24, columns))
    lines = terminal.run("help").splitlines()[1:]
    assert len(lines) > 100 and max(map(len, lines)) <= columns
    assert "  load               run such commands," in "\n".join(lines)


def test_watch_needs_no_time_and_shows_it(redis, home):
    terminal = Terminal(redis, home)
    terminal.type("\\watch ping\r")
    terminal.expect(r"\d\d:\d\d:\d\d, every 2 s")
    terminal.expect("PONG")
    terminal.child.sendintr()
    terminal.prompt()


def test_a_number_repeats_and_a_slow_command_says_how_long_it_took(redis, home):
    terminal = Terminal(redis, home)
    assert terminal.run("3 ping").count("PONG") == 3
    assert re.search(r"OK\n\(\d+\.\d+ ms\)", terminal.run("debug sleep 0.6"))
    assert "ms)" not in terminal.run("ping")


def test_a_password_is_asked_for_and_not_shown(home):
    server = Peer("redis-server", "--requirepass", "secret")
    try:
        uri = server.uri.replace("//", "//default@")
        terminal = pexpect.spawn(kvcli_path, [uri, "ping"], env={"TERM": "xterm", "HOME": str(home)}, encoding="utf-8",
                                 timeout=pace.seconds(20))
        terminal.expect_exact(f"password of default on {server.uri}: ")
        terminal.send("secret\r")
        terminal.expect(pexpect.EOF)
        assert "PONG" in terminal.before and "secret" not in terminal.before
        assert b"neither it nor KV_PASSWORD" in kvcli_without_terminal(uri)
    finally:
        server.stop()


def kvcli_without_terminal(uri):
    return subprocess.run([kvcli_path, uri, "ping"], capture_output=True, start_new_session=True, timeout=pace.seconds(20)).stderr
