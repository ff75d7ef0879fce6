"""SIGTERM and SIGINT end the server with status 0 in time, whatever its clients are doing."""

import signal
import socket
import threading

import pytest

import pace
from servers import KvServer


class BusyClients:
    """Threads that ask without end until the server closes; what they were told must have been told whole."""

    def __init__(self, server, number):
        self.broken_answers = []
        self.wires = [server.connect(within=60) for _ in range(number)]
        self.threads = [threading.Thread(target=self.ask, args=(wire, place)) for place, wire in enumerate(self.wires)]
        for thread in self.threads:
            thread.start()

    def ask(self, wire, place):
        value = b"x" * 100
        request = b"set k%d 0 0 100\r\n%s\r\nget k%d\r\n" % (place, value, place)
        expected = b"STORED\r\nVALUE k%d 0 100\r\n%s\r\nEND\r\n" % (place, value)
        while True:
            try:
                wire.send(request)
                answer = b""
                while len(answer) < len(expected):
                    piece = wire.socket.recv(4096)
                    if not piece:
                        return
                    answer += piece
            except (ConnectionError, socket.timeout):
                return
            if answer != expected:
                self.broken_answers.append(answer)
                return

    def join(self):
        for thread in self.threads:
            thread.join(pace.seconds(60))
            assert not thread.is_alive(), "a client waits for ever"
        for wire in self.wires:
            wire.close()


def stop_while_busy(clients, drain_timeout=5):
    server = KvServer("--drain-timeout", str(drain_timeout))
    try:
        busy = BusyClients(server, clients)
        with server.connect() as wire:
            assert wire.is_served()
        server.stop(within=drain_timeout + 5)
        busy.join()
        assert not busy.broken_answers
    finally:
        server.kill()


def test_sigterm_with_two_hundred_busy_clients_five_times():
    for _ in range(pace.count(5, at_least=2)):
        stop_while_busy(pace.count(200, at_least=50))


@pytest.mark.slow
def test_sigterm_with_two_hundred_busy_clients_twenty_times():
    for _ in range(20):
        stop_while_busy(200)


def test_sigint_stops_too(start):
    server = start()
    server.signal(signal.SIGINT)
    assert server.wait() == 0


def test_idle_clients_do_not_delay_the_end(start):
    server = start("--drain-timeout", "60")
    wires = [server.connect() for _ in range(20)]
    for wire in wires:
        wire.is_served()
    server.signal(signal.SIGTERM)
    assert server.wait(within=20) == 0
    for wire in wires:
        wire.expect_close()
        wire.close()


def test_requests_already_received_are_answered(start):
    server = start()
    with server.connect() as wire:
        reply = b"VALUE k 0 1\r\nx\r\nEND\r\n"
        wire.ask(b"set k 0 0 1\r\nx\r\n", b"STORED\r\n")
        wire.send(b"get k\r\n" * 2000)
        wire.expect(reply)
        server.signal(signal.SIGTERM)
        assert wire.read_to_close() == reply * 1999
    assert server.wait() == 0


def test_requests_read_ahead_are_answered_too(start):
    server = start("--drain-timeout", "60", "--request-timeout", "600")
    request, reply, count = b"set k 0 0 1000\r\n" + b"x" * 1000 + b"\r\nget k\r\n", b"STORED\r\nVALUE k 0 1000\r\n" + b"x" * 1000 + b"\r\nEND\r\n", 20_000
    with server.connect(within=60) as wire, server.connect() as other:
        wire.send(request * count)
        pace.wait_until(lambda: bytes_read(other) >= count * len(request), "all requests have been read")
        server.signal(signal.SIGTERM)
        pace.wait_until(lambda: not accepts_clients(server), "nobody new is served")
        wire.expect_close(reply * count)
    assert server.wait() == 0


def bytes_read(wire):
    wire.send(b"stats\r\n")
    read = 0
    while (line := wire.read_line()) != b"END":
        if line.startswith(b"STAT bytes_read "):
            read = int(line.split()[2])
    return read


def test_half_a_request_does_not_delay_the_end(start):
    server = start("--drain-timeout", "60", "--request-timeout", "600")
    with server.connect() as wire:
        wire.send(b"set k 0 0 1\r\nx\r\nset k 0 0 100\r\nhalf")
        wire.expect(b"STORED\r\n")
        server.signal(signal.SIGTERM)
        assert server.wait(within=20) == 0
        wire.expect_close()


def fill_replies(wire):
    """A client that asks for much and reads little: its replies are in flight until it reads or is given up."""
    wire.ask(b"set k 0 0 1000000\r\n" + b"x" * 1_000_000 + b"\r\n", b"STORED\r\n")
    wire.send(b"get k\r\n" * 50)
    wire.read_exactly(10)


def test_a_client_that_reads_nothing_does_not_outlive_the_drain_timeout(start):
    server = start("--drain-timeout", "1", "--request-timeout", "600")
    with server.connect() as deaf:
        fill_replies(deaf)
        server.signal(signal.SIGTERM)
        assert server.wait(within=10) == 0


def test_a_client_that_reads_slowly_gets_its_answers_before_the_end(start):
    server = start("--drain-timeout", "60", "--request-timeout", "600")
    with server.connect(within=60) as slow:
        fill_replies(slow)
        server.signal(signal.SIGTERM)
        pace.wait_until(lambda: not accepts_clients(server), "nobody new is served")
        reply = b"VALUE k 0 1000000\r\n" + b"x" * 1_000_000 + b"\r\nEND\r\n"
        rest = slow.read_to_close()
        assert len(rest) + 10 == 50 * len(reply)
    assert server.wait() == 0


def test_a_second_signal_stops_at_once(start):
    server = start("--drain-timeout", "600", "--request-timeout", "600")
    with server.connect() as deaf:
        fill_replies(deaf)
        server.signal(signal.SIGTERM)
        pace.wait_until(lambda: not accepts_clients(server), "the server has begun to stop")
        assert server.is_running()
        server.signal(signal.SIGTERM)
        server.wait(within=20)


def accepts_clients(server):
    try:
        with server.connect() as wire:
            return wire.is_served()
    except (OSError, AssertionError):
        return False
