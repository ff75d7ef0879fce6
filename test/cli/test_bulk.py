"""dump and load: every byte, flags and remaining expiry; errors told with their line."""

import random
import socket

import pace
import pytest
from shell import kvcli


def store(uri, items):
    """Stores items (key, value, flags, seconds) directly, not through kvcli."""
    host, port = uri.split("//")[1].split(":")
    with socket.create_connection((host, int(port))) as connection:
        replies = connection.makefile("rb")
        for start in range(0, len(items), 500):
            batch = items[start:start + 500]
            request = b""
            for key, value, flags, seconds in batch:
                if uri.startswith("memcache"):
                    request += b"set %s %d %d %d\r\n%s\r\n" % (key, flags, seconds, len(value), value)
                else:
                    words = [b"SET", key, value] + ([b"EX", b"%d" % seconds] if seconds else [])
                    request += b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words)
            connection.sendall(request)
            for _ in batch:
                assert replies.readline() in (b"STORED\r\n", b"+OK\r\n")


def fetch(uri, keys):
    """key -> (value, flags, seconds left or -1)"""
    host, port = uri.split("//")[1].split(":")
    found = {}
    with socket.create_connection((host, int(port))) as connection:
        replies = connection.makefile("rb")
        for start in range(0, len(keys), 500):
            batch = keys[start:start + 500]
            if uri.startswith("memcache"):
                connection.sendall(b"".join(b"mg %s v f t\r\n" % key for key in batch))
                for key in batch:
                    line = replies.readline().split()
                    assert line[0] == b"VA", (key, line)
                    flags = {word[:1]: int(word[1:]) for word in line[2:]}
                    found[key] = (replies.read(int(line[1])), flags[b"f"], flags[b"t"])
                    replies.read(2)
            else:
                connection.sendall(b"".join(b"*2\r\n$3\r\nGET\r\n$%d\r\n%s\r\n*2\r\n$3\r\nTTL\r\n$%d\r\n%s\r\n"
                                            % (len(key), key, len(key), key) for key in batch))
                for key in batch:
                    value = replies.read(int(replies.readline()[1:]))
                    replies.read(2)
                    found[key] = (value, 0, int(replies.readline()[1:]))
    return found


def random_items(dice, count, flags):
    return [(b"key:%d" % i, dice.randbytes(dice.choice([0, 1, 5, 20, 100, 300])),
             dice.randrange(2**32) if flags else 0, dice.choice([0, 0, 5000])) for i in range(count)]


def check_round_trip(uri, count):
    seed = random.randrange(2**32)
    print("seed", seed)
    memcached = uri.startswith("memcache")
    items = random_items(random.Random(seed), count, flags=memcached)
    store(uri, items)
    code, dump, error = kvcli(uri, "dump")
    assert (code, error) == (0, b"")
    kvcli(uri, "flush_all" if memcached else "flushall")
    code, out, error = kvcli(uri, "load", given=dump)
    assert (code, out, error) == (0, b"", b"loaded %d\n" % count)
    found = fetch(uri, [item[0] for item in items])
    for key, value, flags, seconds in items:
        assert found[key][:2] == (value, flags), key
        assert (found[key][2] == -1) if seconds == 0 else (4000 < found[key][2] <= 5001), key


@pytest.mark.parametrize("kind", ["memcached", "redis"])
def test_values_of_every_byte_with_flags_and_expiry_round_trip(kind, request):
    check_round_trip(request.getfixturevalue(kind), pace.count(5_000))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["memcached", "redis"])
def test_a_hundred_thousand_of_them(kind, request):
    check_round_trip(request.getfixturevalue(kind), pace.count(100_000))


def test_keys_of_any_bytes_and_all_types_round_trip_on_redis(redis):
    script = [b'set "a b\\n" "\\x00"', b"rpush l 3 1 2 1", b"sadd s x y", b"hset h f1 v1 f2 v2", b"zadd z 1.5 a -inf b",
              b"expire l 5000"] + [b"rpush long " + b" ".join(b"%d" % i for i in range(n, n + 50)) for n in range(0, 500, 50)]
    assert kvcli(redis, given=b"\n".join(script) + b"\n")[0] == 0
    questions = (b'get "a b\\n"\nlrange l 0 -1\nsmembers s\nhgetall h\nzrange z 0 -1 WITHSCORES\nlrange long 0 -1\n')
    before = kvcli("--json", redis, given=questions)
    dump = kvcli(redis, "dump")[1]
    for _ in range(2):  # the second time over what is there
        assert kvcli(redis, "load", given=dump)[0] == 0
    after = kvcli("--json", redis, given=questions)
    assert sorted(before[1].split(b"\n")[2][1:-1].split(b",")) == sorted(after[1].split(b"\n")[2][1:-1].split(b","))
    assert before[1].split(b"\n")[:2] == after[1].split(b"\n")[:2] and before[1].split(b"\n")[3:] == after[1].split(b"\n")[3:]
    assert 4000 < int(kvcli(redis, "ttl", "l")[1]) <= 5000


def ask(uri, *commands):
    """Replies in RESP2, read without kvcli."""
    def read():
        line = replies.readline()[:-2]
        if line[:1] == b"*":
            return [read() for _ in range(int(line[1:]))]
        if line[:1] == b"$":
            return None if line == b"$-1" else replies.read(int(line[1:]) + 2)[:-2]
        return line

    host, port = uri.split("//")[1].split(":")
    with socket.create_connection((host, int(port))) as connection:
        replies = connection.makefile("rb")
        for words in commands:
            connection.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words))
        return [read() for _ in commands]


odd = [bytes(range(256)), b"", b" ", b"\n", b"#", b"\"", b"\\x00", b"(nil)", b"EXAT", "\u00fc".encode()]
scores = [b"inf", b"-inf", b"0.1", b"1e300", b"0.3333333333333333", b"-7", b"0", b"9007199254740993", b"5e-324", b"1"]
everything = {
    b"string": [b"SET", b"string", odd[0]], b"empty": [b"SET", b"empty", b""], b"list": [b"RPUSH", b"list", *odd, *odd],
    b"set": [b"SADD", b"set", *odd], b"hash": [b"HSET", b"hash", *(w for pair in zip(odd, reversed(odd)) for w in pair)],
    b"zset": [b"ZADD", b"zset", *(w for pair in zip(scores, odd) for w in pair)], odd[0]: [b"RPUSH", odd[0], b""],
    b"many": [b"HSET", b"many", *(b"%d" % i for i in range(1000))]}


def contents(uri):
    pairs = lambda words: dict(zip(words[::2], words[1::2]))  # noqa: E731
    found = ask(uri, [b"GET", b"string"], [b"GET", b"empty"], [b"LRANGE", b"list", b"0", b"-1"], [b"SMEMBERS", b"set"],
                [b"HGETALL", b"hash"], [b"ZRANGE", b"zset", b"0", b"-1", b"WITHSCORES"], [b"LRANGE", odd[0], b"0", b"-1"],
                [b"HGETALL", b"many"], [b"DBSIZE"])
    return [*found[:3], sorted(found[3]), pairs(found[4]), {m: float(s) for m, s in pairs(found[5]).items()}, found[6],
            pairs(found[7]), found[8]]


@pytest.mark.parametrize("origin, target", [("kvserver", "kvserver"), ("kvserver", "redis"), ("redis", "kvserver")])
def test_every_element_of_every_type_round_trips(origin, target, request):
    origin, target = request.getfixturevalue(origin), request.getfixturevalue(target)
    ask(origin, *everything.values(), *([b"EXPIRE", key, b"5000"] for key in everything if key != b"many"))
    before = contents(origin)
    assert before[3] == sorted(odd) and before[8] == b":%d" % len(everything)
    code, dump, error = kvcli(origin, "dump")
    assert (code, error) == (0, b"")
    ask(origin, [b"FLUSHALL"])
    for _ in range(2):  # the second time over what is there
        code, _, error = kvcli(target, "load", given=dump)
        assert code == 0 and b"failed" not in error
        assert contents(target) == before
    for key in everything:
        left = int(ask(target, [b"TTL", key])[0][1:])
        assert left == -1 if key == b"many" else 4900 < left <= 5000, key


def test_a_dump_goes_from_one_dialect_to_the_other(memcached, redis):
    kvcli(memcached, given=b'set a "x y" FLAGS 7 EX 5000\nset b 2\n')
    dump = kvcli(memcached, "dump")[1]
    assert kvcli(redis, "load", given=dump) == (0, b"", b"loaded 2, 1 lost their flags\n")
    assert kvcli(redis, "get", "a")[1] == b"x y\n" and 4000 < int(kvcli(redis, "ttl", "a")[1]) <= 5000
    kvcli(redis, "rpush", "l", "1")
    kvcli(memcached, "flush_all")
    code, out, error = kvcli(memcached, "load", given=kvcli(redis, "dump")[1])
    assert (code, out) == (2, b"") and b"memcached has no command 'rpush'" in error and error.endswith(b"loaded 2, 2 failed\n")


def test_keys_that_only_base64_can_name_round_trip_on_memcached(memcached):
    host, port = memcached.split("//")[1].split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"ms YSBiCg== 2 b F9\r\nhi\r\n")  # "a b\n"
        assert connection.recv(99).startswith(b"HD")
    dump = kvcli(memcached, "dump")[1]
    assert b'set "a b\\n" "hi" FLAGS 9' in dump
    kvcli(memcached, "flush_all")
    assert kvcli(memcached, "load", given=dump)[0] == 0
    assert kvcli(memcached, "mg", "YSBiCg==", "b", "v", "f")[1].endswith(b"hi\n")


def test_what_has_expired_since_is_left_out(memcached, redis):
    for uri in (memcached, redis):
        given = b'set old x EXAT 1000.5\nset new y EXAT 2000000000\n\n# nothing\n'
        assert kvcli(uri, "load", given=given) == (0, b"", b"loaded 1, 1 had expired\n")
        assert kvcli(uri, "get", "old")[0] == 1 and kvcli(uri, "get", "new")[0] == 0


def test_errors_are_counted_and_told_with_their_line(memcached):
    given = b'set a 1\nset "b\nset c\nset d 1 EXAT soon\nflush_all\n' + b"set e 1\n"
    code, out, error = kvcli(memcached, "load", given=given)
    assert (code, out) == (2, b"")
    for line in (2, 3, 4, 5):
        assert b"kvcli: line %d: " % line in error
    assert error.endswith(b"loaded 2, 4 failed\n")
    code, out, error = kvcli(memcached, "load", given=b"nonsense\n" * 1000)
    assert error.count(b"\n") == 12 and error.endswith(b"1000 failed\n")
    code, out, error = kvcli(memcached, "load", given=b'set big "' + b"x" * 2_000_000 + b'"\nset f 1\n')
    assert code == 2 and b"line 1: SERVER_ERROR object too large" in error and error.endswith(b"loaded 1, 1 failed\n")


def test_a_dump_that_cannot_be_written_is_no_success(memcached):
    import subprocess
    from shell import kvcli_path
    kvcli(memcached, "set", "k", "v")
    with open("/dev/full", "wb") as full:
        done = subprocess.run([kvcli_path, memcached, "dump"], stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 5 and b"cannot write" in done.stderr
