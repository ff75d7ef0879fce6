"""What clients can make the server hold: idle connections, replies nobody reads, the largest values, and more items than there is room for."""

import hashlib
import random
import re
import threading
import time

import pytest

import pace

mib = 1 << 20


def statistic(wire, name):
    wire.send(b"stats\r\n")
    value = None
    while (line := wire.read_line()) != b"END":
        if line.startswith(b"STAT " + name + b" "):
            value = int(line.split()[2])
    assert value is not None, name
    return value


def peak_kib(server):
    with open(f"/proc/{server.pid}/status") as status:
        return int(re.search(r"VmHWM:\s+(\d+)", status.read())[1])


# Clients that are connected and do nothing


@pytest.mark.parametrize(
    "scheme, request_bytes, reply",
    [("memcache", b"get a\r\n", b"END\r\n"), ("redis", b"*2\r\n$3\r\nGET\r\n$1\r\na\r\n", b"$-1\r\n")],
)
def test_an_idle_connection_takes_no_more_than_12_kib_beyond_its_thread(start, scheme, request_bytes, reply):
    thread_kib = 8.8  # of one that does nothing but sleep
    server = start("--listen", f"{scheme}://127.0.0.1:0")
    before, wires = server.resident_kib(), []
    for _ in range(500):
        wires.append(server.connect())
        wires[-1].ask(request_bytes, reply)
    pace.wait_until(lambda: server.threads() == server.threads_at_start + 500, "all of them are served")
    each = (server.resident_kib() - before) / 500
    print(f"{each:.1f} KiB for each idle {scheme} connection")
    if pace.slow_factor == 1:
        assert each < thread_kib + 12
    for wire in wires:
        wire.close()


# A client that asks for 100 MB and never reads


def round_trip_p99(wire, rounds):
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        wire.ask(b"get small\r\n", b"VALUE small 0 1\r\nx\r\nEND\r\n")
        times.append(time.perf_counter() - began)
    return sorted(times)[len(times) * 99 // 100]


def p99_alone_and_beside(server, wire, rounds):
    """The p99 of one client's requests alone, and while another has asked for 100 MB that it never reads."""
    alone = round_trip_p99(wire, rounds)
    with server.connect() as deaf:
        deaf.send(b"get large\r\n" * 100)
        pace.wait_until(lambda: server.threads() == server.threads_at_start + 2, "the deaf client is served")
        return alone, round_trip_p99(wire, rounds)


def test_a_client_that_never_reads_costs_little_and_is_closed(start):
    server = start("--request-timeout", "2")
    with server.connect() as wire:
        wire.ask(b"set large 0 0 1000000\r\n" + b"x" * 1_000_000 + b"\r\n", b"STORED\r\n")
        wire.ask(b"set small 0 0 1\r\nx\r\n", b"STORED\r\n")
        before = server.resident_kib()
        with server.connect() as deaf:
            deaf.send(b"get large\r\n" * 100)
            began = time.monotonic()
            pace.wait_until(lambda: server.threads() == server.threads_at_start + 2, "the deaf client is served")
            pace.wait_until(lambda: server.threads() == server.threads_at_start + 1, "the deaf client is closed")
            assert time.monotonic() - began > 1.5
            assert peak_kib(server) - before < 16 * 1024 * pace.slow_factor
        assert wire.is_served()


def test_a_client_that_never_reads_does_not_slow_the_others(start):
    server = start()
    rounds = pace.count(2000)
    with server.connect() as wire:
        wire.ask(b"set large 0 0 1000000\r\n" + b"x" * 1_000_000 + b"\r\n", b"STORED\r\n")
        wire.ask(b"set small 0 0 1\r\nx\r\n", b"STORED\r\n")
        measured = []
        for _ in range(8):  # the machine's other work may be in any of them, but hardly in all
            alone, beside = p99_alone_and_beside(server, wire, rounds)
            measured.append(f"{alone * 1e6:.0f} us alone, {beside * 1e6:.0f} us beside")
            if beside <= 2 * alone:
                break
        else:
            raise AssertionError(f"p99 of the others: {'; '.join(measured)}")
        print(f"p99 of the others: {measured[-1]}")


# The largest values


class Pattern:
    """A value that is made and checked a piece at a time, so that the client needs no memory for it."""

    def __init__(self, size):
        self.size = size
        self.piece = random.Random(1).randbytes(mib)

    def pieces(self):
        for place in range(0, self.size, mib):
            yield self.piece[: min(mib, self.size - place)]

    def digest(self):
        digest = hashlib.blake2b()
        for piece in self.pieces():
            digest.update(piece)
        return digest.digest()


def digest_of_next(wire, size):
    digest, room = hashlib.blake2b(wire.pending[:size]), memoryview(bytearray(mib))
    missing, wire.pending = size - len(wire.pending[:size]), wire.pending[size:]
    while missing:
        count = wire.socket.recv_into(room[: min(mib, missing)])
        assert count, f"closed {missing} bytes before the end"
        digest.update(room[:count])
        missing -= count
    return digest.digest()


@pytest.mark.slow
def test_a_value_of_a_gibibyte_is_held_once(start):
    size = pace.count(1 << 30)
    server = start("--max-item-size", "1g", "--memory-limit", "2g", "--request-timeout", "120")
    value, before = Pattern(size), server.resident_kib()
    with server.connect(within=120) as wire, server.connect(within=120) as other:
        wire.send(b"set huge 0 0 %d\r\n" % size)
        for piece in value.pieces():
            wire.send(piece)
        wire.ask(b"\r\n", b"STORED\r\n")
        for reader in (wire, other):
            reader.send(b"get huge\r\n")
        for reader in (wire, other):
            reader.expect(b"VALUE huge 0 %d\r\n" % size)
            assert digest_of_next(reader, size) == value.digest()
            reader.expect(b"\r\nEND\r\n")
        held = peak_kib(server) - before
        print(f"a value of {size >> 10} KiB takes {held} KiB at most")
        if pace.slow_factor == 1:
            assert held < (size >> 10) * 1.01 + 4096
        wire.ask(b"delete huge\r\n", b"DELETED\r\n")
        if pace.slow_factor == 1:
            pace.wait_until(lambda: server.resident_kib() - before < 16 * 1024, "the memory is given back")


@pytest.mark.slow
def test_a_byte_more_than_a_gibibyte_is_refused_and_read_to_its_end(start):
    size = (1 << 30) + 1
    server = start("--max-item-size", "1g", "--memory-limit", "2g", "--request-timeout", "120")
    before = server.resident_kib()
    with server.connect(within=120) as wire:
        wire.send(b"set huge 0 0 %d\r\n" % size)
        for piece in Pattern(size).pieces():
            wire.send(piece)
        wire.ask(b"\r\nget huge\r\n", b"SERVER_ERROR object too large for cache\r\nEND\r\n")
        assert peak_kib(server) - before < 4096 * pace.slow_factor


# A full memory


def fill(server, seed, count, wrong):
    """Stores `count` items of all sizes and looks after every tenth whether the limit holds."""
    choice = random.Random(seed)
    with server.connect() as wire:
        limit = statistic(wire, b"limit_maxbytes")
        for number in range(count):
            size = choice.choice([1, 20, 100, 1000, 10_000, 100_000])
            wire.ask(b"set %d:%d 0 0 %d\r\n" % (seed, number, size) + b"v" * size + b"\r\n", b"STORED\r\n")
            if number % 10 == 0 and (used := statistic(wire, b"bytes")) > limit * 1.01 + 100_100:
                wrong.append(used)


def test_evict_stores_whatever_comes_and_stays_within_the_limit(start):
    server = start("--memory-limit", "16m", "--when-full", "evict")
    before, wrong = server.resident_kib(), []
    fillers = [threading.Thread(target=fill, args=(server, seed, pace.count(1000), wrong)) for seed in range(4)]
    for filler in fillers:
        filler.start()
    for filler in fillers:
        filler.join()
    assert not wrong
    with server.connect() as wire:
        print(f"{peak_kib(server) - before} KiB for a limit of {16 * 1024} KiB")
        if pace.slow_factor == 1:
            assert statistic(wire, b"evictions") > 0
            # Of 70 MiB stored. The heap keeps what is free between items: twice the limit on a busy machine.
            assert peak_kib(server) - before < 3 * 16 * 1024
        wire.ask(b"set last 0 0 1\r\nx\r\nget last\r\n", b"STORED\r\nVALUE last 0 1\r\nx\r\nEND\r\n")


def fill_with(wire, letter, count, size):
    for first in range(0, count, 1000):
        wire.send(b"".join(b"set %s%d 0 0 %d noreply\r\n%s\r\n" % (letter, number, size, b"v" * size)
                           for number in range(first, first + 1000)))
        wire.ask(b"mn\r\n", b"MN\r\n")


def test_what_a_flush_frees_goes_back_to_the_system(start):
    server = start("--memory-limit", "64m")
    before = server.resident_kib()
    with server.connect(within=120) as wire:
        fill_with(wire, b"k", 200_000, 100)
        wire.ask(b"flush_all\r\n", b"OK\r\n")
        if pace.slow_factor == 1:
            pace.wait_until(lambda: server.resident_kib() - before < 24 * 1024, "the memory is given back")


# The heap's holes are too small for what comes: then fewer items are kept, and not more memory taken.
@pytest.mark.slow
def test_the_limit_holds_while_the_sizes_of_values_change(start):
    server = start("--memory-limit", "128m", "--when-full", "evict")
    with server.connect(within=120) as wire:
        for letter, size in (b"a", 100), (b"b", 1000), (b"c", 60), (b"d", 2000), (b"e", 9000), (b"f", 100), (b"g", 4000):
            fill_with(wire, letter, 200_000_000 // (size + 100) // 1000 * 1000, size)
            assert statistic(wire, b"bytes") >= 60 * mib
        print(f"{peak_kib(server) >> 10} MiB for a limit of 128")
        if pace.slow_factor == 1:
            assert peak_kib(server) < (128 * 5 // 4 + 24 + 32) * 1024


def redis_request(*words):
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def full_store(start, when_full):
    """1 MiB of items, and a redis:// listener beside memcache://."""
    server = start("--listen", "memcache://127.0.0.1:0", "--listen", "redis://127.0.0.1:0", "--memory-limit", "1m",
                   "--when-full", when_full)
    with server.connect() as wire:
        value = b"v" * 400
        for number in range(2500):
            wire.send(b"set fill:%d 0 0 %d noreply\r\n%s\r\n" % (number, len(value), value))
        wire.ask(b"mn\r\n", b"MN\r\n")
    return server


class Writers:
    """Clients that store what they can, on both protocols, until they are told to stop."""

    def __init__(self, server):
        self.stopped = threading.Event()
        self.threads = [threading.Thread(target=self.write, args=(server, listener)) for listener in (0, 0, 1)]

    def write(self, server, listener):
        value, number = b"w" * 3000, 0
        with server.connect(listener) as wire:
            while not self.stopped.is_set():
                number += 1
                key = b"writer:%d" % (number % 400)
                wire.send(redis_request(b"SET", key, value) if listener == 1 else b"set %s 0 0 3000\r\n%s\r\n" % (key, value))
                wire.read_line()

    def __enter__(self):
        for thread in self.threads:
            thread.start()

    def __exit__(self, *_):
        self.stopped.set()
        for thread in self.threads:
            thread.join()


def test_exec_is_carried_out_whole_on_a_full_cache_with_other_writers(start):
    server = full_store(start, "evict")
    long = b"v" * 20_000
    commands = [(b"INCR", b"c"), (b"APPEND", b"a", b"x" * 500), (b"SET", b"b", long), (b"RENAME", b"b", b"d"),
                (b"COPY", b"d", b"e", b"REPLACE"), (b"SETRANGE", b"f", b"20000", b"x"), (b"DEL", b"a", b"f")]
    flight = redis_request(b"MULTI") + b"".join(redis_request(*words) for words in commands) + redis_request(b"EXEC")
    with Writers(server), server.connect(1) as wire:
        for _ in range(pace.count(200)):
            wire.send(flight)
            wire.expect(b"+OK\r\n" + b"+QUEUED\r\n" * len(commands) + b"*7\r\n")
            assert int(wire.read_line()[1:]) >= 1
            assert int(wire.read_line()[1:]) >= 500
            wire.expect(b"+OK\r\n+OK\r\n:1\r\n:20001\r\n:2\r\n")
    with server.connect() as wire:
        assert statistic(wire, b"bytes") <= statistic(wire, b"limit_maxbytes")


def test_exec_on_a_full_store_that_refuses_does_all_or_nothing(start):
    server = full_store(start, "refuse")
    with server.connect(1) as wire, server.connect(1) as other:
        other.ask(redis_request(b"DEL", *[b"fill:%d" % number for number in range(100)]), b":100\r\n")
        outcomes = set()
        for number in range(300):
            wire.send(b"MULTI\r\nINCR c\r\nAPPEND a %s\r\nCOPY a b REPLACE\r\nEXEC\r\n" % (b"x" * 500))
            wire.expect(b"+OK\r\n")
            queued = [wire.read_line() for _ in range(3)]
            answer = wire.read_line()
            outcomes.add(answer)
            if answer == b"*3":
                assert [wire.read_line() for _ in range(3)] == [b":%d" % (number + 1), b":%d" % (500 * (number + 1)), b":1"]
                continue
            if queued == [b"+QUEUED"] * 3:
                assert answer == b"-EXECABORT Transaction discarded because of: OOM command not allowed when used memory > 'maxmemory'."
            break
        assert b"*3" in outcomes and len(outcomes) == 2, outcomes
        for key in (b"a", b"b"):
            other.ask(b"STRLEN %s\r\n" % key, b":%d\r\n" % (500 * number))
        other.ask(b"GET c\r\n", b"$%d\r\n%d\r\n" % (len(b"%d" % number), number))


def test_refuse_keeps_what_is_stored_and_works_again_after_a_delete(start):
    server = start("--memory-limit", "1m")
    value, stored = b"v" * 10_000, []
    with server.connect() as wire:
        while True:
            key = b"key:%d" % len(stored)
            wire.send(b"set %s 0 0 %d\r\n%s\r\n" % (key, len(value), value))
            if (answer := wire.read_line()) != b"STORED":
                break
            stored.append(key)
        assert answer == b"SERVER_ERROR out of memory storing object"
        assert len(stored) > 90
        for verb in (b"add", b"append", b"prepend", b"replace"):
            wire.ask(b"%s %s 0 0 %d\r\n%s\r\n" % (verb, stored[0], len(value), value), b"SERVER_ERROR out of memory storing object\r\n")
        for key in stored:
            wire.ask(b"get %s\r\n" % key, b"VALUE %s 0 %d\r\n%s\r\nEND\r\n" % (key, len(value), value))
        wire.ask(b"delete %s\r\n" % stored[0], b"DELETED\r\n")
        wire.ask(b"set new 0 0 %d\r\n%s\r\n" % (len(value), value), b"STORED\r\n")
        assert statistic(wire, b"evictions") == 0


def test_a_set_without_room_drops_what_it_would_have_replaced(start):
    server = start("--memory-limit", "1m")
    with server.connect() as wire:
        wire.ask(b"set page 0 0 3\r\nold\r\nset other 0 0 5\r\nother\r\n", b"STORED\r\nSTORED\r\n")
        wire.ask(b"set page 0 0 1048576\r\n%s\r\n" % (b"v" * 1_048_576), b"SERVER_ERROR out of memory storing object\r\n")
        wire.ask(b"get page other\r\n", b"VALUE other 0 5\r\nother\r\nEND\r\n")
        assert statistic(wire, b"store_no_memory") == 1
