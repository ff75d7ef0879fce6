"""The same session with memcached, redis-server and kvserver: what is typed does not depend on who answers."""

import json
import random

import pace
from shell import kvcli


def is_redis(uri):
    return uri.startswith("redis")


def test_a_value_is_stored_read_and_removed(uri):
    assert kvcli(uri, "set", "greeting", "hello there")[0] == 0
    assert kvcli(uri, "get", "greeting") == (0, b"hello there\n", b"")
    assert kvcli("--pretty", uri, "get", "greeting") == (0, b'"hello there"\n', b"")
    assert kvcli("--raw", uri, "get", "greeting") == (0, b"hello there", b"")
    assert kvcli("--csv", uri, "get", "greeting") == (0, b'"hello there"\n', b"")
    assert json.loads(kvcli("--json", uri, "get", "greeting")[1]) == "hello there"
    assert kvcli(uri, "del" if is_redis(uri) else "delete", "greeting")[0] == 0
    assert kvcli(uri, "get", "greeting") == (1, b"", b"")
    assert json.loads(kvcli("--json", uri, "get", "greeting")[1]) is None


def test_a_value_expires(uri):
    kvcli(uri, "set", "k", "v", "EX", "100")
    kvcli(uri, "set", "gone", "v", "EX", "1")
    assert kvcli(uri, "get", "k")[0] == 0
    pace.wait_until(lambda: kvcli(uri, "get", "gone")[0] == 1, "it expires")


def test_commands_come_from_standard_input(uri):
    script = b"# a comment\n\nset a 1\nset b \"x y\"\nset c 'line one\nline two'\nget a\nget b\nget c\n"
    code, out, error = kvcli(uri, given=script)
    assert (code, error) == (0, b"")
    assert out.endswith(b"1\nx y\nline one\nline two\n")


def test_every_byte_goes_through_in_both_directions(uri):
    every_byte = bytes(range(256)) * 3
    assert kvcli("-x", uri, "set", "bin", given=every_byte)[0] == 0
    assert kvcli("--raw", uri, "get", "bin")[1] == every_byte
    escaped = "".join(f"\\x{byte:02x}" for byte in every_byte)
    assert kvcli(uri, given=f'set bin2 "{escaped}"\n'.encode())[0] == 0
    assert kvcli("--raw", uri, "get", "bin2")[1] == every_byte
    assert set(json.loads(kvcli("--json", uri, "get", "bin")[1])) == {"base64"}
    shown = kvcli("--pretty", uri, "get", "bin")[1]
    assert all(byte == 10 or 32 <= byte < 127 for byte in shown)


def test_random_values_survive_one_shot_commands(uri):
    dice = random.Random(20261121)
    for i in range(pace.count(250)):  # on four servers
        value = dice.randbytes(dice.choice([0, 1, 2, 10, 100, 5000]))
        assert kvcli("-x", uri, "set", f"k{i}", given=value)[0] == 0
        assert kvcli("--raw", uri, "get", f"k{i}")[1] == value


def test_keys_are_listed(uri):
    kvcli(uri, given=b"".join(b"set user:%d x\n" % i for i in range(30)) + b"set other x\n")
    code, out, error = kvcli(uri, "--scan")
    if code == 2 and not is_redis(uri):
        return  # a server without lru_crawler says so
    assert (code, error) == (0, b"")
    assert sorted(set(out.split())) == sorted([b"user:%d" % i for i in range(30)] + [b"other"])
    assert set(kvcli(uri, "--scan", "--pattern", "user:1?")[1].split()) == {b"user:%d" % i for i in range(10, 20)}
    assert set(kvcli(uri, "--scan", "--type", "hash")[1].split()) == set()
    assert b'"user:' in kvcli(uri, "--bigkeys")[1]


def test_the_server_is_looked_at(uri):
    code, out, error = kvcli(uri, "--latency", "-r", "20", "-i", "0")
    assert (code, error) == (0, b"") and out.startswith(b"20 samples: min ") and b"#" in out
    code, out, error = kvcli(uri, "--stat", "-r", "2", "-i", "0.05")
    assert (code, error) == (0, b"") and len(out.splitlines()) == 3


def test_a_command_is_repeated(uri):
    kvcli(uri, "set", "n", "0")
    command = ["incr", "n"] if is_redis(uri) else ["incr", "n", "1"]
    assert kvcli("-r", "3", uri, *command) == (0, b"1\n2\n3\n", b"")
    assert kvcli(uri, given=b"\\repeat 2 " + " ".join(command).encode() + b"\n") == (0, b"4\n5\n", b"")


def test_the_wire_is_shown_with_the_ends_of_replies(uri):
    kvcli(uri, "set", "k", "v")
    code, out, error = kvcli("--wire", uri, "get", "k")
    assert (code, out) == (0, b"v\n")
    text = error.decode()
    assert text.startswith("-> ") and "\n<- " in text and text.rstrip().endswith("the reply ends here")


def test_a_server_that_is_not_there_yet_is_waited_for(uri):
    assert kvcli("--wait", "5", uri, "get", "nix")[0] == 1


def test_a_dump_is_loaded_again(uri, tmp_path):
    kvcli(uri, given=b'set a 1\nset b "x y" EX 1000\n')
    kvcli("-x", uri, "set", "c", given=bytes(range(256)))
    code, dump, error = kvcli(uri, "dump")
    if code == 2 and not is_redis(uri):
        return  # a server without lru_crawler says so
    assert (code, error) == (0, b"")
    kvcli(uri, "flushall" if is_redis(uri) else "flush_all")
    assert kvcli(uri, "load", given=dump) == (0, b"", b"loaded 3\n")
    assert kvcli("--raw", uri, "get", "c")[1] == bytes(range(256))
    if is_redis(uri):
        assert 0 < int(kvcli(uri, "ttl", "b")[1]) <= 1000
    else:
        assert 0 < int(kvcli(uri, "mg", "b", "t")[1].split(b" t")[1]) <= 1000
