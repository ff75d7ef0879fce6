"""Each exit status, what goes to which of the two outputs, and what --generate makes for shells and man."""

import re
import shutil
import subprocess

import pytest
from shell import KvServer, OwnServer, Peer, kvcli, kvcli_path, programs, scripted_server


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
    ["--scan", "get", "k"], ["--scan", "--stat"], ["-x"], ["--generate", "poetry"], ["redis://h/x/y", "ping"],
    ["memcache://h:1/x/y", "get", "k"], ["memcache+unix:///s?db=1", "get", "k"]])
def test_5_usage(arguments):
    only_error(kvcli(*arguments), 5)


@pytest.mark.parametrize("arguments, hint", [
    ("-p 31337 ping", "kvcli redis://127.0.0.1:31337"), ("-h ::host -n 2 ping", "kvcli redis://::host:6379/2"),
    ("-h h -p 11211 -a secret get k", "kvcli memcache://:PASSWORD@h:11211"), ("-u redis://h:1/2 ping", "kvcli redis://h:1/2"),
    ("-s /tmp/x ping", "kvcli redis+unix:///tmp/x"), ("--no-raw get k", "say --pretty"), ("--pipe", "say load"),
    ("127.0.0.1 11999 version", "kvcli memcache://127.0.0.1:11999"), ("localhost", "kvcli memcache://localhost:11211"),
    ("localhost 31337", "kvcli redis://localhost:31337"),
    ("--bigkey", "did you mean --bigkeys?"), ("--intervall 1 ping", "did you mean --interval?")])
def test_5_the_habits_of_other_programs_are_answered_with_what_to_type(arguments, hint):
    text = only_error(kvcli(*arguments.split()), 5)
    assert hint in text and "secret" not in text


def test_h_alone_is_help():
    code, out, error = kvcli("-h")
    assert (code, error) == (0, b"") and out.startswith(b"usage: kvcli") and b"redis+unix://" in out and b"31337" in out
    assert max(map(len, out.splitlines())) <= 80


def test_an_address_may_lack_its_scheme(memcached, redis):
    assert kvcli(memcached.removeprefix("memcache://"), "version")[0] == 0
    text = only_error(kvcli(redis.removeprefix("redis://"), "get", "k"), 2)
    assert "this looks like a Redis server: try redis://" in text


@pytest.mark.parametrize("words", ["set a 1", "stats", "--stat -r 1", "--scan", "dump", "--latency -r 1"])
def test_2_a_server_of_the_other_kind_is_named(memcached, redis, words):
    for uri, other, scheme in ((redis, "memcache", "redis"), (memcached, "redis", "memcache")):
        code, _, error = kvcli(f"{other}://{uri.split('//')[1]}", *words.split())
        assert code == 2 and f"try {scheme}://" in error.decode(), error


def test_passwords_and_databases_in_addresses():
    server = Peer("redis-server", "--requirepass", "s@:/cret")
    try:
        place = server.uri.removeprefix("redis://")
        assert only_error(kvcli(server.uri, "get", "k"), 2).startswith("(error) NOAUTH")
        assert kvcli(f"redis://:s%40:/cret@{place}/2", "set", "k", "v")[0] == 0
        assert kvcli(f"redis://default:s@:/cret@{place}/2", "get", "k") == (0, b"v\n", b"")
        assert kvcli(f"redis://{place}/2", "--scan", KV_PASSWORD="s@:/cret") == (0, b"k\n", b"")
        assert kvcli(f"redis://{place}", "dbsize", KV_PASSWORD="s@:/cret")[1] == b"0\n"
        assert b'set "k" "v"' in kvcli(f"redis://{place}/2", "dump", KV_PASSWORD="s@:/cret")[1]
        wrong = only_error(kvcli(f"redis://:wrong@{place}", "get", "k"), 2)
        assert "WRONGPASS" in wrong and "wrong@" not in wrong
        assert "DB index is out of range" in only_error(kvcli(f"redis://{place}/99", "get", "k", KV_PASSWORD="s@:/cret"), 2)
    finally:
        server.stop()


def test_a_name_in_an_address_is_a_private_space(kvserver, redis):
    assert kvcli(f"{kvserver}/team", given=b"set k v\ndbsize\nselect 0\ndbsize\n")[1] == b"OK\n1\nOK\n0\n"
    assert "refuses SELECT" in only_error(kvcli(f"{redis}/team", "get", "k"), 2)


def test_what_cannot_select_has_the_space_of_its_listener():
    server = KvServer("--listen", "memcache://127.0.0.1:0/team", "--listen", "redis://127.0.0.1:0")
    try:
        memcache, redis = server.uris
        assert memcache.endswith("/team")
        with server.connect(1) as member:
            member.ask(b"SELECT team\r\n", b"+OK\r\n")  # a space goes with its last client
            assert kvcli(memcache, "set", "k", "v")[0] == 0
            assert kvcli(f"{redis}/team", "get", "k") == (0, b"v\n", b"")
            assert kvcli(redis, "dbsize")[1] == b"0\n"
    finally:
        server.stop()
        server.kill()


@pytest.mark.parametrize("kind", ["kvserver", "redis"])
def test_every_type_is_listed_and_measured(kind, request):
    uri = request.getfixturevalue(kind)
    makes = {"string": ("bytes", 3, "set K abc"), "list": ("elements", 2, "rpush K a b"), "hash": ("fields", 1, "hset K f v"),
             "set": ("members", 3, "sadd K 1 2 3"), "zset": ("members", 2, "zadd K 1 a 2 b")}
    kvcli(uri, given="".join(make.replace("K", f"k:{name}") + "\n" for name, (_, _, make) in makes.items()).encode())
    measured = kvcli(uri, "--bigkeys")[1].decode()
    for name, (unit, count, _) in makes.items():
        assert kvcli("--scan", "--type", name, uri) == (0, f"k:{name}\n".encode(), b"")
        row = rf"{name}: 1 key, {count} {unit}, {count}.0 on average, (\d+) bytes of memory\n +{count}  \"k:{name}\", \1 bytes of memory\n"
        assert re.search(row, measured), measured


def test_replies_are_shown_as_the_types_they_have(kvserver):
    script = b"hello 3\nhset h f v\nsadd s m\nzadd z 1.5 m\nhgetall h\nsmembers s\nzscore z m\nget nix\nzrange z 0 -1 withscores\n"
    shown = kvcli("--pretty", kvserver, given=script)[1].decode()
    assert shown.endswith('1# "f" => "v"\n1~ "m"\n(double) 1.5\n(nil)\n1) 1) "m"\n   2) (double) 1.5\n'), shown
    assert kvcli("--json", kvserver, given=b"\n".join(script.split(b"\n")[4:]))[1] == (
        b'{"f":"v"}\n["m"]\n1.5\nnull\n[["m",1.5]]\n')


def test_a_password_of_the_environment_is_for_servers_that_want_one(memcached, redis):
    assert kvcli(redis, "ping", KV_PASSWORD="pw") == (0, b"PONG\n", b"")
    assert kvcli(memcached, "get", "nix", KV_PASSWORD="pw") == (1, b"", b"")
    assert "without any password" in only_error(kvcli(redis.replace("//", "//:pw@"), "ping"), 2)


def test_memcached_takes_a_password_as_a_value(tmp_path):
    (tmp_path / "users").write_text("ada:secret\n")
    server = Peer("memcached", "-Y", str(tmp_path / "users"), probe="memcache://ada:secret@")
    try:
        place = server.uri.removeprefix("memcache://")
        assert kvcli(f"memcache://ada:secret@{place}", "set", "k", "v") == (0, b"STORED\n", b"")
        assert "unauthenticated" in only_error(kvcli(server.uri, "get", "k"), 2)
        assert "authentication failure" in only_error(kvcli(f"memcache://ada:no@{place}", "get", "k"), 2)
    finally:
        server.stop()


def test_what_multi_queued_is_in_force_after_exec_and_not_after_discard(redis):
    script = b"multi\nselect 3\n%s\nclient kill type normal skipme no\nset where x\n"
    kvcli(redis, given=script % b"discard")
    assert [kvcli(f"{redis}/{n}", "exists", "where")[1] for n in (0, 3)] == [b"1\n", b"0\n"]
    kvcli(redis, "flushall")
    kvcli(redis, given=script % b"exec")
    assert [kvcli(f"{redis}/{n}", "exists", "where")[1] for n in (0, 3)] == [b"0\n", b"1\n"]


def test_a_shutdown_that_is_refused_leaves_the_connection():
    server = OwnServer("redis")
    try:
        code, out, error = kvcli(server.uri, given=b"client setname ada\nshutdown\nclient getname\n")
        assert (code, out) == (2, b"OK\nada\n") and b"SHUTDOWN" in error
    finally:
        server.stop()


@pytest.mark.parametrize("command", ["--scan", "dump", "-r 0 get k", "--stat -i 0.01"])
def test_a_reader_that_has_seen_enough_is_no_error(redis, command):
    kvcli(redis, given=b"".join(b"set key:%06d value\n" % i for i in range(10000)) + b"set k v\n")
    options = [word for word in command.split() if word not in ("dump", "get", "k")]
    line = f"{kvcli_path} {' '.join(options)} {redis} {'dump' if command == 'dump' else 'get k' if 'get' in command else ''}"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {line} | head -1"], capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"") and done.stdout.count(b"\n") == 1


def test_load_takes_a_file_and_what_people_type(memcached, redis, tmp_path):
    (tmp_path / "items").write_text('set k "v w" EX 600\nset p v PX 600000\n')
    for uri in (memcached, redis):
        assert kvcli(uri, "load", str(tmp_path / "items")) == (0, b"", b"loaded 2\n")
        assert kvcli(uri, "get", "k")[1] == b"v w\n"
        assert only_error(kvcli(uri, "load", str(tmp_path)), 5) == f"kvcli: cannot read {tmp_path}: Is a directory\n"
    assert 590 < int(kvcli(redis, "ttl", "p")[1]) <= 600


def test_load_takes_a_pipe_by_its_name(memcached):
    line = f"{kvcli_path} {memcached} load <(echo 'set k v')"
    assert subprocess.run(["bash", "-c", line], capture_output=True).stderr == b"loaded 1\n"


def test_commands_that_wait_are_waited_for(redis):
    kvcli(redis, "zadd", "z", "1", "a")
    for command in ("blmpop 1 1 nix left", "bzmpop 1 1 nix min", "xread block 1000 streams nix 0", "wait 1 1000", "debug sleep 1"):
        code, _, error = kvcli("--timeout", "0.5", redis, *command.split())
        assert code in (0, 1) and error == b"", (command, error)
    assert kvcli("--timeout", "0.2", redis, "xread", "streams", "nix", "0")[0] == 1


def test_help_by_command_and_by_group(memcached, redis):
    for name in ("string", "@string", "strings"):
        out = kvcli(redis, "help", *name.split())[1]
        assert out.startswith(b"strings\n  GET ") and b"LPUSH" not in out
    assert b"CONFIG SET name value" in kvcli(redis, "help", "config")[1]
    assert kvcli(redis, "help", "config", "set")[1].startswith(b"CONFIG SET name value")
    assert kvcli(memcached, "?", "cas")[1].startswith(b"cas key value cas")
    assert only_error(kvcli(memcached, "\\help"), 5) == "kvcli: no such command: '\\help'; try help\n"


@pytest.mark.parametrize("command", [
    ["get"], ["get", "a b"], ["get", ""], ["get", "k" * 251], ["get", "a\r\nflush_all"], ["set", "k"],
    ["set", "k", "0", "0", "5"], ["set", "k", "v", "EX"], ["set", "k", "v", "EX", "soon"], ["cas", "k", "v"],
    ["incr", "k"], ["delete"], ["ms", "k"], ["stats", "a\nb"], ["\\nosuch"], ["help", "nosuch"], ["\\repeat", "x", "version"]])
def test_5_a_command_that_cannot_be_said_is_not_sent(memcached, command):
    kvcli(memcached, "set", "witness", "1")
    only_error(kvcli(memcached, *command), 5)
    assert kvcli(memcached, "get", "witness")[0] == 0


def test_5_standard_output_that_cannot_be_written(memcached):
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
    assert offered("--type", "") == ["string", "list", "hash", "set", "zset"] and offered("--type", "z") == ["zset"]
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
@pytest.mark.parametrize("program, words", [
    ("kvcli", ["--timeout SECONDS", "\\repeat count command", "flush_all"]),
    ("kvbench", ["kvbench [OPTIONS] [URI]", "-c, --clients N", "  kvbench --prefill --rate 20000  "]),
    ("kvcheck", ["HOST PORT | HOST:PORT | URI", "--stage N", "\n              unframed: set key len CRLF bytes, get"]),
])
def test_man_has_nothing_to_complain_of(tmp_path, program, words):
    page = tmp_path / f"{program}.1"
    page.write_bytes(subprocess.run([programs / program, "--generate", "man"], capture_output=True, check=True).stdout)
    done = subprocess.run(["man", "--warnings", "-l", page], capture_output=True, text=True, env={"MANWIDTH": "80"})
    assert (done.returncode, done.stderr) == (0, "")
    for word in ["EXIT STATUS", *words]:
        assert word in done.stdout
