"""SIGTERM and SIGINT end the server with status 0 in time, whatever its clients are doing."""

import os
import re
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
        assert server.wait(within=20) == -signal.SIGTERM


def redis_request(*words):
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def start_with_many_keys(start, *options):
    """KEYS takes it a long time: some 10 ms in a fast build."""
    server = start("--listen", "memcache://127.0.0.1:0", "--listen", "redis://127.0.0.1:0", *options)
    with server.connect(within=60) as wire:
        wire.ask(b"".join(b"set key%06d 0 0 1 noreply\r\nx\r\n" % number for number in range(60_000)) + b"mn\r\n", b"MN\r\n")
    return server


def executed(wire):
    wire.send(redis_request(b"INFO", b"stats"))
    size = int(wire.read_line()[1:])
    return int(re.search(rb"total_commands_processed:(\d+)", wire.read_exactly(size + 2))[1])


def test_a_client_that_has_gone_is_not_worked_for(start):
    server = start_with_many_keys(start)
    with server.connect(listener=1) as other:
        with server.connect(listener=1) as leaver:
            leaver.send(redis_request(b"KEYS", b"nothing*") * 400)
        before = server.descriptors_at_start + 1
        pace.wait_until(lambda: server.descriptors() <= before, "the client's session has ended", within=60)
        assert executed(other) < 100


def test_commands_that_take_long_do_not_outlive_the_drain_timeout(start):
    server = start_with_many_keys(start, "--drain-timeout", "1")
    keys = redis_request(b"KEYS", b"nothing*") * 2000
    with server.connect(listener=1) as one, server.connect(listener=1) as other:
        one.send(keys)
        other.send(redis_request(b"MULTI") + keys + redis_request(b"EXEC"))
        pace.wait_until(lambda: server.cpu_seconds() > 1, "the commands are being carried out")
        server.signal(signal.SIGTERM)
        assert server.wait(within=8) == 0


@pytest.mark.skipif(pace.slow_factor > 1, reason="ThreadSanitizer holds a signal back from a thread that is blocked in write(2)")
def test_a_thread_that_cannot_be_stopped_is_not_waited_for(start):
    reading_end, writing_end = os.pipe()
    server = start("--drain-timeout", "1", "--trace", stderr=writing_end)
    with server.connect(within=2) as wire:
        with pytest.raises(socket.timeout):
            while wire.is_served():  # a trace is not a log: it waits for its reader
                pass
        server.signal(signal.SIGTERM)
        assert server.wait(within=10) == 0
    os.close(reading_end)
    os.close(writing_end)


def test_a_log_that_nobody_reads_holds_nobody_up(start):
    reading_end, writing_end = os.pipe()
    server = start("--log-level", "debug", stderr=writing_end)
    with server.connect() as wire:
        for _ in range(pace.count(3000, at_least=1000)):
            wire.is_served()  # each time it is read, executed and answered in some 300 bytes of log
        first = os.read(reading_end, 1 << 20)
        wire.is_served()
        pace.wait_until(lambda: b" lines of this log were dropped: stderr was not read\n" in os.read(reading_end, 1 << 20), "it is told what is lost")
        for _ in range(1000):
            wire.is_served()
        server.signal(signal.SIGTERM)
        assert server.wait(within=10) == 0
    assert b" debug memcache client 1 from 127.0.0.1:" in first
    os.close(reading_end)
    os.close(writing_end)


def accepts_clients(server):
    try:
        with server.connect() as wire:
            return wire.is_served()
    except (OSError, AssertionError):
        return False
