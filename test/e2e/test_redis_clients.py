"""Redis' own clients on redis://: redis-cli, redis-benchmark, redis-py, and a connection that begins with HELLO 3.

KV_TARGET=redis runs them against Debian's redis-server: a test that fails there is wrong.
"""

import fcntl
import os
import pty
import random
import re
import select
import struct
import subprocess
import termios
import threading
import time

import pytest
import redis
from redis.exceptions import LockError, ResponseError, WatchError

import pace
from redis_replies import Reader
from servers import KvServer, RedisServer, peer_command

is_redis = os.environ.get("KV_TARGET") == "redis"


@pytest.fixture
def server():
    started = RedisServer("--databases", "1") if is_redis else KvServer("--listen", "redis://127.0.0.1:0")
    try:
        yield started
        started.stop()
    finally:
        started.kill()


@pytest.fixture
def client(server):
    host, port = server.address
    with redis.Redis(host, port, socket_timeout=pace.seconds(20)) as connected:
        yield connected


def run(program, server, *arguments, stdin=b"", within=60):
    command, environment = peer_command(program)
    host, port = server.address
    done = subprocess.run([*command, "-h", host, "-p", str(port), *arguments], env=environment, input=stdin, capture_output=True,
                          timeout=pace.seconds(within))
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


def cli(server, *arguments, **options):
    return run("redis-cli", server, *arguments, **options)


# redis-cli


def test_redis_cli_sets_and_gets(server):
    assert cli(server, "set", "greeting", "hello") == "OK\n"
    assert cli(server, "get", "greeting") == "hello\n"
    assert cli(server, "-3", "config", "get", "appendonly") == "appendonly no\n"


def test_redis_cli_reads_commands_from_its_input(server):
    assert cli(server, stdin=b"set k 'two words'\nget k\nincr n\nincr n\n") == "OK\ntwo words\n1\n2\n"


def test_redis_cli_pipes_a_mass_of_commands(server):
    commands = b"".join(b"*3\r\n$3\r\nSET\r\n$9\r\nkey:%05d\r\n$5\r\nvalue\r\n" % number for number in range(pace.count(20_000)))
    assert f"errors: 0, replies: {pace.count(20_000)}" in cli(server, "--pipe", stdin=commands)


def test_redis_cli_scans_every_key(server, client):
    keys = {f"key:{number}" for number in range(1000)}
    client.mset(dict.fromkeys(keys, "v"))
    assert set(cli(server, "--scan").split()) == keys
    assert set(cli(server, "--scan", "--pattern", "key:99?").split()) == {f"key:99{number}" for number in range(10)}


def test_redis_cli_finds_the_biggest_keys(server, client):
    client.mset({f"key:{number}": "v" * number for number in range(1, 200)})
    report = cli(server, "--bigkeys")
    assert "Biggest string found '\"key:199\"' has 199 bytes" in report and "199 strings with" in report
    assert re.search("Biggest string found '\"key:1[89][0-9]\"' has [0-9]+ bytes", cli(server, "--memkeys"))  # in steps of 16


def plain(text):
    """Without the colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def until_seen(program, server, pattern, *arguments):
    """Runs a program that does not end by itself until its output matches, then ends it."""
    command, environment = peer_command(program)
    host, port = server.address
    with subprocess.Popen([*command, "-h", host, "-p", str(port), *arguments], env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE) as process:
        seen = b""
        end = time.monotonic() + pace.seconds(20)
        try:
            while not re.search(pattern, seen):
                assert select.select([process.stdout], [], [], max(0, end - time.monotonic()))[0], seen
                piece = os.read(process.stdout.fileno(), 4096)
                assert piece, seen
                seen += piece
        finally:
            process.terminate()
    return seen


def test_redis_cli_shows_statistics_as_they_change(server, client):
    client.mset({"a": 1, "b": 2})
    assert until_seen("redis-cli", server, rb"keys +mem +clients[^\n]*\n2 +\S+", "--stat", "-i", "0.1")


def test_redis_cli_measures_latency(server):
    assert re.match(r"\d+ \d+ [\d.]+ [1-9]\d*\n", cli(server, "--latency", "--raw", "-i", "1"))


def test_redis_cli_monitors_other_clients(server, client):
    command, environment = peer_command("redis-cli")
    host, port = server.address
    with subprocess.Popen([*command, "-h", host, "-p", str(port), "monitor"], env=environment, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout.readline() == b"OK\n"
            client.set("k", b'a "b"\x00\r\n')
            client.get("k")
            pattern = rb'\d+\.\d{6} \[0 127\.0\.0\.1:\d+\] '
            assert re.fullmatch(pattern + rb'"SET" "k" "a \\"b\\"\\x00\\r\\n"\n', process.stdout.readline())
            assert re.fullmatch(pattern + rb'"GET" "k"\n', process.stdout.readline())
        finally:
            process.terminate()


# What one client sends, an exclamation mark before what another does meanwhile; and what a third, which monitors, is shown.
shown_to_monitors = [
    (["WATCH k", "MULTI", "SET k mine", "!SET k other", "EXEC"], ['"WATCH" "k"', '"MULTI"', '"SET" "k" "other"', '"EXEC"']),
    (["MULTI", "SET k mine", "CONFIG GET save", "AUTH x", "EXEC"],
     ['"MULTI"', '"SET" "k" "mine"', '"AUTH" "(redacted)"', '"EXEC"']),
    (["MULTI", "NONSENSE", "EXEC"], ['"MULTI"', '"EXEC"']),
    (["MULTI", "SET k v", "DISCARD"], ['"MULTI"', '"DISCARD"']),
    (["AUTH secret", "AUTH default secret"], ['"AUTH" "(redacted)"', '"AUTH" "(redacted)" "(redacted)"']),
    (["HELLO 2 AUTH default x SETNAME n", "HELLO 2 SETNAME auth"],
     ['"HELLO" "2" "AUTH" "(redacted)" "(redacted)" "SETNAME" "n"', '"HELLO" "2" "SETNAME" "auth"']),
    (["CLIENT LIST", "ECHO", "NONSENSE", "RESET"], ['"RESET"']),
]


@pytest.mark.parametrize("lines, shown", shown_to_monitors)
def test_a_monitor_is_shown_what_was_carried_out(server, lines, shown):
    with server.connect() as monitor, server.connect() as client, server.connect() as other:
        monitor.ask(b"MONITOR\r\n", b"+OK\r\n")
        for line in lines:
            wire = other if line.startswith("!") else client
            wire.send(line.lstrip("!").encode() + b"\r\n")
            read_reply(wire)
        client.ask(b"ECHO end\r\n", b"$3\r\nend\r\n")
        for expected in [*shown, '"ECHO" "end"']:
            assert re.fullmatch(r"\+\d+\.\d{6} \[0 127\.0\.0\.1:\d+\] (.*)", monitor.read_line().decode())[1] == expected


@pytest.mark.parametrize("begin", [b"MONITOR\r\n", b"MONITOR\r\nMULTI\r\n", b"MONITOR\r\n" + b"PING\r\n" * 5])
def test_a_monitor_that_resets_itself_is_shown_nothing_of_that(server, begin):
    with server.connect() as wire:
        wire.send(begin)
        assert wire.read_line() == b"+OK"
        wire.send(b"RESET\r\n")
        while wire.read_line() != b"+RESET":
            pass
        wire.ask(b"ECHO one\r\n", b"$3\r\none\r\n")
        wire.ask(b"ECHO two\r\n", b"$3\r\ntwo\r\n")


def type_into_redis_cli(server, keys, shows):
    """What the terminal shows while `keys` are typed into an interactive redis-cli, until it shows `shows`."""
    command, environment = peer_command("redis-cli")
    host, port = server.address
    pid, terminal = pty.fork()
    if pid == 0:
        environment.update(TERM="xterm", HOME="/nonexistent")
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))  # or it would ask the terminal
        os.execvpe(command[0], [*command, "-h", host, "-p", str(port)], environment)
    seen = b""
    try:
        end = time.monotonic() + pace.seconds(20)
        wanted = [b"> ", shows]
        while wanted:
            assert select.select([terminal], [], [], max(0, end - time.monotonic()))[0], (wanted, seen)
            seen += os.read(terminal, 4096)
            if wanted[0] in seen:
                wanted.pop(0)
                if wanted:
                    os.write(terminal, keys)
    finally:
        os.close(terminal)
        os.waitpid(pid, 0)
    return seen


def test_redis_cli_hints_at_the_arguments(server):
    assert type_into_redis_cli(server, b"getrange k ", b"start end")


def test_redis_cli_completes_a_command(server):
    assert type_into_redis_cli(server, b"pexpireti\t", b"pexpiretime".upper() if is_redis else b"xpiretime".upper())


@pytest.mark.skipif(is_redis, reason="Redis has its own words for it")
def test_redis_cli_helps_with_what_the_server_tells_it(server):
    assert "SET key value" in plain(cli(server, "help", "set"))
    help_text = plain(cli(server, "help", "mset"))
    assert "MSET key value [key value ...]" in help_text and "group: string" in help_text


# redis-benchmark


@pytest.mark.parametrize("pipeline", ["1", "16"])
def test_redis_benchmark_runs(server, pipeline):
    report = run("redis-benchmark", server, "-t", "ping,set,get,incr,mset", "-n", str(pace.count(3000, 1000)), "-c", "20", "-P", pipeline, "-q")
    for test in ("PING_INLINE", "PING_MBULK", "SET", "GET", "INCR", "MSET (10 keys)"):
        assert f"{test}: " in report and "requests per second" in report
    assert "WARNING" not in report and "rror" not in report


# redis-py


def test_redis_py_stores_and_reads_any_bytes(client):
    choice = random.Random(1)
    for number in range(pace.count(2000, 100)):
        value = choice.randbytes(choice.randint(0, 300))
        assert client.set(b"\xff\0\r\n%d" % (number % 50), value)
        assert client.get(b"\xff\0\r\n%d" % (number % 50)) == value


def test_redis_py_stores_the_largest_value(client):
    value = random.Random(1).randbytes(1 << 20)
    assert client.set("large", value) and client.get("large") == value
    assert client.getrange("large", 500_000, 500_009) == value[500_000:500_010]


def test_redis_py_sends_pipelines_of_ten_thousand_commands(client):
    with client.pipeline(transaction=False) as pipe:
        for number in range(5000):
            pipe.set(f"k{number}", number).incr(f"k{number}")
        replies = pipe.execute()
    assert replies == [reply for number in range(5000) for reply in (True, number + 1)]


def test_redis_py_transactions_retry_when_a_watched_key_changes(server, client):
    threads, increments = 4, pace.count(100, 20)

    def add():
        with redis.Redis(*server.address) as own:
            for _ in range(increments):
                own.transaction(lambda pipe: (number := int(pipe.get("n") or 0), pipe.multi(), pipe.set("n", number + 1)), "n")

    workers = [threading.Thread(target=add) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert int(client.get("n")) == threads * increments


def test_redis_py_hears_that_a_watched_key_has_changed(client):
    with client.pipeline() as pipe:
        pipe.watch("k")
        client.set("k", "new")
        pipe.multi()
        pipe.set("k", "mine")
        with pytest.raises(WatchError):
            pipe.execute()
    assert client.get("k") == b"new"


def test_redis_py_takes_a_lock_that_another_cannot_take(client):
    """Its Lock is SET NX PX; giving it back is a script, which is not there yet, so the token is compared in a transaction."""
    first, second = client.lock("lock", timeout=100), client.lock("lock", timeout=100, blocking=False)
    assert first.acquire() and not second.acquire()
    assert 0 < client.pttl("lock") <= 100_000 and client.get("lock") == first.local.token
    client.delete("lock")
    assert second.acquire()


def test_redis_py_uses_every_kind_of_command(client):
    assert client.mset({"a": 1, "b": 2}) and client.mget("a", "x", "b") == [b"1", None, b"2"]
    assert client.set("c", "v", ex=100, nx=True) and client.set("c", "v", nx=True) is None
    assert client.ttl("c") == 100 or client.ttl("c") == 99
    assert client.set("c", "w", keepttl=True, get=True) == b"v"
    assert client.getex("c", persist=True) == b"w" and client.ttl("c") == -1
    assert client.append("c", "x") == 2 and client.setrange("c", 1, "y") == 2 and client.getdel("c") == b"wy"
    assert (client.incr("n", 5), client.decr("n", 2), client.incrbyfloat("n", 0.5)) == (5, 3, 3.5)
    assert client.rename("a", "z") and client.renamenx("z", "a") and client.copy("a", "y")
    assert client.exists("a", "y", "none") == 2 and client.type("a") == b"string" and client.touch("a") == 1
    assert client.expire("a", 100) and client.expire("a", 50, gt=True) is False and client.persist("a")
    assert client.pexpireat("a", 4102444800000) and client.expiretime("a") == 4102444800
    assert sorted(client.keys("[ab]")) == [b"a", b"b"] and set(client.scan_iter(count=2)) == {b"a", b"b", b"n", b"y"}
    assert client.dbsize() == 4 and client.randomkey() in (b"a", b"b", b"n", b"y")
    assert client.delete("a", "none") == 1 and client.unlink("b") == 1
    assert client.ping() and client.echo("hi") == b"hi" and client.flushall() and client.dbsize() == 0


def test_redis_py_scans_every_key_that_stays_while_others_come_and_go(server, client):
    kept = {b"kept:%d" % number for number in range(2000)}
    client.mset(dict.fromkeys(kept, "v"))
    done = threading.Event()

    def change():
        with redis.Redis(*server.address) as own:
            for number in range(pace.count(100_000, 5_000) // 100):
                own.mset({f"come:{number}:{i}": "v" for i in range(100)})
                if number % 2:
                    own.delete(*(f"come:{number - 1}:{i}" for i in range(100)))
        done.set()

    writer = threading.Thread(target=change)
    writer.start()
    scans = 0
    while not done.is_set() or scans == 0:
        found = set(client.scan_iter(match="kept:*", count=500))
        assert found == kept, kept - found
        scans += 1
    writer.join()


def test_redis_py_asks_the_server_about_itself(client):
    client.client_setname("tester")
    assert client.client_getname() == "tester"
    assert [row["name"] for row in client.client_list() if row["id"] == str(client.client_id())] == ["tester"]
    me = client.client_info()
    assert (me["id"], me["multi"], me["db"]) == (client.client_id(), -1, 0)
    info = client.info()
    assert info["redis_version"] == "7.0.15" and info["connected_clients"] >= 1 and info["maxmemory_policy"] == "noeviction"
    assert client.config_get("appendonly") == {"appendonly": "no"} and client.time()[0] > 1_700_000_000
    assert client.command_count() > 50 and "get" in client.command()
    client.mset({str(number): number for number in range(50)})
    for number in range(50):
        client.get(number)
    assert client.config_resetstat()
    stats = client.info("stats")
    assert all(stats[name] <= 2 for name in ("total_commands_processed", "total_connections_received", "keyspace_hits"))
    assert stats["total_net_input_bytes"] < 200


fields_of_a_client = set("id addr laddr fd name age idle flags db sub psub ssub multi qbuf qbuf-free argv-mem multi-mem rbs rbp obl oll omem "
                         "tot-mem events cmd user redir resp".split())


def test_a_clients_line_has_the_fields_that_go_redis_knows(client):
    """It knew those of Redis 7.0 and three later ones, until its version 9.19, and refused a line with any other."""
    fields = set(client.client_info())
    assert fields_of_a_client <= fields <= fields_of_a_client | {"watch", "lib-name", "lib-ver"}


def test_the_keys_that_expire_are_counted(client):
    def counted():
        found = client.info("keyspace").get("db0", {"keys": 0, "expires": 0})
        return found["keys"], found["expires"]

    client.mset({"a": 1, "b": 2, "c": 3})
    assert counted() == (3, 0)
    client.set("a", 1, ex=100)
    client.set("a", 2, ex=200)
    client.expire("b", 100)
    client.expire("b", 200)
    assert counted() == (3, 2)
    client.persist("a")
    client.rename("b", "d")
    assert counted() == (3, 1)
    client.copy("d", "e")
    client.set("d", "for ever")
    assert counted() == (4, 1)
    client.delete("e")
    client.set("f", 1, px=1)
    pace.wait_until(lambda: client.get("f") is None, "it expires")
    assert counted() == (3, 0)
    client.set("a", 1, ex=100)
    client.flushall()
    assert counted() == (0, 0)


@pytest.mark.parametrize("command", ["CLUSTER INFO", "CLUSTER KEYSLOT a", "READONLY", "READWRITE", "ASKING"])
def test_a_client_is_told_that_this_is_no_cluster(client, command):
    with pytest.raises(ResponseError, match="^This instance has cluster support disabled$"):
        client.execute_command(*command.split())


def test_an_almost_empty_server_shows_no_great_fragmentation(client):
    """Redis' own ratio is about 9 then."""
    client.set("k", "v")
    assert 0.5 < client.info("memory")["mem_fragmentation_ratio"] < 20


def test_redis_cli_finds_hot_keys():
    if is_redis:
        started = RedisServer("--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lfu")
    else:
        started = KvServer("--listen", "redis://127.0.0.1:0", "--when-full", "evict")
    try:
        with redis.Redis(*started.address) as client:
            client.mset({f"key:{number}": "v" for number in range(100)})
            for _ in range(3000):
                client.get("key:7")
            assert client.object("freq", "key:7") > client.object("freq", "key:8")
            assert client.object("freq", "none") is None
        assert re.search(r'hot key found with counter: \d+\s+keyname: "?key:7"?\n', cli(started, "--hotkeys"))
        started.stop()
    finally:
        started.kill()


def test_redis_py_breaks_another_connection(server, client):
    with redis.Redis(*server.address, single_connection_client=True) as other:
        assert client.client_kill_filter(_id=other.client_id()) == 1
        with pytest.raises((redis.ConnectionError, ResponseError)):
            other.connection.send_command("PING")
            other.connection.read_response()


def test_redis_py_is_told_what_is_wrong(client):
    for command, error in ((["GET"], "wrong number of arguments"), (["NONSENSE"], "unknown command"), (["INCRBY", "k", "x"], "not an integer"),
                           (["SET", "k", "v", "EX", "0"], "invalid expire time"), (["SET", "k", "v", "NO"], "syntax error")):
        with pytest.raises(ResponseError, match=error):
            client.execute_command(*command)
    assert client.ping()


# A client that speaks version 3, as newer ones do from the start


def request(*words):
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def read_reply(wire):
    """Reads one whole reply."""
    data = b""
    while True:
        data += wire.read_line() + b"\r\n"
        try:
            reader = Reader(data)
            value = reader.value()
        except (ValueError, AssertionError, IndexError):
            continue
        return value


def test_a_connection_begins_with_hello_3(server):
    with server.connect() as wire:
        wire.send(request(b"HELLO", b"3") + request(b"CLIENT", b"SETINFO", b"LIB-NAME", b"redis-py"))
        kind, hello = read_reply(wire)
        facts = {name[1]: value[1] for name, value in zip(hello[::2], hello[1::2])}
        assert kind == b"%" and facts[b"proto"] == b"3" and facts[b"server"] == b"redis" and facts[b"modules"] == []
        assert read_reply(wire) == (b"+", b"OK") or is_redis
        wire.ask(request(b"GET", b"k"), b"_\r\n")
        wire.ask(request(b"SET", b"k", b"v"), b"+OK\r\n")
        wire.ask(request(b"MGET", b"k", b"x"), b"*2\r\n$1\r\nv\r\n_\r\n")
        wire.ask(request(b"CONFIG", b"GET", b"appendonly"), b"%1\r\n$10\r\nappendonly\r\n$2\r\nno\r\n")
        wire.send(request(b"CLIENT", b"INFO"))
        assert wire.read_line().startswith(b"=")


def test_ten_thousand_requests_of_version_3_in_one_write(server):
    with server.connect() as wire:
        wire.send(request(b"HELLO", b"3") + request(b"GET", b"k") * 10_000)
        read_reply(wire)
        wire.expect(b"_\r\n" * 10_000)
