"""zmq:// through a client that knows nothing but the protocol: REQ/REP, and a pickle of (command, key, data)."""

import os
import pickle
import pickletools
import struct
import subprocess

import pace
import pytest
from servers import kvserver_path, run_to_end

zmq = pytest.importorskip("zmq")

pytestmark = pytest.mark.skipif(
    run_to_end("--listen", "zmq://0.0.0.0:0")[0] == 2, reason="kvserver is built without ZeroMQ")

protocols = range(6)


class Cache:
    """The little client of the little cache."""

    def __init__(self, address, protocol=None):
        self.protocol = protocol
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.REQ)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.RCVTIMEO, int(pace.seconds(30) * 1000))
        self.socket.connect("tcp://%s:%d" % address)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.context.term()

    def exchange(self, message):
        self.socket.send(message)
        return self.socket.recv()

    def ask(self, command, key, data):
        return self.exchange(pickle.dumps((command, key, data), protocol=self.protocol))

    def set(self, key, data):
        assert self.ask("set", key, data) == b"ok"

    def get(self, key):
        return pickle.loads(self.ask("get", key, None))

    def refused(self, message):
        """Sends what must not be carried out; the answer is a text, and the next request is served."""
        answer = pickle.loads(self.exchange(message))
        assert isinstance(answer, str) and answer.startswith("error: "), answer
        assert self.get("nothing is stored here") is None
        return answer


@pytest.fixture
def server(start):
    return start("--listen", "zmq://127.0.0.1:0")


@pytest.fixture
def cache(server):
    with Cache(server.address) as connected:
        yield connected


values = {
    "none": None,
    "true": True,
    "false": False,
    "zero": 0,
    "small integers": [1, -1, 127, 128, 255, 256, -128, -129, 32767, 32768, 65535, 65536],
    "integers of 32 bits": [2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**32],
    "integers of 64 bits": [2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64],
    "integers beyond": [2**100, -(2**100), 10**300, 1 - 2**2047, 2**2040],
    "integer alone": 2**1000,
    "floats": [0.0, -0.0, 1.5, -2.25e-300, 1e308, float("inf"), float("-inf"), 0.1],
    "float alone": 3.14,
    "str": "text",
    "empty str": "",
    "str of all kinds": "é \u20ac \U0001f600 \\ \\u0041 \n \r \x00 \x1a '\"",
    "str with a surrogate": "\ud800",
    "long str": "ä" * 1000,
    "bytes": b"bytes",
    "empty bytes": b"",
    "every byte": bytes(range(256)),
    "long bytes": bytes(range(256)) * 40,
    "empty list": [],
    "list": [1, "two", b"three", None, 4.0],
    "lists in lists": [[1, [2, [3, [4]]]], [], [[[]]]],
    "long list": list(range(5000)),
    "tuples": ((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), ((((),),),)),
    "empty dict": {},
    "dict": {"a": 1, b"b": "two", 3: None, (4, "four"): [4.0], None: 1.5},
    "dict in dict": {"outer": {"inner": {"inmost": [1, {"x": b"y"}]}}},
    "long dict": {i: str(i) for i in range(3000)},
    "empty set": set(),
    "set": {1, "two", b"three", (4, 5), frozenset([6])},
    "empty frozenset": frozenset(),
    "frozenset": frozenset(["a", b"b", 3]),
    "sets in a list": [{1}, set(), frozenset(), frozenset([frozenset()])],
    "all together": {"l": [{"t": (1, {2, 3}, b"\x00\xff")}, None], "s": "\u1234", "n": -(2**65)},
}
shared = ["shared", b"shared", ("shared",)]
values["the same object in several places"] = [shared, shared, {"again": shared}, shared[2]]


def with_types(value):
    """A form in which 1 is not True, 1.0 not 1, and 0.0 not -0.0, and the order of a dict counts."""
    if isinstance(value, (list, tuple)):
        return type(value), [with_types(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return type(value), sorted(map(repr, map(with_types, value)))
    if isinstance(value, dict):
        return dict, [(with_types(key), with_types(item)) for key, item in value.items()]
    return type(value), repr(value)


@pytest.mark.parametrize("protocol", protocols)
def test_every_value_comes_back_as_it_went_in(server, protocol):
    with Cache(server.address, protocol) as cache:
        for name, value in values.items():
            cache.set("key", value)
            assert with_types(cache.get("key")) == with_types(value), name


@pytest.mark.parametrize("stored_in", protocols)
def test_the_answer_is_in_the_protocol_of_the_question(server, stored_in):
    with Cache(server.address, stored_in) as cache:
        cache.set("key", values["all together"])
        for protocol in protocols:
            answer = cache.exchange(pickle.dumps(("get", "key", None), protocol=protocol))
            assert with_types(pickle.loads(answer)) == with_types(values["all together"])
            opcode, argument, _ = next(pickletools.genops(answer))
            assert (opcode.name, argument) == ("PROTO", max(protocol, 2))
            newest = max(opcode.proto for opcode, _, _ in pickletools.genops(answer))
            assert newest <= max(protocol, 2)


def test_an_answer_to_set_is_two_bytes_and_no_pickle(cache):
    assert cache.ask("set", "key", 1) == b"ok"


def test_what_is_not_there_is_none(cache):
    assert cache.get("nothing") is None
    assert cache.ask("get", "nothing", None) == pickle.dumps(None, 4).replace(b"\x80\x04", b"\x80" + bytes([pickle.DEFAULT_PROTOCOL]))
    cache.set("none", None)
    assert cache.get("none") is None


def test_a_later_set_replaces_an_earlier_one(cache):
    cache.set("key", [1, 2])
    cache.set("key", "two")
    assert cache.get("key") == "two"


@pytest.mark.parametrize("protocol", protocols)
def test_keys_are_str_bytes_or_int(server, protocol):
    with Cache(server.address, protocol) as cache:
        cache.set("ключ", 1)
        assert cache.get("ключ".encode()) == 1
        cache.set(b"\x00\xff", 2)
        assert cache.get(b"\x00\xff") == 2
        for number in (12, -5, 0, 2**70, -(2**70)):
            cache.set(number, 3)
            assert cache.get(str(number)) == 3
        cache.set("k" * 65536, 4)
        assert cache.get(b"k" * 65536) == 4
        for bad in (None, True, 1.5, (), ("a",), ["a"], {"a": 1}, "", b"", "k" * 65537):
            assert "a key " in cache.refused(pickle.dumps(("get", bad, None), protocol=protocol))
            assert "a key " in cache.refused(pickle.dumps(("set", bad, 1), protocol=protocol))


@pytest.mark.parametrize("message", [
    ("delete", "key", None), ("SET", "key", 1), ("", "key", 1), (1, "key", 1), (None, None, None), ("set", "key"),
    ("set", "key", 1, 2), ["set", "key", 1], "set", None, {"set": "key"}, 5, (), (("set",), "key", 1)], ids=repr)
def test_what_is_no_request_is_an_error(cache, message):
    cache.refused(pickle.dumps(message))


def test_commands_of_python_2_are_understood(cache):
    assert cache.exchange(b"(S'set'\np0\nS'key'\np1\nS'it\\'s \\\\ \\x00\\n'\np2\ntp3\n.") == b"ok"
    assert cache.get("key") == b"it's \\ \x00\n"
    assert cache.exchange(b"\x80\x02U\x03setq\x00U\x03keyq\x01(lp0\nI1\naL2L\na\x87q\x03.") == b"ok"
    assert cache.get("key") == [1, 2]


class Exploit:
    def __init__(self, *what):
        self.what = what

    def __reduce__(self):
        return self.what


@pytest.mark.parametrize("protocol", protocols)
def test_a_pickle_that_runs_a_command_runs_nothing(server, tmp_path, protocol):
    proof = tmp_path / "proof"
    command = f"touch {proof}"
    exploits = [
        Exploit(os.system, (command,)), Exploit(subprocess.check_call, (["touch", str(proof)],)),
        Exploit(eval, (f"open({str(proof)!r}, 'w')",)), Exploit(exec, (f"open({str(proof)!r}, 'w')",)),
        Exploit(open, (str(proof), "w")), Exploit(__import__, ("os",)),
    ]
    with Cache(server.address, protocol) as cache:
        for exploit in exploits:
            for request in (exploit, ("set", "key", exploit), ("set", exploit, 1), (exploit, "key", 1),
                            ("set", "key", [1, {"a": (exploit,)}])):
                message = pickle.dumps(request, protocol=protocol)
                assert "more than plain data" in cache.refused(message) or "names a class" in cache.refused(message)
        assert cache.get("key") is None
    assert not proof.exists()
    pickle.loads(pickle.dumps(exploits[0], protocol=protocol))
    assert proof.exists(), "the pickle is a real exploit: Python runs it"


hostile = {
    "nothing": b"",
    "no pickle": b"GET / HTTP/1.1\r\n\r\n",
    "os.system": b"cos\nsystem\n(S'true'\ntR.",
    "a builtin": b"c__builtin__\neval\n(S'1'\ntR.",
    "a name alone": pickle.dumps(("set", "k", print)),
    "a good name alone": pickle.dumps(("set", "k", set)),
    "a good name with other arguments": b"\x80\x02c__builtin__\nset\nK\x01\x85R.",
    "bytes of a number": b"\x80\x02c__builtin__\nbytes\nJ\xff\xff\xff\x7f\x85R.",
    "another encoding": b"\x80\x02c_codecs\nencode\nX\x01\x00\x00\x00aX\x05\x00\x00\x00rot13\x86R.",
    "a name in dots": b"\x80\x04\x8c\x02os\x8c\x0bsystem.name\x93.",
    "a name from the stack": b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04true\x85R.",
    "an instance": pickle.dumps(("set", "k", Exception())),
    "a class of ours": pickle.dumps(("set", "k", pace.wait_until)),
    "INST": b"(S'true'\nios\nsystem\n.",
    "OBJ": b"(cos\nsystem\nS'true'\no.",
    "NEWOBJ": b"\x80\x02c__builtin__\nset\n)\x81.",
    "NEWOBJ_EX": b"\x80\x04c__builtin__\nset\n)}\x92.",
    "BUILD": b"\x80\x02c__builtin__\nset\n]\x85R}b.",
    "EXT1": b"\x80\x02\x82\x01.",
    "EXT2": b"\x80\x02\x83\x01\x00.",
    "EXT4": b"\x80\x02\x84\x01\x00\x00\x00.",
    "PERSID": b"Pname\n.",
    "BINPERSID": b"K\x01Q.",
    "a bytearray": pickle.dumps(("set", "k", bytearray(b"x")), protocol=5),
    "a buffer out of band": b"\x80\x05\x97.",
    "a memo reference that does not exist": b"\x80\x02h\x07.",
    "a memo reference beyond all": b"\x80\x02j\xff\xff\xff\xff.",
    "a memo place beyond all": b"\x80\x02]r\xff\xff\xff\xff.",
    "a memo place in text": b"]p99999999999999999999\n.",
    "a list that contains itself": b"\x80\x02X\x03\x00\x00\x00setX\x01\x00\x00\x00k]q\x00h\x00a\x87.",
    "a dict that contains itself": b"\x80\x02X\x03\x00\x00\x00setX\x01\x00\x00\x00k}q\x00K\x01h\x00s\x87.",
    "a list that contains itself often": b"\x80\x02X\x03\x00\x00\x00setX\x01\x00\x00\x00k]q\x00(" + b"h\x00" * 300_000 + b"e\x87.",
    "a tuple that contains itself": b"\x80\x02X\x03\x00\x00\x00setX\x01\x00\x00\x00k]q\x00h\x00\x85q\x01h\x01a0h\x01\x87.",
    "no end": b"\x80\x02]",
    "an end and nothing": b".",
    "an empty stack": b"\x80\x02a.",
    "a mark and no more": b"\x80\x02(.",
    "no mark": b"\x80\x02t.",
    "out of reach": b"\x80\x02](a.",
    "a list that is a dict": b"\x80\x02}K\x01a.",
    "a number that is a list": b"\x80\x02K\x01K\x01a.",
    "an odd dict": b"\x80\x02(K\x01d.",
    "odd items": b"\x80\x02}(K\x01u.",
    "a frame that is cut": b"\x80\x04\x95\xff\x00\x00\x00\x00\x00\x00\x00N.",
    "a frame beyond all": b"\x80\x04\x95" + b"\xff" * 8 + b"N.",
    "a string that is cut": b"\x80\x02X\xff\x00\x00\x00a.",
    "a string beyond all": b"\x80\x04\x8d" + b"\xff" * 8 + b"a.",
    "an integer that is cut": b"\x80\x02\x8b\xff\xff\xff\x7f\x01.",
    "an integer of a negative size": b"\x80\x02\x8b\xff\xff\xff\xff\x01.",
    "an integer of too many digits": b"L" + b"9" * 10_001 + b"L\n.",
    "an integer that is none": b"Ix\n.",
    "a float that is none": b"F1.5x\n.",
    "text that is none": b"V\\uD8\n.",
    "text beyond Unicode": b"V\\U00110000\n.",
    "text that is not UTF-8": b"\x80\x02X\x03\x00\x00\x00setX\x01\x00\x00\x00kX\x01\x00\x00\x00\xff\x87.",
    "a quote that is open": b"S'abc\n.",
    "a list as a key": b"\x80\x02X\x03\x00\x00\x00setX\x01\x00\x00\x00k}]K\x01s\x87.",
    "a set in a set": b"\x80\x04\x8c\x03set\x8c\x01k\x8f(\x8f\x90\x87.",
    "protocol 6": b"\x80\x06N.",
    "protocol 255": b"\x80\xffN.",
}


@pytest.mark.parametrize("message", hostile.values(), ids=hostile)
def test_a_hostile_pickle_is_an_error_and_the_next_request_is_served(cache, message):
    cache.refused(message)
    assert cache.get("k") is None


def set_request(data):
    """('set', 'k', ...) with `data` as the instructions for the third."""
    return b"\x80\x02X\x03\x00\x00\x00setX\x01\x00\x00\x00k" + data + b"\x87."


bombs = {
    # Ten lists, each of ten references to the one before: 10^10 items from 300 bytes.
    "a billion laughs": b"]q\x00" + b"".join(b"](" + b"h" + bytes([i]) * 1 + (b"h" + bytes([i])) * 9 + b"eq" + bytes([i + 1]) for i in range(10)),
    "a billion tuples": b")q\x00" + b"".join((b"h" + bytes([i])) * 3 + b"\x87q" + bytes([i + 1]) for i in range(60)),
    "a long text often": b"](" + b"X\x40\x42\x0f\x00" + b"x" * 1_000_000 + b"q\x00" + b"h\x00" * 100_000 + b"e",
    "a long text encoded often": b"X\x40\x42\x0f\x00" + b"x" * 1_000_000 + b"q\x00c_codecs\nencode\nq\x010X\x06\x00\x00\x00latin1q\x020"
                                 + b"h\x01h\x00h\x02\x86R0" * 100_000,
    "a long list made a set often": b"](" + b"K\x01" * 100_000 + b"eq\x00c__builtin__\nset\nq\x010" + b"h\x01h\x00\x85R0" * 100_000,
    "a long tuple called often": b"(" + b"K\x01" * 100_000 + b"tq\x00c__builtin__\nset\nq\x010" + b"h\x01h\x00R0" * 100_000,
    "10^6 lists inside each other": b"]" * 1_000_000 + b"a" * 999_999,
    "10^6 lists inside each other, protocol 0": b"(l" * 1_000_000 + b"a" * 999_999,
    "10^6 tuples inside each other": b")" + b"\x85" * 1_000_000,
    "10^6 dicts inside each other": b"}K\x01" * 1_000_000 + b"}" + b"s" * 1_000_000,
    "10^6 marks": b"(" * 1_000_000 + b"N",
    "2 * 10^6 marks": b"(" * 2_000_000 + b"N",
    "2 * 10^6 copies": b"N" + b"2" * 2_000_000,
    "2 * 10^6 values": b"](" + b"]" * 2_000_000 + b"e",
    "a large memo": b"]" + b"".join(b"r" + struct.pack("<I", i * 1000) for i in range(1000, 2000)),
}


@pytest.mark.parametrize("data", bombs.values(), ids=bombs)
def test_a_pickle_bomb_is_harmless(server, data):
    with Cache(server.address) as cache:
        before = server.resident_kib()
        cache.refused(set_request(data))
        assert cache.get("k") is None
        assert server.resident_kib() - before < 400 * 1024 * pace.slow_factor


def test_a_value_may_be_128_deep_and_no_deeper(cache):
    def nested(depth):
        value = 1
        for _ in range(depth):
            value = [value]
        return value

    cache.set("deep", nested(128))
    assert cache.get("deep") == nested(128)
    assert "inside" in cache.refused(pickle.dumps(("set", "deeper", nested(129))))


def test_a_value_may_have_the_size_of_an_item_and_no_more(cache):
    for largest in (b"x" * (1 << 20), "x" * (1 << 20)):
        cache.set("key", largest)
        assert cache.get("key") == largest
        for protocol in protocols:
            assert "too large" in cache.refused(pickle.dumps(("set", "key", largest + largest[:1]), protocol=protocol))
        assert cache.get("key") == largest
    cache.set("key", 1 << 8_000_000)
    assert cache.get("key") == 1 << 8_000_000
    assert "too large" in cache.refused(pickle.dumps(("set", "key", [b"x" * 300_000] * 4)))
    escaped = b"\xff" * (1 << 20)
    for protocol in protocols:
        cache.set("key", None)
        assert cache.exchange(pickle.dumps(("set", "key", escaped), protocol=protocol)) == b"ok"
        assert cache.get("key") == escaped


def test_a_pickle_cut_anywhere_is_an_error(cache):
    for protocol in protocols:
        whole = pickle.dumps(("set", "cut", values["all together"]), protocol=protocol)
        for size in range(len(whole)):
            answer = pickle.loads(cache.exchange(whole[:size]))
            assert isinstance(answer, str) and answer.startswith("error: "), (protocol, size)
        assert cache.get("cut") is None


def test_a_message_in_several_parts_is_answered_once(cache):
    cache.socket.send_multipart([b"first", b"second", pickle.dumps(("get", "k", None))])
    assert len(cache.socket.recv_multipart()) == 1
    assert cache.get("k") is None


def test_many_clients_at_once_are_each_answered(server):
    clients = [Cache(server.address) for _ in range(20)]
    try:
        for round_ in range(20):
            for i, cache in enumerate(clients):
                cache.socket.send(pickle.dumps(("set", i, [round_, i])))
            for cache in clients:
                assert cache.socket.recv() == b"ok"
        assert [cache.get(i) for i, cache in enumerate(clients)] == [[19, i] for i in range(20)]
    finally:
        for cache in clients:
            cache.__exit__()


def test_a_peer_that_is_no_zeromq_disturbs_nobody(server, cache):
    for data in (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"\x16\x03\x01" + bytes(100), b"set k 0 0 1\r\nx\r\n", bytes(200), b"\xff" * 200):
        with server.connect() as wire:
            wire.send(data)
            wire.end_of_input()
            wire.read_to_close()
        assert cache.get("k") is None


def test_memory_that_runs_out_is_an_error_and_nothing_is_lost(start):
    server = start("--listen", "zmq://127.0.0.1:0", "--memory-limit", "2m")
    with Cache(server.address) as cache:
        cache.set("kept", [1, 2])
        refusals = [pickle.loads(answer) for i in range(5) if (answer := cache.ask("set", i, b"x" * 500_000)) != b"ok"]
        assert refusals and all("out of memory" in text for text in refusals)
        assert cache.get("kept") == [1, 2]


class Peer:
    """A connection that has shaken hands and sends what it likes, byte by byte."""

    def __init__(self, server, listener=0):
        self.wire = server.connect(listener)
        self.wire.send(b"\xff" + bytes(8) + b"\x7f\x03\x00NULL" + bytes(48))
        self.wire.read_exactly(64)
        ready = b"\x05READY\x0bSocket-Type\x00\x00\x00\x03REQ\x08Identity\x00\x00\x00\x00"
        self.wire.send(b"\x04" + bytes([len(ready)]) + ready)

    def begin_message(self, size, sent):
        """The head of a message of `size` bytes, and the first `sent` of them."""
        try:
            self.wire.send(b"\x01\x00\x02" + size.to_bytes(8, "big") + bytes(sent))
        except OSError:  # cut while it sends
            pass

    def is_closed(self):
        self.wire.socket.setblocking(False)
        try:
            while data := self.wire.socket.recv(1 << 16):
                assert data
            return True
        except BlockingIOError:
            return False
        except OSError:
            return True


def is_answered(server):
    with Cache(server.address) as cache:
        cache.set("k", 1)
        return cache.get("k") == 1


def test_a_listener_has_as_many_clients_as_it_may_and_no_more(start):
    server = start("--listen", "zmq://127.0.0.1:0", "--max-clients", "3")
    peers = [Peer(server) for _ in range(3)]
    more = [server.connect() for _ in range(5)]
    for wire in more:
        try:
            wire.read_to_close()
        except OSError:  # reset: it is closed all the same
            pass
    assert not any(peer.is_closed() for peer in peers)
    peers[0].wire.close()
    assert is_answered(server)


def test_a_message_that_does_not_arrive_whole_is_not_waited_for(start):
    server = start("--listen", "zmq://127.0.0.1:0", "--request-timeout", "1")
    idle, slow = Peer(server), Peer(server)
    slow.begin_message(1 << 20, 1 << 19)
    pace.wait_until(slow.is_closed, "the unfinished message's client is closed")
    assert not idle.is_closed()
    assert is_answered(server)


def test_messages_that_wait_take_a_bounded_memory(start):
    server = start("--listen", "zmq://127.0.0.1:0", "--memory-limit", "4m")
    before, size = server.resident_kib(), 16 << 20
    peers = [Peer(server) for _ in range(8)]
    for peer in peers:
        peer.begin_message(size, size - 100)
    pace.wait_until(lambda: sum(peer.is_closed() for peer in peers) >= 5, "those that hold too much are closed")
    assert not all(peer.is_closed() for peer in peers)
    pace.wait_until(lambda: server.resident_kib() - before < 64 * 1024 * pace.slow_factor, "their memory is given back")
    assert "too much memory" in server.stderr()
    assert is_answered(server)


def test_what_the_other_dialects_see_of_it(start):
    server = start("--listen", "zmq://127.0.0.1:0", "--listen", "memcache://127.0.0.1:0", "--listen", "miniredis://127.0.0.1:0")
    with Cache(server.address) as cache, server.connect(1) as memcache, server.connect(2) as miniredis:
        for key, value in {"bytes": b"b", "str": "é", "int": 7, "float": 1.5, "true": True, "none": None,
                           "big": 2**70, "tuple": (1, {"a": {2}}), "list": []}.items():
            cache.set(key, value)
        memcache.ask(b"get bytes str int\r\n", b"VALUE bytes 0 1\r\nb\r\nVALUE str 0 2\r\n\xc3\xa9\r\nVALUE int 0 1\r\n7\r\nEND\r\n")
        memcache.ask(b"get float true none big tuple list\r\n", b"END\r\n")
        miniredis.ask(b"+MGET bytes str int float true none big tuple list\r\n",
                      b"*9\r\n$1\r\nb\r\n$2\r\n\xc3\xa9\r\n:7\r\n$3\r\n1.5\r\n:1\r\n$-1\r\n:1180591620717411303424\r\n"
                      b"*2\r\n:1\r\n%1\r\n$1\r\na\r\n*1\r\n:2\r\n*0\r\n")
        memcache.ask(b"incr int 5\r\n", b"12\r\n")
        assert cache.get("int") == 12
        memcache.ask(b"append str 0 0 1\r\n!\r\n", b"STORED\r\n")
        assert cache.get("str") == "é!".encode()
        memcache.ask(b"set int 0 0 1\r\n8\r\n", b"STORED\r\n")
        assert cache.get("int") == b"8"
        miniredis.ask(b"*3\r\n+SET\r\n+k\r\n%1\r\n:1\r\n*2\r\n+a\r\n-E x\r\n", b":1\r\n")
        assert cache.get("k") == {1: [b"a", "E x"]}


def test_the_port_in_the_ready_line_is_the_real_one(start):
    server = start("--listen", "zmq://127.0.0.1:0", "--listen", "memcache://127.0.0.1:0", "--listen", "zmq://[::1]:0")
    assert [uri.rsplit(":", 1)[0] for uri in server.uris] == ["zmq://127.0.0.1", "memcache://127.0.0.1", "zmq://[::1]"]
    assert all(int(uri.rsplit(":", 1)[1]) > 0 for uri in server.uris)
    with Cache(server.address) as cache:
        cache.set("k", 1)


def test_an_address_that_others_reach_is_refused():
    status, _, stderr = run_to_end("--listen", "zmq://0.0.0.0:0")
    assert status == 1 and "--allow-remote" in stderr


def test_a_port_in_use_is_an_error(server):
    status, _, stderr = run_to_end("--listen", "zmq://127.0.0.1:%d" % server.address[1])
    assert status == 1 and "Address already in use" in stderr


def test_a_unix_socket_is_a_usage_error(tmp_path):
    status, _, stderr = run_to_end("--listen", f"zmq+unix://{tmp_path}/socket")
    assert status == 2 and "zmq" in stderr


def test_a_stop_with_clients_connected_and_a_request_answered(start):
    server = start("--listen", "zmq://127.0.0.1:0")
    with Cache(server.address) as cache:
        cache.set("k", b"x" * 1_000_000)
        cache.socket.send(pickle.dumps(("get", "k", None)))
        assert pickle.loads(cache.socket.recv()) == b"x" * 1_000_000
        server.stop(within=10)


def test_kvserver_is_where_it_should_be():
    assert os.access(kvserver_path(), os.X_OK)
