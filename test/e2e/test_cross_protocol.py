"""Ports beside one another: what a browser, TLS or SSH sends to any is closed, and nothing in it is carried out; what one protocol
stores another lists as far as it can read it."""

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
