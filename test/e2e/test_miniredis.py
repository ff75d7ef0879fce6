"""miniredis:// through a client that knows nothing but the protocol: its types, six commands and their replies."""

import io
import socket

import pace
import pytest


class ServerError(Exception):
    """An error reply, or an error kept as a value: what the type `-` says."""

    def __eq__(self, other):
        return isinstance(other, ServerError) and self.args == other.args


class Text(str):
    """A string to be sent as the type `+`."""


def encode(value):
    if value is None:
        return b"$-1\r\n"
    if isinstance(value, Text):
        return b"+" + value.encode() + b"\r\n"
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        return b"$%d\r\n%s\r\n" % (len(value), value)
    if isinstance(value, int):
        return b":%d\r\n" % value
    if isinstance(value, ServerError):
        return b"-" + value.args[0].encode() + b"\r\n"
    if isinstance(value, (list, tuple)):
        return b"*%d\r\n" % len(value) + b"".join(map(encode, value))
    if isinstance(value, dict):
        return b"%%%d\r\n" % len(value) + b"".join(encode(key) + encode(value[key]) for key in value)
    raise TypeError(value)


def decode(file):
    line = file.readline()
    if not line.endswith(b"\r\n"):
        raise EOFError(line)
    kind, rest = line[:1], line[1:-2]
    if kind == b"+":
        return rest
    if kind == b"-":
        return ServerError(rest.decode())
    if kind == b":":
        return int(rest)
    if kind == b"$":
        if rest == b"-1":
            return None
        data = file.read(int(rest) + 2)
        assert data.endswith(b"\r\n")
        return data[:-2]
    if kind == b"*":
        return [decode(file) for _ in range(int(rest))]
    if kind == b"%":
        return {decode(file): decode(file) for _ in range(int(rest))}
    raise ValueError(line)


class MiniRedis:
    """The little client of the little server."""

    def __init__(self, address):
        self.socket = socket.create_connection(address, timeout=pace.seconds(20))
        self.file = self.socket.makefile("rwb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()

    def send(self, data):
        self.file.write(data)
        self.file.flush()

    def reply(self):
        return decode(self.file)

    def execute(self, *words):
        self.send(encode(list(words)))
        answer = self.reply()
        if isinstance(answer, ServerError):
            raise answer
        return answer

    def is_served(self):
        return self.execute("GET", "nothing is stored here") is None

    def is_closed(self):
        return self.file.read() == b""


@pytest.fixture
def server(start):
    return start("--listen", "miniredis://127.0.0.1:0")


@pytest.fixture
def client(server):
    with MiniRedis(server.address) as connected:
        yield connected


def test_the_six_commands_and_their_replies(client):
    assert client.execute("SET", "k1", "v1") == 1
    assert client.execute("GET", "k1") == b"v1"
    assert client.execute("GET", "k2") is None
    assert client.execute("DELETE", "k1") == 1
    assert client.execute("DELETE", "k1") == 0
    assert client.execute("GET", "k1") is None
    assert client.execute("MSET", "k1", "v1", "k2", ["v2", 2], "k3", {"v": 3}) == 3
    assert client.execute("MGET", "k1", "nothing", "k2", "k3") == [b"v1", None, [b"v2", 2], {b"v": 3}]
    assert client.execute("FLUSH") == 3
    assert client.execute("FLUSH") == 0
    assert client.execute("MGET", "k1", "k2") == [None, None]


values = {
    "string": b"hello",
    "empty string": b"",
    "every byte": bytes(range(256)),
    "line ends": b"\r\n$5\r\nhello\r\n",
    "integer": 42,
    "zero": 0,
    "negative integer": -9223372036854775808,
    "integer beyond 64 bits": 123456789012345678901234567890,
    "negative integer beyond 64 bits": -(10**100),
    "null": None,
    "empty array": [],
    "array": [b"one", 2, None],
    "arrays in arrays": [[b"a", [b"b", [b"c"]]], [], [[]]],
    "empty dictionary": {},
    "dictionary": {b"a": 1, b"b": b"two", 3: None},
    "dictionary in dictionary": {b"outer": {b"inner": {b"inmost": [1, {b"x": b"y"}]}}},
    "dictionaries in an array": [{b"a": [1, 2]}, {b"b": {}}],
    "error": ServerError("ERR kept like any other value"),
    "error in an array": [1, ServerError("oops"), b"\r\n"],
}


@pytest.mark.parametrize("value", values.values(), ids=values)
def test_a_value_of_any_type_comes_back_as_it_went_in(client, value):
    assert client.execute("SET", "key", value) == 1
    client.send(encode(["GET", "key"]))
    assert client.reply() == value
    assert client.execute("MSET", "one", value, "two", value) == 2
    assert client.execute("MGET", "two", "none", "one") == [value, None, value]


def test_the_bytes_that_come_back_are_those_that_went_in(server):
    value = encode([b"a", -5, None, {b"k": [ServerError("E"), b""]}, [[], {}]])
    with server.connect() as wire:
        wire.ask(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n" + value, b":1\r\n")
        wire.ask(b"*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", value)


def test_a_text_comes_back_as_a_string(server):
    with server.connect() as wire:
        wire.ask(b"*3\r\n+SET\r\n+k\r\n+some text\r\n", b":1\r\n")
        wire.ask(b"*2\r\n+GET\r\n+k\r\n", b"$9\r\nsome text\r\n")
        wire.ask(b"*3\r\n+SET\r\n+k\r\n*1\r\n+some text\r\n", b":1\r\n")
        wire.ask(b"*2\r\n+GET\r\n+k\r\n", b"*1\r\n$9\r\nsome text\r\n")


def test_a_request_may_be_a_string_that_is_cut_at_its_blanks(server):
    with server.connect() as wire:
        wire.ask(b"+SET key value\r\n", b":1\r\n")
        wire.ask(b"+  get \t key \r\n", b"$5\r\nvalue\r\n")
        wire.ask(b"$7\r\nGET key\r\n", b"$5\r\nvalue\r\n")
        wire.ask(b"$15\r\nMSET a 1\r\n  b 2\r\n", b":2\r\n")
        wire.ask(b"+MGET a b c\r\n", b"*3\r\n$1\r\n1\r\n$1\r\n2\r\n$-1\r\n")
        wire.ask(b"+FLUSH\r\n", b":3\r\n")


def test_an_integer_key_is_its_decimal_text(client):
    assert client.execute("SET", 12, "twelve") == 1
    assert client.execute("GET", "12") == b"twelve"
    client.send(b"*2\r\n$3\r\nGET\r\n:+0012\r\n")
    assert client.reply() == b"twelve"
    assert client.execute("DELETE", 12) == 1


def test_a_key_may_hold_any_bytes_up_to_64_kib(client):
    longest = bytes(range(256)) * 256
    assert client.execute("SET", longest, 1) == 1
    assert client.execute("GET", longest) == 1
    for bad in (longest + b"x", b"", None, [b"a"], {b"a": 1}, ServerError("E")):
        with pytest.raises(ServerError, match="a key is"):
            client.execute("GET", bad)
        with pytest.raises(ServerError, match="a key is"):
            client.execute("SET", bad, [1, {b"a": [2]}])
    assert client.execute("FLUSH") == 1


wrong_requests = {
    "unknown command": ["NEVER", "heard", ["of", {"it": 1}]],
    "no command": [],
    "command of another type": [1, 2],
    "command in an array": [["GET"], "k"],
    "GET without a key": ["GET"],
    "GET of two": ["GET", "a", "b"],
    "SET without a value": ["SET", "a"],
    "SET of too much": ["SET", "a", [1, [2]], {b"b": 2}],
    "DELETE of two": ["DELETE", "a", "b"],
    "FLUSH of something": ["FLUSH", "a"],
    "MSET of an odd number": ["MSET", "a", 1, "b"],
    "array as a dictionary's key": ["SET", "a", {(1, 2): 3}],
    "not a list": {"GET": "a"},
    "integer": 5,
    "null": None,
    "error": ServerError("what"),
    "too large a value": ["SET", "a", b"x" * (1 << 20) + b"x"],
    "too large a value in parts": ["SET", "a", [b"x" * 300_000] * 4],
}


@pytest.mark.parametrize("request_", wrong_requests.values(), ids=wrong_requests)
def test_a_wrong_request_is_an_error_and_the_connection_goes_on(client, request_):
    client.send(encode(request_) + encode(["SET", "k", [1]]) + encode(["GET", "k"]))
    answer = client.reply()
    assert isinstance(answer, ServerError) and answer.args[0].startswith("ERR ")
    assert client.reply() == 1
    assert client.reply() == [1]
    assert client.execute("FLUSH") == 1


malformed_requests = {
    "many arrays": b"*1000000000\r\n",
    "a long string": b"*1\r\n$2147483648\r\n",
    "less than none": b"*-2\r\n",
    "a negative length": b"*1\r\n$-2\r\n",
    "no length": b"*\r\n",
    "no number": b"*2x\r\n",
    "a number beyond all": b"*99999999999999999999999999\r\n",
    "an integer that is none": b"*2\r\n$3\r\nGET\r\n:1.5\r\n",
    "an empty integer": b"*2\r\n$3\r\nGET\r\n:\r\n",
    "a long integer": b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n:" + b"1" * 10_001 + b"\r\n",
    "a string longer than it says": b"*2\r\n$3\r\nGET\r\n$1\r\nkey\r\n",
    "a type that is none": b"*2\r\n$3\r\nGET\r\n!1\r\nk\r\n",
    "an empty line": b"\r\n",
    "a return in a line": b"-a\rb\r\n",
    "a long line": b"+" + b"x" * 70_000 + b"\r\n",
    "a length without end": b"*" + b"1" * 100,
    "a browser": b"POST / HTTP/1.1\r\nHost: localhost\r\n\r\n+FLUSH\r\n",
    "a header": b"Host: localhost\r\n+FLUSH\r\n",
    "a secure shell": b"SSH-2.0-OpenSSH_9.2\r\n+FLUSH\r\n",
    "a secure browser": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64) + b"+FLUSH\r\n",
    "a memcached client": b"set k 0 0 1\r\nx\r\n+FLUSH\r\n",
    "a million arrays inside each other": b"*1\r\n" * 1_000_000 + b"+FLUSH\r\n",
    "a million arrays as a value": b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n" + b"*1\r\n" * 1_000_000 + b":1\r\n",
    "a million dictionaries": b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n" + b"%1\r\n$1\r\na\r\n" * 1_000_000 + b":1\r\n",
}


@pytest.mark.parametrize("data", malformed_requests.values(), ids=malformed_requests)
def test_what_cannot_be_followed_is_an_error_and_a_close(server, data):
    with MiniRedis(server.address) as witness:
        assert witness.execute("SET", "kept", 1) == 1
        with server.connect() as wire:
            try:
                wire.send(data)
            except (ConnectionResetError, BrokenPipeError):
                pass  # closed before it had everything
            answer = wire.read_to_close()
        assert answer.startswith(b"-ERR Protocol error: ") and answer.endswith(b"\r\n") and answer.count(b"\n") == 1
        assert witness.execute("MGET", "kept", "k") == [1, None]


@pytest.mark.parametrize("cut", ["header", "name", "value"])
def test_a_request_that_stops_half_way_changes_nothing(server, cut):
    request = {"header": b"*3\r", "name": b"*3\r\n$3\r\nSE", "value": b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n*2\r\n$1\r\na\r\n$9\r\nabc"}[cut]
    with server.connect() as wire:
        wire.send(request)
        wire.end_of_input()
        wire.expect_close()
    with MiniRedis(server.address) as client:
        assert client.execute("GET", "k") is None


def test_arrays_may_be_128_deep_and_no_deeper(server):
    def nested(depth):
        value = 1
        for _ in range(depth):
            value = [value]
        return value

    with MiniRedis(server.address) as client:
        assert client.execute("SET", "deep", nested(128)) == 1
        assert client.execute("GET", "deep") == nested(128)
        with pytest.raises(ServerError, match="nested too deeply"):
            client.execute("SET", "deeper", nested(129))
        assert client.is_closed()


def test_ten_thousand_requests_sent_at_once_are_answered_in_order(client):
    count = 10_000
    client.send(b"".join(encode(["SET", i, [i, {b"n": i}]]) for i in range(count)))
    assert [client.reply() for _ in range(count)] == [1] * count
    client.send(encode(["MGET", *range(count)]))
    assert client.reply() == [[i, {b"n": i}] for i in range(count)]
    assert client.execute("FLUSH") == count


def test_memory_that_runs_out_is_an_error_and_nothing_is_lost(start):
    server = start("--listen", "miniredis://127.0.0.1:0", "--memory-limit", "2m")
    with MiniRedis(server.address) as client:
        assert client.execute("SET", "kept", [1, 2]) == 1
        for value in (b"x" * 900_000, [b"x" * 400_000]):
            with pytest.raises(ServerError, match="out of memory"):
                for i in range(5):
                    client.execute("SET", f"k{i}", value)
            with pytest.raises(ServerError, match="out of memory"):
                client.execute("MSET", "a", value, "b", value, "c", value)
            assert client.execute("MGET", "kept", "a", "b", "c") == [[1, 2], None, None, None]
            for i in range(5):
                client.execute("DELETE", f"k{i}")
        assert client.execute("FLUSH") == 1


def test_one_client_too_many_is_told_so(start):
    server = start("--listen", "miniredis://127.0.0.1:0", "--max-clients", "1")
    with MiniRedis(server.address) as first:
        assert first.is_served()
        with server.connect() as second:
            second.expect_close(b"-ERR max number of clients reached\r\n")
        assert first.is_served()


def test_what_memcache_sees_of_it(start):
    server = start("--listen", "miniredis://127.0.0.1:0", "--listen", "memcache://127.0.0.1:0")
    with MiniRedis(server.address) as client, server.connect(1) as memcache:
        client.execute("MSET", "string", b"a", "number", 41, "list", [1])
        memcache.ask(b"get string number list\r\n", b"VALUE string 0 1\r\na\r\nVALUE number 0 2\r\n41\r\nEND\r\n")
        memcache.ask(b"incr number 1\r\n", b"42\r\n")
        memcache.ask(b"decr number 40\r\n", b"2\r\n")
        assert client.execute("GET", "number") == 2
        memcache.ask(b"incr list 1\r\n", b"CLIENT_ERROR cannot increment or decrement non-numeric value\r\n")
        memcache.ask(b"append list 0 0 1\r\nx\r\n", b"NOT_STORED\r\n")
        memcache.ask(b"gat 100 list\r\n", b"END\r\n")
        memcache.ask(b"mg list v\r\n", b"EN\r\n")
        memcache.ask(b"add list 0 0 1\r\nx\r\n", b"NOT_STORED\r\n")
        memcache.ask(b"touch list 100\r\n", b"TOUCHED\r\n")
        assert client.execute("GET", "list") == [1]
        memcache.ask(b"set list 0 0 1\r\nx\r\n", b"STORED\r\n")
        assert client.execute("GET", "list") == b"x"
        memcache.ask(b"set gone 0 -1 1\r\nx\r\n", b"STORED\r\n")
        assert client.execute("FLUSH") == 3


def test_decode_and_encode_are_each_others_inverse():
    for value in values.values():
        assert decode(io.BytesIO(encode(value))) == value
