"""Ports beside one another: what a browser, TLS or SSH sends to any is closed, and nothing in it is carried out; what one protocol
stores another lists and reads as far as it can."""

import pickle

import pytest

from servers import run_to_end

openings = {
    "a browser's form": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n",
    "a browser's page": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a header alone": b"Host: localhost\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"r" * 32 + b"\r\n",
    "SSH": b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n",
}

commands = {
    "memcache": b"set evil 0 0 1\r\nx\r\n",
    "redis": b"SET evil x\r\n*3\r\n$3\r\nSET\r\n$4\r\nevil\r\n$1\r\nx\r\n",
    "simple": b"set evil 1\r\nx",
    "miniredis": b"+SET evil x\r\n",
    "zmq": b"(S'set'\nS'evil'\nS'x'\nt.",
}


@pytest.mark.parametrize("scheme", commands)
@pytest.mark.parametrize("opening", openings.values(), ids=openings)
def test_another_protocol_is_closed_and_nothing_of_it_is_carried_out(start, scheme, opening):
    if scheme == "zmq" and run_to_end("--listen", "zmq://0.0.0.0:0")[0] == 2:
        pytest.skip("kvserver is built without ZeroMQ")
    server = start("--listen", f"{scheme}://127.0.0.1:0", "--listen", "redis://127.0.0.1:0")
    with server.connect(0) as wire:
        wire.send(opening + commands[scheme])
        if scheme == "zmq":
            wire.end_of_input()  # libzmq waits for more of a greeting that is none
        answer = wire.read_to_close()
    assert scheme == "zmq" or answer.count(b"\n") <= 1, answer
    assert b"STORED" not in answer and b"OK" not in answer
    with server.connect(1) as redis:
        redis.ask(b"EXISTS evil\r\n", b":0\r\n")


def test_a_dump_lists_no_more_than_mg_finds(start):
    server = start("--listen", "memcache://127.0.0.1:0", "--listen", "miniredis://127.0.0.1:0")
    with server.connect(0) as memcache, server.connect(1) as mini:
        mini.ask(b"*3\r\n$3\r\nSET\r\n$6\r\nnested\r\n*1\r\n:1\r\n", b":1\r\n")
        mini.ask(b"*3\r\n$3\r\nSET\r\n$5\r\nplain\r\n:1\r\n", b":1\r\n")
        memcache.ask(b"mg nested\r\nmg plain\r\n", b"EN\r\nHD\r\n")
        memcache.ask(b"lru_crawler mgdump all\r\n", b"mg plain\r\nEN\r\n")
        memcache.send(b"lru_crawler metadump all\r\n")
        row, end = memcache.read_line().split(b"\n")  # as memcached: LF alone behind a row
        assert row.startswith(b"key=plain ") and end == b"END"


typed = {  # what redis:// stores under this key, and what miniredis:// and zmq:// read
    "list": (b"RPUSH list a b a", b"*3\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\na\r\n", [b"a", b"b", b"a"]),
    "set": (b"SADD set 1", b"*1\r\n$1\r\n1\r\n", [b"1"]),
    "hash": (b'HSET hash f "\\xff\\r\\n" g ""', b"%2\r\n$1\r\nf\r\n$3\r\n\xff\r\n\r\n$1\r\ng\r\n$0\r\n\r\n", {b"f": b"\xff\r\n", b"g": b""}),
    "zset": (b"ZADD zset 2 b -inf a 1.5 c",
             b"%3\r\n$1\r\na\r\n$4\r\n-inf\r\n$1\r\nc\r\n$3\r\n1.5\r\n$1\r\nb\r\n$1\r\n2\r\n",
             {b"a": float("-inf"), b"c": 1.5, b"b": 2.0}),
}


@pytest.fixture
def typed_server(start):
    """Its listeners are those of `commands`, as far as it has them; it stores the typed values, and `text`."""
    schemes = [scheme for scheme in commands if scheme != "zmq" or run_to_end("--listen", "zmq://0.0.0.0:0")[0] != 2]
    server = start(*(word for scheme in schemes for word in ("--listen", f"{scheme}://127.0.0.1:0")))
    server.place = {scheme: number for number, scheme in enumerate(schemes)}
    with server.connect(server.place["redis"]) as redis:
        for make, _, _ in typed.values():
            redis.send(make + b"\r\n")
            assert redis.read_line()[:1] == b":"
        redis.ask(b"SET text x\r\n", b"+OK\r\n")
    return server


def ask_zmq(server, *request):
    zmq = pytest.importorskip("zmq")
    if "zmq" not in server.place:
        pytest.skip("kvserver is built without ZeroMQ")
    with zmq.Context() as context, context.socket(zmq.REQ) as socket:
        socket.setsockopt(zmq.LINGER, 0)
        socket.connect("tcp://%s:%d" % server.address_of(server.uris[server.place["zmq"]]))
        socket.send(pickle.dumps(request))
        return socket.recv()


def test_what_has_lists_and_dictionaries_reads_typed_values(typed_server):
    with typed_server.connect(typed_server.place["miniredis"]) as mini:
        for key, (_, expected, _) in typed.items():
            mini.ask(b"+GET %s\r\n" % key.encode(), expected)
        mini.ask(b"+MGET %s none text\r\n" % " ".join(typed).encode(),
                 b"*6\r\n" + b"".join(row[1] for row in typed.values()) + b"$-1\r\n$1\r\nx\r\n")
    for key, (_, _, expected) in typed.items():
        answer = pickle.loads(ask_zmq(typed_server, "get", key, None))
        assert answer == expected and list(answer) == list(expected)


def test_what_has_strings_alone_misses_typed_values_and_adds_nothing_to_them(typed_server):
    number = b"CLIENT_ERROR cannot increment or decrement non-numeric value\r\n"
    with typed_server.connect(typed_server.place["memcache"]) as memcache, \
            typed_server.connect(typed_server.place["simple"]) as simple:
        for key in typed:
            for request, answer in {
                    b"get K\r\n": b"END\r\n", b"mg K v\r\n": b"EN\r\n", b"add K 0 0 1\r\n1\r\n": b"NOT_STORED\r\n",
                    b"append K 0 0 1\r\n1\r\n": b"NOT_STORED\r\n", b"prepend K 0 0 1\r\n1\r\n": b"NOT_STORED\r\n",
                    b"incr K 1\r\n": number, b"decr K 1\r\n": number, b"touch K 100\r\n": b"TOUCHED\r\n"}.items():
                memcache.ask(request.replace(b"K", key.encode()), answer)
            simple.ask(b"get %s\r\n" % key.encode(), b"None")
        memcache.ask(b"lru_crawler mgdump all\r\n", b"mg text\r\nEN\r\n")
    with typed_server.connect(typed_server.place["redis"]) as redis:
        for key in typed:
            redis.ask(b"TYPE %s\r\n" % key.encode(), b"+%s\r\n" % key.encode())


stored, deleted = b"$1\r\n1\r\n", b"$-1\r\n"


@pytest.mark.parametrize("scheme, request_for, answer, left", [
    ("memcache", b"set K 0 0 1\r\n1\r\n", b"STORED\r\n", stored),
    ("memcache", b"replace K 0 0 1\r\n1\r\n", b"STORED\r\n", stored),
    ("memcache", b"ms K 1\r\n1\r\n", b"HD\r\n", stored),
    ("simple", b"set K 1\r\n1", b"STORED\r\n", stored),
    ("miniredis", b"+SET K 1\r\n", b":1\r\n", stored),
    ("redis", b"SET K 1\r\n", b"+OK\r\n", stored),
    ("zmq", None, b"ok", stored),
    ("memcache", b"delete K\r\n", b"DELETED\r\n", deleted),
    ("memcache", b"md K\r\n", b"HD\r\n", deleted),
    ("miniredis", b"+DELETE K\r\n", b":1\r\n", deleted),
    ("redis", b"DEL K\r\n", b":1\r\n", deleted)])
def test_what_sets_or_deletes_does_so_whatever_the_type(typed_server, scheme, request_for, answer, left):
    for key in typed:
        if scheme == "zmq":
            assert ask_zmq(typed_server, "set", key, b"1") == answer
        else:
            with typed_server.connect(typed_server.place[scheme]) as wire:
                wire.ask(request_for.replace(b"K", key.encode()), answer)
        with typed_server.connect(typed_server.place["redis"]) as redis:
            redis.ask(b"GET %s\r\n" % key.encode(), left)


def test_a_collection_too_large_for_one_reply_is_refused(typed_server):
    megabyte = b"$1048500\r\n%s\r\n" % (b"x" * 1048500)
    with typed_server.connect(typed_server.place["redis"]) as redis:
        redis.ask(b"CONFIG SET maxmemory 300mb\r\n", b"+OK\r\n")
        redis.ask(b"*66\r\n$5\r\nRPUSH\r\n$5\r\nlarge\r\n" + 64 * megabyte, b":64\r\n")
        with typed_server.connect(typed_server.place["miniredis"]) as mini:
            mini.ask(b"+GET large\r\n", b"*64\r\n" + 64 * megabyte)
            refused = b"-ERR collections too large to be read whole: 64 MiB or 1048576 values\r\n"
            mini.ask(b"+MGET text large list large\r\n", refused)  # the two together
            redis.ask(b"RPUSH large %s\r\n" % (b"x" * 10000), b":65\r\n")
            mini.ask(b"+GET large\r\n", refused)
            mini.ask(b"+GET list\r\n", typed["list"][1])
    if "zmq" in typed_server.place:
        assert "too large to be read whole" in pickle.loads(ask_zmq(typed_server, "get", "large", None))
