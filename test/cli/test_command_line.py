"""Each exit status, what goes to which of the two outputs, and what --generate makes for shells and man."""

import shutil
import subprocess

import pytest
from shell import kvcli, scripted_server


def only_error(result, status):
    code, out, error = result
    assert (code, out) == (status, b""), (code, out, error)
    assert error.count(b"\n") >= 1
    return error.decode()


def test_0_done(memcached):
    assert kvcli(memcached, "set", "k", "v") == (0, b"STORED\n", b"")
    assert kvcli(memcached, "get", "k") == (0, b"v\n", b"")
    assert kvcli(memcached, "incr", "k", "1")[0] == 2


@pytest.mark.parametrize("command", ["get nix", "gets nix", "get k nix", "delete nix", "touch nix 1", "incr nix 1",
                                     "replace nix v", "append nix v", "add k v", "cas nix v 1", "cas k v 1",
                                     "mg nix v", "md nix", "ms nix v MR"])
def test_1_a_memcached_miss_or_no(memcached, command):
    kvcli(memcached, "set", "k", "v")
    code, _, error = kvcli(memcached, *command.split())
    assert (code, error) == (1, b"")


@pytest.mark.parametrize("command", ["GET nix", "MGET k nix", "del nix", "EXISTS nix", "SETNX k v", "SET k v NX",
                                     "expire nix 1", "HGET nix f", "RPOP nix", "persist k"])
def test_1_a_redis_miss_or_no(redis, command):
    kvcli(redis, "set", "k", "v")
    code, _, error = kvcli(redis, *command.split())
    assert (code, error) == (1, b"")


def test_2_the_server_answers_an_error(memcached, redis):
    assert only_error(kvcli(memcached, "nosuch"), 2) == "(error) ERROR\n"
    assert only_error(kvcli(memcached, "incr", "k", "x"), 2).startswith("(error) CLIENT_ERROR")
    assert only_error(kvcli("-x", memcached, "set", "k", given=b"x" * 2_000_000), 2).startswith("(error) SERVER_ERROR")
    assert only_error(kvcli(redis, "nosuch"), 2).startswith("(error) ERR unknown command")
    kvcli(redis, "rpush", "l", "1")
    assert only_error(kvcli(redis, "get", "l"), 2).startswith("(error) WRONGTYPE")


def test_2_the_server_answers_nonsense_or_breaks_off():
    with scripted_server(lambda client: client.sendall(b"\x1b[2Jhello\r\n") if client.recv(99) else None) as port:
        text = only_error(kvcli(f"memcache://127.0.0.1:{port}", "get", "k"), 2)
        assert "at byte 0 of the reply" in text and "expected" in text and "\x1b" not in text
    with scripted_server(lambda client: client.recv(99)) as port:
        assert "closed the connection" in only_error(kvcli(f"memcache://127.0.0.1:{port}", "get", "k"), 2)


def test_3_cannot_connect(tmp_path):
    assert "Connection refused" in only_error(kvcli("memcache://127.0.0.1:1", "get", "k"), 3)
    assert "No such file" in only_error(kvcli(f"redis+unix://{tmp_path}/none", "get", "k"), 3)
    assert "cannot connect" in only_error(kvcli("redis://no-such-host.invalid:1", "get", "k"), 3)
    assert "Connection refused" in only_error(kvcli("--wait", "0.2", "memcache://127.0.0.1:1", "get", "k"), 3)


def test_4_no_reply_in_time():
    with scripted_server(lambda client: client.recv(99) and client.recv(99)) as port:
        for uri in (f"memcache://127.0.0.1:{port}", f"redis://127.0.0.1:{port}"):
            assert "no reply within 0.3 s" in only_error(kvcli("--timeout", "0.3", uri, "get", "k"), 4)


@pytest.mark.parametrize("arguments", [
    ["--nosuch"], ["--timeout"], ["--timeout", "x"], ["--timeout", "-1"], ["--tim", "3"], ["-r", "-1"],
    ["zmq://127.0.0.1:1", "get", "k"], ["simple://127.0.0.1:1", "get", "k"], ["memcache://", "get", "k"],
    ["memcache://h:99999", "get", "k"], ["redis://a:1", "redis://b:1", "get", "k"], ["--json", "--raw", "get", "k"],
    ["--scan", "get", "k"], ["--scan", "--stat"], ["-x"], ["--generate", "poetry"]])
def test_5_usage(arguments):
    only_error(kvcli(*arguments), 5)


@pytest.mark.parametrize("command", [
    ["get"], ["get", "a b"], ["get", ""], ["get", "k" * 251], ["get", "a\r\nflush_all"], ["set", "k"],
    ["set", "k", "0", "0", "5"], ["set", "k", "v", "EX"], ["set", "k", "v", "EX", "soon"], ["cas", "k", "v"],
    ["incr", "k"], ["delete"], ["ms", "k"], ["stats", "a\nb"], ["\\nosuch"], ["help", "nosuch"], ["\\repeat", "x", "version"]])
def test_5_a_command_that_cannot_be_said_is_not_sent(memcached, command):
    kvcli(memcached, "set", "witness", "1")
    only_error(kvcli(memcached, *command), 5)
    assert kvcli(memcached, "get", "witness")[0] == 0


def test_5_standard_output_that_cannot_be_written(memcached):
    import subprocess
    from shell import kvcli_path
    with open("/dev/full", "wb") as full:
        assert subprocess.run([kvcli_path, memcached, "version"], stdout=full, stderr=subprocess.PIPE).returncode == 5


def test_of_several_commands_the_highest_counts(memcached):
    assert kvcli(memcached, given=b"set k v\nget k\n")[0] == 0
    assert kvcli(memcached, given=b"get nix\nget k\n")[0] == 1
    assert kvcli(memcached, given=b"nosuch\nget nix\n")[0] == 2
    assert kvcli(memcached, given=b"nosuch\nget\nget k\n")[0] == 5
    assert kvcli(memcached, given=b"quit\nnosuch\n")[0] == 0


def test_words_behind_the_command_belong_to_it(memcached, redis):
    kvcli(redis, "set", "n", "5")
    assert kvcli(redis, "incrby", "n", "-1") == (0, b"4\n", b"")
    assert kvcli(redis, "--", "incrby", "n", "-1") == (0, b"3\n", b"")
    assert kvcli(redis, "echo", "--json") == (0, b"--json\n", b"")
    assert kvcli("--timeout=3", memcached, "-r", "2", "set", "-k", "--raw") == (0, b"STORED\n" * 2, b"")
    assert kvcli(memcached, "get", "-k")[1] == b"--raw\n"
    assert kvcli(memcached, "incr", "k", "-1")[0] == 2  # the server's answer: it has been sent


def test_the_address_comes_from_the_environment(memcached):
    assert kvcli("version", KV_URL=memcached)[0] == 0
    assert kvcli(memcached, "version", KV_URL="memcache://127.0.0.1:1")[0] == 0
    assert kvcli("version", KV_URL="nonsense")[0] == 5


ask_bash = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_kvcli
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def offered(tmp_path):
    """What bash offers for the last of some words, taken apart as bash does, at colons too."""
    script = tmp_path / "kvcli"
    script.write_bytes(kvcli("--generate", "bash")[1])

    def ask(*words, **environment):
        done = subprocess.run(["bash", "--norc", "-c", ask_bash, "bash", script, "kvcli", *words], check=True,
                              capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", **environment})
        assert done.stderr == ""
        return done.stdout.split()

    return ask


def test_bash_offers_options_and_the_commands_of_the_server_that_is_named(offered):
    redis, memcached = ("redis", ":", "//127.0.0.1", ":", "1"), ("memcache", ":", "//127.0.0.1", ":", "1")
    assert offered("--la") == ["--latency"]
    assert offered("--wait", "") == []
    assert offered("flush") == ["flush_all"] == offered(*memcached, "flush", KV_URL="redis://h:1")
    assert "flushall" in offered(*redis, "flush") and "flush_all" not in offered(*redis, "flush")
    assert "flushall" in offered("flush", KV_URL="redis://h:1")
    assert offered("help", "touc") == ["touch"]
    assert offered("get", "") == []


@pytest.mark.skipif(shutil.which("zsh") is None, reason="no zsh here")
def test_zsh_reads_its_completion(tmp_path):
    script = tmp_path / "_kvcli"
    script.write_bytes(kvcli("--generate", "zsh")[1])
    subprocess.run(["zsh", "-f", "-n", script], check=True)


@pytest.mark.skipif(shutil.which("man") is None, reason="no man here")
def test_man_has_nothing_to_complain_of(tmp_path):
    page = tmp_path / "kvcli.1"
    page.write_bytes(kvcli("--generate", "man")[1])
    done = subprocess.run(["man", "--warnings", "-l", page], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    for word in ("EXIT STATUS", "--timeout SECONDS", "\\repeat count command", "flush_all"):
        assert word in done.stdout
