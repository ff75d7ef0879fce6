"""Clients nobody here wrote: libmemcached (pylibmc, its command line tools, its conformance test), pymemcache, and nc."""

import os
import pathlib
import random
import re
import subprocess

import pylibmc
import pymemcache
import pytest

import pace
from servers import peer_command, peers

round_trips = pace.count(10_000)
bookkeeping = 512 if os.environ.get("KV_TARGET") == "memcached" else 0
"""memcached counts what it adds to a value against its limit of 1 MiB; kvserver counts the value alone."""
largest = (bytes(range(256)) * 4096)[: -1 - bookkeeping]
special_values = [b"", b"\r\n", b"\0", b"a\r\nb\r\n", b"\r\nEND\r\n", bytes(range(256)), b"\0" * 1000, b"\r" * 99, b"VALUE a 0 1\r\n"]


def values(number):
    """Short random values with the special ones among them."""
    choice = random.Random(number)
    for place in range(number):
        yield special_values[place % len(special_values)] if place % 4 == 0 else choice.randbytes(choice.randint(1, 300))


@pytest.fixture
def pylibmc_client(speaks_memcache):
    host, port = speaks_memcache.address
    client = pylibmc.Client([f"{host}:{port}"], behaviors={"cas": True, "tcp_nodelay": True})
    client.flush_all()
    return client


@pytest.fixture
def pymemcache_client(speaks_memcache):
    client = pymemcache.Client(speaks_memcache.address, timeout=pace.seconds(20), default_noreply=False, no_delay=True)
    client.flush_all()
    yield client
    client.close()


# pylibmc


def test_pylibmc_stores_and_reads_ten_thousand_values(pylibmc_client):
    for place, value in enumerate(values(round_trips)):
        key = f"pylibmc{place % 500}"
        assert pylibmc_client.set(key, value)
        assert pylibmc_client.get(key) == value


def test_pylibmc_stores_the_largest_values(pylibmc_client):
    for size in (len(largest), 500_000, 524_288):
        assert pylibmc_client.set("large", largest[:size])
        assert pylibmc_client.get("large") == largest[:size]


def test_pylibmc_reads_and_writes_many_at_once(pylibmc_client):
    expected = {f"many{place}": value for place, value in enumerate(values(300))}
    assert pylibmc_client.set_multi(expected) == []
    assert pylibmc_client.get_multi([*expected, "not there"[:3]]) == expected
    assert pylibmc_client.delete_multi(list(expected))
    assert pylibmc_client.get_multi(list(expected)) == {}


def test_pylibmc_compares_and_sets(pylibmc_client):
    pylibmc_client.set("cas", "first")
    value, number = pylibmc_client.gets("cas")
    assert (value, pylibmc_client.cas("cas", "second", number)) == ("first", True)
    assert not pylibmc_client.cas("cas", "third", number)
    assert pylibmc_client.get("cas") == "second"


def test_pylibmc_changes_values_in_place(pylibmc_client):
    assert pylibmc_client.add("word", "b") and not pylibmc_client.add("word", "x")
    assert pylibmc_client.append("word", "c") and pylibmc_client.prepend("word", "a")
    assert pylibmc_client.get("word") == "abc"
    assert pylibmc_client.replace("word", "new") and not pylibmc_client.replace("none", "x")
    assert pylibmc_client.touch("word", 1000) and pylibmc_client.get("word") == "new"
    assert pylibmc_client.delete("word") and not pylibmc_client.delete("word")


def test_pylibmc_counts(pylibmc_client):
    pylibmc_client.set("number", "8")
    assert [pylibmc_client.incr("number"), pylibmc_client.incr("number", 5), pylibmc_client.decr("number", 4)] == [9, 14, 10]
    assert pylibmc_client.decr("number", 100) == 0
    with pytest.raises(pylibmc.NotFound):
        pylibmc_client.incr("none")


def test_pylibmc_reads_statistics(pylibmc_client):
    pylibmc_client.set("a", "b")
    [(_, stats)] = pylibmc_client.get_stats()
    assert int(stats[b"cmd_set"] if b"cmd_set" in stats else stats["cmd_set"]) > 0


# pymemcache


def test_pymemcache_stores_and_reads_ten_thousand_values(pymemcache_client):
    for place, value in enumerate(values(round_trips)):
        key = f"pymemcache{place % 500}"
        assert pymemcache_client.set(key, value)
        assert pymemcache_client.get(key) == value


def test_pymemcache_stores_without_waiting_for_answers(pymemcache_client):
    for place, value in enumerate(values(1000)):
        pymemcache_client.set(f"quiet{place % 10}", value, noreply=True)
        pymemcache_client.incr("quiet_none", 1, noreply=True)
        assert pymemcache_client.get(f"quiet{place % 10}") == value
    pymemcache_client.delete("quiet1", noreply=True)
    assert pymemcache_client.get("quiet1") is None


def test_pymemcache_stores_the_largest_values(pymemcache_client):
    for size in (len(largest), 524_287):
        assert pymemcache_client.set("large", largest[:size])
        assert pymemcache_client.get("large") == largest[:size]


def test_pymemcache_is_refused_a_value_that_is_too_large_and_goes_on(pymemcache_client):
    with pytest.raises(pymemcache.exceptions.MemcacheServerError, match="object too large for cache"):
        pymemcache_client.set("large", b"x" * 1_048_577)
    assert pymemcache_client.set("small", b"x") and pymemcache_client.get("small") == b"x"


def test_pymemcache_reads_and_writes_many_at_once(pymemcache_client):
    expected = {f"many{place}": value for place, value in enumerate(values(300))}
    assert pymemcache_client.set_many(expected) == []
    assert pymemcache_client.get_many([*expected, "none"]) == expected
    assert {key: value for key, (value, _) in pymemcache_client.gets_many(list(expected)).items()} == expected
    assert pymemcache_client.delete_many(list(expected))
    assert pymemcache_client.get_many(list(expected)) == {}


def test_pymemcache_compares_and_sets(pymemcache_client):
    pymemcache_client.set("cas", b"first")
    value, number = pymemcache_client.gets("cas")
    assert value == b"first"
    assert pymemcache_client.cas("cas", b"second", number) is True
    assert pymemcache_client.cas("cas", b"third", number) is False
    assert pymemcache_client.cas("none", b"x", number) is None


def test_pymemcache_changes_values_in_place(pymemcache_client):
    client = pymemcache_client
    assert (client.add("word", b"b"), client.add("word", b"x")) == (True, False)
    assert client.append("word", b"c") and client.prepend("word", b"a") and client.get("word") == b"abc"
    assert (client.append("none", b"x"), client.replace("none", b"x"), client.replace("word", b"new")) == (False, False, True)
    assert client.touch("word", 1000) and not client.touch("none", 1000)
    assert (client.delete("word"), client.delete("word")) == (True, False)


def test_get_and_touch_answers_as_get(speaks_memcache):
    with speaks_memcache.connect() as wire:
        wire.ask(b"set word 7 0 3\r\nnew\r\n", b"STORED\r\n")
        wire.ask(b"gat 1000 word none\r\n", b"VALUE word 7 3\r\nnew\r\nEND\r\n")
        wire.send(b"gats 1000 word\r\n")
        assert re.fullmatch(rb"VALUE word 7 3 \d+", wire.read_line())
        wire.expect(b"new\r\nEND\r\n")


def test_pymemcache_counts(pymemcache_client):
    pymemcache_client.set("number", b"18446744073709551615")
    assert pymemcache_client.incr("number", 2) == 1
    assert pymemcache_client.decr("number", 5) == 0
    assert pymemcache_client.incr("none", 1) is None
    pymemcache_client.set("word", b"abc")
    with pytest.raises(pymemcache.exceptions.MemcacheClientError, match="non-numeric"):
        pymemcache_client.incr("word", 1)


def test_pymemcache_asks_the_server_about_itself(pymemcache_client):
    pymemcache_client.set("a", b"b")
    stats = pymemcache_client.stats()
    assert stats[b"curr_items"] == 1 and stats[b"pid"] > 0 and stats[b"cmd_set"] >= 1
    assert re.fullmatch(rb"\S+", pymemcache_client.version())
    assert pymemcache_client.flush_all() and pymemcache_client.get("a") is None


# Tools


def run_tool(name, *arguments):
    command, environment = peer_command(name)
    return subprocess.run([*command, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=pace.seconds(60))


def server_option(server):
    return "--servers={}:{}".format(*server.address)


def test_memccp_stores_a_file_that_memccat_prints(speaks_memcache, tmp_path):
    path = tmp_path / "file.bin"
    path.write_bytes(random.Random(1).randbytes(700_000) + b"\r\n\0END\r\n")
    assert run_tool("memccp", server_option(speaks_memcache), str(path)).returncode == 0
    copy = tmp_path / "copy.bin"
    done = run_tool("memccat", server_option(speaks_memcache), f"--file={copy}", "file.bin")
    assert (done.returncode, copy.read_bytes() == path.read_bytes()) == (0, True), done.stdout


def test_memcexist_memctouch_and_memcrm_find_a_key(speaks_memcache, tmp_path):
    path = tmp_path / "found"
    path.write_bytes(b"x")
    run_tool("memccp", server_option(speaks_memcache), str(path))
    for tool, arguments, status in (("memcexist", ["found"], 0), ("memctouch", ["--expire=1000", "found"], 0), ("memcrm", ["found"], 0),
                                    ("memcexist", ["found"], 1)):
        assert run_tool(tool, server_option(speaks_memcache), *arguments).returncode == status, tool


def test_memccapable_finds_the_ascii_protocol_complete(speaks_memcache):
    host, port = speaks_memcache.address
    done = run_tool("memccapable", "-a", "-h", host, "-p", str(port), "-t", str(int(pace.seconds(10))))
    results = re.findall(rb"^ascii (.+?)\s+\[(\w+)\]", done.stdout, re.M)
    assert len(results) == 27 and {verdict for _, verdict in results} == {b"pass"}, done.stdout.decode()


def test_memccapable_finds_the_binary_protocol_complete(speaks_memcache):
    host, port = speaks_memcache.address
    done = run_tool("memccapable", "-b", "-h", host, "-p", str(port), "-t", str(int(pace.seconds(10))))
    results = re.findall(rb"^binary (.+?)\s+\[(\w+)\]", done.stdout, re.M)
    assert len(results) == 27 and {verdict for _, verdict in results} == {b"pass"}, done.stdout.decode()


def test_pylibmc_speaks_the_binary_protocol(speaks_memcache):
    host, port = speaks_memcache.address
    client = pylibmc.Client([f"{host}:{port}"], binary=True, behaviors={"cas": True, "tcp_nodelay": True})
    client.flush_all()
    expected = {f"binary{place}": value for place, value in enumerate(values(300))}
    assert client.set_multi(expected) == [] and client.get_multi([*expected, "missing"]) == expected
    assert client.set("large", largest) and client.get("large") == largest
    assert not client.add("large", "x") and client.append("binary4", b"end")
    value, number = client.gets("binary4")
    assert value == expected["binary4"] + b"end"
    assert client.cas("binary4", "second", number) and not client.cas("binary4", "third", number)
    assert client.set("n", 5) and (client.incr("n", 3), client.decr("n", 10)) == (8, 0)
    assert client.touch("n", 100) and client.delete("n") and not client.delete("n") and client.get("n") is None


def test_pylibmcs_negative_times_are_over_at_once(pylibmc_client):
    assert pylibmc_client.set("gone", "v", -1) and pylibmc_client.get("gone") is None


def test_memcached_tool_shows_the_slab_class_and_lists_and_dumps_the_keys(server):
    with server.connect() as wire:
        for number in range(3):
            wire.ask(b"set tool:%d 0 0 6\r\nvalue%d\r\n" % (number, number), b"STORED\r\n")
    assert len(tool_lines(server, "display")) == 2
    keys = [line.split()[0] for line in tool_lines(server, "keys")]
    assert sorted(keys) == [f"key=tool%3A{number}" for number in range(3)]
    assert sorted(line.rstrip("\r") for line in tool_lines(server, "dump")) == sorted(
        line for number in range(3) for line in (f"add tool:{number} 0 0 6", f"value{number}"))


def test_watchers_are_told_what_others_ask(server):
    with server.connect() as watcher:
        watcher.ask(b"watch fetchers mutations deletions connevents\r\n", b"OK\r\n")
        with server.connect() as wire:
            wire.send(b"set a%b 0 30 3\r\none\r\nget a%b c\r\nadd a%b 0 0 1\r\n1\r\ndelete a%b\r\nmd c\r\nset d 0 0 1048577\r\n")
            wire.send(b"x" * 1_048_577 + b"\r\nmn\r\n")
            assert wire.read_line() == b"STORED"
        lines = lines_watched(watcher, 7)
    number = lines[0].rpartition("=")[2]
    assert [re.sub(r"^ts=\d+\.\d{6} gid=\d+ type=| cfd=%s| rport=\d+" % number, "", line) for line in lines] == [
        "conn_new rip=127.0.0.1 transport=tcp", "item_store key=a%25b status=stored cmd=set ttl=30 clsid=1 size=3",
        "item_get key=a%25b status=found clsid=1 size=3", "item_get key=c status=not_found clsid=0 size=0",
        "item_store key=a%25b status=not_stored cmd=add ttl=0 clsid=1 size=1", "deleted key=a%25b cmd=delete clsid=1",
        "item_store key=d status=too_large cmd=set ttl=0 clsid=0 size=0"]


def test_watchers_are_told_of_evictions_and_of_leaving_clients(start):
    server = start("--memory-limit", "1m", "--when-full", "evict")
    with server.connect() as watcher:
        watcher.ask(b"watch evictions\r\n", b"OK\r\n")
        with server.connect() as wire:
            for number in range(120):
                wire.ask(b"set k%d 0 0 10000\r\n%s\r\n" % (number, b"v" * 10_000), b"STORED\r\n")
        assert all(re.search(r" type=eviction key=k\d+ ttl=-1 clsid=1 size=10000$", line) for line in lines_watched(watcher, 10))
    with server.connect() as watcher:
        watcher.ask(b"watch connevents\r\n", b"OK\r\n")
        server.connect().close()
        assert " type=conn_close " in lines_watched(watcher, 2)[1] and " reason=normal " in lines_watched(watcher, 2)[1]


def lines_watched(wire, number):
    """The first lines that a watcher has been sent; they stay where they are."""
    while wire.pending.count(b"\n") < number:
        piece = wire.socket.recv(65536)
        assert piece, wire.pending
        wire.pending += piece
    return wire.pending.decode().split("\n")[:number]


def test_memcdump_lists_the_keys(server, tmp_path):
    (tmp_path / "dumped").write_bytes(b"x")
    assert run_tool("memccp", server_option(server), str(tmp_path / "dumped")).returncode == 0
    done = run_tool("memcdump", server_option(server))
    assert (done.returncode, done.stdout) == (0, b"dumped\n")


def tool_lines(server, mode):
    """What memcached-tool, which comes with memcached, prints."""
    scripts = "share/memcached/scripts/memcached-tool"
    tool = next(path for path in (peers / "unpacked/usr" / scripts, pathlib.Path("/usr") / scripts) if path.exists())
    done = subprocess.run(["perl", tool, "{}:{}".format(*server.address), mode], capture_output=True, timeout=pace.seconds(30))
    assert done.returncode == 0, done.stderr
    return done.stdout.decode().split("\n")[:-1]


def test_nc_types_what_the_tutorial_types(start):
    server = start()
    host, port = server.address
    done = subprocess.run(["nc", "-q1", host, str(port)], input=b"set k 5\r\nhelloget k\r\n", capture_output=True,
                          timeout=pace.seconds(20))
    assert done.stdout == b"STORED\r\nVALUE k 0 5\r\nhello\r\nEND\r\n"


@pytest.mark.parametrize("data", [b"hello", b"hello\r\n", b"hello\n"])
def test_the_three_word_set_takes_one_line_end_after_its_bytes_or_none(server, data):
    with server.connect() as wire:
        wire.ask(b"set k 5\r\n" + data + b"get k\r\n", b"STORED\r\nVALUE k 0 5\r\nhello\r\nEND\r\n")
        wire.ask(b"\r\n", b"ERROR\r\n")


def test_the_three_word_set_lets_its_answer_go_before_it_looks_for_a_line_end(server):
    with server.connect() as wire:
        wire.ask(b"set k 5\r\nhello", b"STORED\r\n")
        wire.ask(b"\r\nget k\r\n", b"VALUE k 0 5\r\nhello\r\nEND\r\n")
