"""A server that lies, stops half-way or sends escapes: kvcli ends in time, says what was wrong and stays harmless."""

import os
import pty
import time

import pace
import pytest
from shell import kvcli, kvcli_path, scripted_server

escape = b"\x1b]0;owned\x07\x1b[2J\x9b31m\xc2\x9b5m\x00\x08\r\x7f"

memcached_replies = {
    "a length of 2^63": b"VALUE k 0 9223372036854775808\r\n",
    "a length of 2^64": b"VALUE k 0 18446744073709551616\r\n",
    "a length with a sign": b"VALUE k 0 +1\r\nx\r\nEND\r\n",
    "a negative length": b"VALUE k 0 -1\r\n",
    "a large length and nothing else": b"VALUE k 0 500000000\r\n",
    "another key": b"VALUE other 0 1\r\nx\r\nEND\r\n",
    "a value without its end": b"VALUE k 0 1\r\nxyz\r\nEND\r\n",
    "an endless line": b"x" * 100_000,
    "half a line": b"VALU",
    "half a value": b"VALUE k 0 100\r\nabc",
    "no end": b"VALUE k 0 1\r\nx\r\n",
    "escapes": escape + b"\r\n",
    "an error with escapes": b"SERVER_ERROR " + escape + b"\r\n",
    "nothing": b"",
    "NULs": b"\0" * 5000,
    "a web server": b"HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n",
    "redis": b"-ERR unknown command\r\n",
}

redis_replies = {
    "a length of 2^63": b"$9223372036854775808\r\n",
    "a count of 2^63": b"*9223372036854775807\r\n",
    "a count of pairs that overflows": b"%9223372036854775808\r\n",
    "a negative length": b"$-2\r\n",
    "a large length and nothing else": b"$500000000\r\n",
    "many levels": b"*1\r\n" * 100_000,
    "many attributes": b"|0\r\n" * 100_000,
    "many elements": b"*16000000\r\n" + b":1\r\n" * 1000,
    "an endless line": b"+" + b"x" * 100_000,
    "half a reply": b"*3\r\n:1\r\n$5\r\nab",
    "a string without its end": b"$1\r\nxyz\r\n",
    "a streamed string": b"$?\r\n;1\r\na\r\n;0\r\n",
    "an unknown type": b"@1\r\n",
    "an error with escapes": b"-ERR " + escape.replace(b"\r", b"") + b"\r\n",
    "nothing": b"",
    "memcached": b"ERROR\r\n",
}


def harmless(text):
    return all(byte in b"\n\t" or 32 <= byte < 127 for byte in text)


def talk(scheme, reply, then_silence):
    """What `kvcli get k` makes of a server that sends `reply` and then is silent, or closes."""
    def serve(client):
        client.recv(99)
        client.sendall(reply)
        if then_silence:
            client.recv(99)

    with scripted_server(serve) as port:
        start = time.monotonic()
        code, out, error = kvcli("--timeout", "0.5", f"{scheme}://127.0.0.1:{port}", "get", "k")
        assert time.monotonic() - start < pace.seconds(20)
    assert out == b"" and error.startswith((b"kvcli: ", b"(error) "))
    assert harmless(error), error
    return code


@pytest.mark.parametrize("name", memcached_replies)
def test_memcached_replies(name):
    assert talk("memcache", memcached_replies[name], then_silence=False) == 2
    assert talk("memcache", memcached_replies[name], then_silence=True) in (2, 4)


@pytest.mark.parametrize("name", redis_replies)
def test_redis_replies(name):
    assert talk("redis", redis_replies[name], then_silence=False) == 2
    assert talk("redis", redis_replies[name], then_silence=True) in (2, 4)


@pytest.mark.parametrize("scheme, head, drop", [("memcache", b"VALUE k 0 100000\r\n", b"x"), ("redis", b"$100000\r\n", b"x"),
                                                ("memcache", b"STAT a b\r\n", b"STAT a b\r\n"), ("redis", b"+", b"x")])
def test_a_server_that_drips_runs_into_the_deadline_of_the_whole_reply(scheme, head, drop):
    def drip(client):
        client.recv(99)
        client.sendall(head)
        while True:
            client.sendall(drop)
            time.sleep(0.05)

    with scripted_server(drip) as port:
        command = ["stats"] if drop.startswith(b"STAT") else ["get", "k"]
        assert kvcli("--timeout", "0.5", f"{scheme}://127.0.0.1:{port}", *command)[0] == 4


@pytest.mark.parametrize("scheme, value, option", [
    (scheme, value, option) for option in ("--raw", "--pretty", "--json", "--csv", None)
    for scheme, value in (("memcache", b"VALUE k 0 %d\r\n%s\r\nEND\r\n" % (len(escape), escape)),
                          ("redis", b"$%d\r\n%s\r\n" % (len(escape), escape)),
                          ("redis", b"*2\r\n+%s\r\n%%1\r\n$%d\r\n%s\r\n:1\r\n" % (escape.replace(b"\r", b""), len(escape), escape)))])
def test_no_format_lets_an_escape_through_to_a_terminal(scheme, value, option):
    def serve(client):
        if b"HELLO" in client.recv(99):  # --json asks for types first
            client.sendall(b"%0\r\n")
            client.recv(99)
        client.sendall(value)
        client.recv(99)

    with scripted_server(serve) as port:
        ours, terminal = pty.openpty()
        arguments = [kvcli_path, "--timeout", "5", f"{scheme}://127.0.0.1:{port}", "get", "k"]
        if option:
            arguments.insert(1, option)
        child = os.posix_spawn(arguments[0], arguments, dict(os.environ, NO_COLOR="1", LC_ALL="C.UTF-8"),
                               file_actions=[(os.POSIX_SPAWN_DUP2, terminal, 1), (os.POSIX_SPAWN_DUP2, terminal, 2)])
        os.close(terminal)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        shown = b""
        while True:
            try:
                shown += os.read(ours, 4096)
            except OSError:
                break
        os.close(ours)
    assert shown and harmless(shown.replace(b"\r\n", b"\n")), shown
