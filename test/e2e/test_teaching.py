"""--trace, and the switches that make connections worse on purpose."""

import errno
import re
import socket

import pytest

import pace
from servers import run_to_end

worse = [("--max-read", "1"), ("--max-write", "1"), ("--max-read", "3", "--max-write", "2"), ("--delay", "1", "--max-read", "5")]
dialects = {
    "memcache": (b"set a 0 0 5\r\nhello\r\nget a\r\nset b 2\r\nxyget b\r\n",
                 b"STORED\r\nVALUE a 0 5\r\nhello\r\nEND\r\nSTORED\r\nVALUE b 0 2\r\nxy\r\nEND\r\n"),
    "redis": (b"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$5\r\nhello\r\nGET a\r\n", b"+OK\r\n$5\r\nhello\r\n"),
    "simple": (b"set a 5\r\nhelloget a\r\n", b"STORED\r\nhello"),
    "miniredis": (b"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$5\r\nhello\r\n*2\r\n$3\r\nGET\r\n$1\r\na\r\n", b":1\r\n$5\r\nhello\r\n"),
}


def trace_of(server, last):
    """The trace, when it has come to `last`."""
    return pace.wait_until(lambda: last in server.stderr() and server.stderr(), f"the trace tells '{last}'")


def without_times(trace):
    return [line[10:] for line in trace.splitlines()]


def test_the_trace_shows_two_reads_and_where_in_them_requests_end(start):
    server = start("--trace")
    with server.connect() as wire:
        wire.send(b"set a 5\r\nhe")
        trace_of(server, "waits for the rest")
        wire.send(b"lloget a\r\n")
        wire.expect(b"STORED\r\nVALUE a 0 5\r\nhello\r\nEND\r\n")
    lines = without_times(trace_of(server, "closed by the client"))
    first = lines.index("client 1 | read 11 bytes")
    assert lines[first + 1:first + 6] == [
        r"client 1 |   set a 5\r\nhe",
        r"client 1 |   [=========|->",
        "client 1 |   1 set a",
        "client 1 |   this read ended inside the value of `set a`, 2 of 5 bytes",
        "client 1 | blocked: waits for the rest"]
    second = lines.index("client 1 | read 10 bytes")
    assert lines[second + 1:second + 5] == [
        r"client 1 |   lloget a\r\n",
        r"client 1 |   <-][=======]",
        "client 1 |   1  2 get a",
        "client 1 |   this read ended where request 2 ended"]
    assert re.fullmatch(r"client 1 \| executed 1 `set a` in \S+ \w+, waited \S+ \w+ for the lock", lines[second + 5])
    assert "client 1 | wrote 33 bytes as one write for 2 replies" in lines
    assert lines[0].startswith("client 1 | accepted: 127.0.0.1:")
    assert lines[1].startswith("client 1 | started its thread, ")


def test_a_trace_that_is_no_terminal_has_no_colour_and_no_raw_bytes(start):
    server = start("--trace")
    with server.connect() as wire:
        wire.ask(b"get \x1b[31m\r\n", b"CLIENT_ERROR bad command line format\r\n")
        wire.ask(b"set k 0 0 3\r\n\x1b\x00\xff\r\n", b"STORED\r\n")
    trace = trace_of(server, "closed by the client")
    assert all(byte == "\n" or " " <= byte <= "~" for byte in trace)
    assert r"\x1b\x00\xff\r\n" in trace


def test_a_long_value_is_cut(start):
    server = start("--trace")
    with server.connect() as wire:
        wire.ask(b"set a 0 0 100000\r\n" + b"x" * 100000 + b"\r\n", b"STORED\r\n")
    trace = trace_of(server, "closed by the client")
    assert max(map(len, trace.splitlines())) < 150 and " more.. " in trace


@pytest.mark.parametrize("scheme", dialects)
def test_the_trace_counts_the_requests_of_every_dialect(start, scheme):
    server = start("--trace", "--listen", f"{scheme}://127.0.0.1:0")
    sent, replies = dialects[scheme]
    with server.connect() as wire:
        wire.ask(sent, replies)
    trace = trace_of(server, "closed by the client")
    requests = 4 if scheme == "memcache" else 2
    assert f"where request {requests} ended" in trace and f"executed {requests} `" in trace
    assert "closed by the client" in trace


def test_the_trace_says_who_has_ended_a_connection(start):
    server = start("--trace")
    with server.connect() as wire:
        wire.is_served()
        wire.vanish()
    trace_of(server, "Connection reset by peer")
    with server.connect() as wire:
        wire.send(b"quit\r\n")
        wire.expect_close()
    trace_of(server, "client 2 | closed by the server")


def test_without_the_option_there_is_no_trace(start):
    server = start()
    with server.connect() as wire:
        wire.is_served()
    server.stop()
    assert "client" not in server.stderr()


@pytest.mark.parametrize("switches", worse, ids=" ".join)
@pytest.mark.parametrize("scheme", dialects)
def test_short_and_late_reads_and_writes_change_no_reply(start, scheme, switches):
    sent, replies = dialects[scheme]
    with start("--listen", f"{scheme}://127.0.0.1:0", *switches).connect() as wire:
        wire.send(sent)
        wire.end_of_input()
        wire.expect_close(replies)


def test_a_short_write_is_what_a_client_reads(start):
    # The rest leaves a second later, which this process will hardly sleep over.
    with start("--max-write", "3", "--delay", "1000").connect() as wire:
        wire.send(b"get a\r\n")
        assert len(wire.socket.recv(100)) <= 3


def test_a_delay_does_not_hold_up_a_stop(start):
    server = start("--delay", "60000", "--drain-timeout", "1")
    with server.connect() as wire:
        wire.send(b"get a\r\n")
        server.stop(within=30)


def test_a_connection_is_reset_in_the_middle_of_a_reply(start):
    with start("--reset-after", "3").connect() as wire:
        wire.send(b"get a\r\n")
        received = b""
        with pytest.raises(OSError) as caught:
            while piece := wire.socket.recv(100):
                received += piece
        assert caught.value.errno == errno.ECONNRESET and received in (b"", b"END")


@pytest.mark.parametrize("switch", [("--max-read", "1"), ("--max-write", "1"), ("--delay", "1"), ("--reset-after", "1")])
@pytest.mark.parametrize("uri", ["memcache://0.0.0.0:0", "redis://[::]:0"])
def test_they_are_refused_where_other_machines_could_connect(uri, switch):
    if uri == "redis://[::]:0" and not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    status, stdout, stderr = run_to_end("--allow-remote", "--listen", uri, *switch)
    assert (status, stdout) == (2, "") and "for lessons" in stderr and uri[:10] in stderr


def test_what_is_no_number_or_too_long_a_delay_is_a_usage_error():
    for switch in (("--delay", "60001"), ("--delay", "x"), ("--max-read", "-1"), ("--reset-after", "1.5")):
        assert run_to_end(*switch)[0] == 2


def test_they_come_from_the_environment_and_from_a_file_too(start, tmp_path):
    path = tmp_path / "kvserver.conf"
    path.write_text("listen = memcache://127.0.0.1:0\ntrace = true\nmax-read = 1\n")
    server = start("--config", str(path), environment={"KVSERVER_RESET_AFTER": "1000"})
    with server.connect() as wire:
        wire.is_served()
    assert "read 1 byte\n" in trace_of(server, "closed by the client")
