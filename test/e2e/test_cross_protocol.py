"""What a browser, TLS or SSH sends to a port of ours is closed, and nothing in it is carried out, whatever the port speaks."""

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
