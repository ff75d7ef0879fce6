"""Too many clients, too few descriptors, clients that vanish or fall silent: the others never notice."""

import re
import resource
import select
import socket
import statistics
import time

import pymemcache
import pytest

import pace


def is_back_at_start(server, clients=0):
    """No thread and no descriptor is left of the clients that have gone."""
    return (server.threads() <= server.threads_at_start + clients
            and server.descriptors() <= server.descriptors_at_start + clients)


def test_a_thousand_clients_half_of_which_vanish_leave_nothing_behind(start):
    clients = pace.count(1000, at_least=100)
    server = start("--max-clients", "2000")
    wires = [server.connect() for _ in range(clients)]
    for number, wire in enumerate(wires):
        wire.send(b"set k%d 0 0 1000\r\nhalf a value" % number if number % 2 else b"get k%d\r\n" % number)
    for wire in wires[::2]:
        wire.expect(b"END\r\n")
    for number, wire in enumerate(wires[1::2]):
        wire.vanish() if number % 2 else wire.close()
    pace.wait_until(lambda: server.threads() <= server.threads_at_start + (clients + 1) // 2, "the threads of those that vanished end")
    for wire in wires[::2]:
        assert wire.is_served()
        wire.close()
    pace.wait_until(lambda: is_back_at_start(server), "threads and descriptors are those of the start")
    with server.connect() as wire:
        assert wire.is_served()


def test_clients_that_come_and_go_leave_nothing_behind(server):
    for _ in range(pace.count(2000)):
        with server.connect() as wire:
            wire.send(b"get k\r\n")
            wire.expect(b"END\r\n")
    pace.wait_until(lambda: is_back_at_start(server), "threads and descriptors are those of the start")


def test_one_client_too_many_is_told_and_nobody_else_notices(start):
    server = start("--max-clients", "3")
    first = [server.connect() for _ in range(3)]
    assert all(wire.is_served() for wire in first)
    for _ in range(20):
        with server.connect() as refused:
            refused.expect_close(b"ERROR Too many open connections\r\n")
        with server.connect() as refused:
            refused.send(b"set k 0 0 1\r\nx\r\n")
            refused.expect_close(b"ERROR Too many open connections\r\n")
    assert all(wire.is_served() for wire in first)
    first.pop().close()
    pace.wait_until(lambda: is_taken(server), "there is room for one again")
    for wire in first:
        wire.ask(b"get k\r\n", b"END\r\n")
        wire.close()


def is_taken(server):
    """Whether a new client gets an answer to its question instead of a refusal."""
    with server.connect() as wire:
        try:
            wire.send(b"get nothing\r\n")
            return wire.read_line() == b"END"
        except (AssertionError, ConnectionError):
            return False


def test_the_limit_counts_the_clients_of_all_listeners(start):
    server = start("--listen", "memcache://127.0.0.1:0", "--listen", "memcache://127.0.0.1:0", "--max-clients", "1")
    with server.connect(0) as first:
        assert first.is_served()
        with server.connect(1) as second:
            second.expect_close(b"ERROR Too many open connections\r\n")


def start_short_of_descriptors(start):
    """A server that had enough for its clients when it started, and has not any more."""
    server = start("--max-clients", "500")
    resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (64, 64))
    return server


def test_without_descriptors_the_server_survives_and_serves_again(start):
    server = start_short_of_descriptors(start)
    wires = ask_all(server, 100)
    pace.wait_until(lambda: server.descriptors() >= 60 and len(answered(wires)) >= 40, "the descriptors are used up")
    served = answered(wires)
    assert len(served) < 64
    for wire in served:
        wire.expect(b"END\r\n")
        assert wire.is_served()
    for wire in served:
        wire.close()
    waiting = [wire for wire in wires if wire not in served]
    pace.wait_until(lambda: all_have_had_their_turn(waiting), "those who waited in the queue are served")
    with server.connect() as wire:
        assert wire.is_served()
    pace.wait_until(lambda: is_back_at_start(server), "no descriptor is lost")


def ask_all(server, number):
    wires = [server.connect() for _ in range(number)]
    for wire in wires:
        wire.send(b"get nothing\r\n")
    return wires


def all_have_had_their_turn(waiting):
    """Sees off whoever has been answered: more wait than there is room for at once."""
    for wire in answered(waiting):
        wire.close()
        waiting.remove(wire)
    return not waiting


def answered(wires):
    """Those of the clients for whom an answer, or a close, has arrived."""
    return [wire for wire in wires if select.select([wire.socket], [], [], 0)[0]]


def test_without_descriptors_the_server_neither_spins_nor_floods_the_log(start):
    server = start_short_of_descriptors(start)
    began = time.monotonic()
    wires = ask_all(server, 100)
    pace.wait_until(lambda: server.descriptors() >= 60 and len(answered(wires)) >= 40, "the descriptors are used up")
    before, later = server.cpu_seconds(), time.monotonic() + 2
    pace.wait_until(lambda: time.monotonic() > later, "two seconds pass")
    assert server.cpu_seconds() - before < 1, "the accept loop burns a processor"
    lines = re.findall("(?im)^.*(?:accept|descriptor|open files).*$", server.stderr())
    assert 1 <= len(lines) <= 2 + (time.monotonic() - began), "\n".join(lines)
    for wire in wires:
        wire.close()


def test_the_soft_limit_of_descriptors_is_raised_for_all_clients(start):
    server = start("--max-clients", "300", descriptors=(20, 4096))
    wires = ask_all(server, 300)
    for wire in wires:
        wire.expect(b"END\r\n")
        wire.close()
    assert "files" not in server.stderr()


def test_a_hard_limit_that_is_too_low_lowers_the_number_of_clients(start):
    server = start("--max-clients", "500", descriptors=(64, 64))
    assert " warning serves at most 32 clients, not 500: it may open no more than 64 files" in server.stderr()
    wires = ask_all(server, 32)
    for wire in wires:
        wire.expect(b"END\r\n")
    with server.connect() as one_more:
        one_more.expect_close(b"ERROR Too many open connections\r\n")
    for wire in wires:
        assert wire.is_served()
        wire.close()


@pytest.mark.skipif(pace.slow_factor > 1, reason="a sanitizer needs more addresses than there are")
def test_values_for_which_the_machine_has_no_memory_are_refused_and_what_is_deleted_makes_room(start):
    block = b"1000000\r\n" + b"x" * 1_000_000 + b"\r\n"
    server = start("--memory-limit", "0", address_space=500 << 20)
    with server.connect(within=60) as wire:
        stored, refused = [], 0
        while refused < 10:
            wire.send(b"set k%d 0 0 " % len(stored) + block)
            if (reply := wire.read_line()) == b"STORED":
                stored.append(len(stored))
            else:
                assert reply == b"SERVER_ERROR out of memory storing object"
                refused += 1
        assert len(stored) > 100
        wire.ask(b"get k0\r\n", b"VALUE k0 0 " + block + b"END\r\n")
        for number in stored[1:]:
            wire.ask(b"delete k%d\r\n" % number, b"DELETED\r\n")
        wire.ask(b"set k1 0 0 " + block, b"STORED\r\n")
        assert wire.is_served()


def first_line_or_close(wire):
    try:
        return wire.read_line()
    except (AssertionError, ConnectionResetError):
        return b""


@pytest.mark.skipif(pace.slow_factor > 1, reason="a sanitizer needs more addresses than there are")
def test_clients_for_whom_there_is_no_thread_are_told_and_the_others_never_notice(start):
    server = start("--max-clients", "5000", address_space=150 << 20)
    with server.connect() as first:
        assert first.is_served()
        crowd = [server.connect(within=60) for _ in range(800)]
        for wire in crowd:
            wire.send(b"get nothing\r\n")
        answers = [first_line_or_close(wire) for wire in crowd]
        assert set(answers) <= {b"END", b"ERROR Too many open connections", b""}  # the last: a thread, but no memory
        assert answers.count(b"END") > 100 and b"ERROR Too many open connections" in answers
        for wire in crowd:
            wire.close()
        assert first.is_served()
    pace.wait_until(lambda: is_taken(server), "there is room for one again")


def test_a_client_that_sends_nothing_is_closed_after_the_idle_timeout(start):
    server = start("--idle-timeout", "1")
    with server.connect() as silent, server.connect() as busy:
        silent.is_served()
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            assert busy.is_served()
            time.sleep(0.1)
        silent.expect_close()
        assert busy.is_served()
        busy.expect_close()


def test_a_request_that_never_ends_is_closed_after_the_request_timeout(start):
    server = start("--request-timeout", "1")
    for half in (b"get", b"set k 0 0 5\r\nhel", b"set k 0 0 2000000\r\nhel"):
        with server.connect() as good_client, server.connect() as slow:
            slow.send(half)
            answer = slow.read_to_close()
            assert answer == b"" or answer.split(b" ")[0].endswith(b"ERROR"), answer
            assert good_client.is_served()


def test_so_is_one_that_stops_amid_a_request_once_it_was_idle_for_too_long(start):
    server = start("--idle-timeout", "1", "--request-timeout", "600")
    with server.connect() as slow:
        slow.send(b"set k 0 0 2000\r\nhel")
        slow.expect_close()


def test_a_byte_now_and_then_does_not_stretch_the_request_timeout(start):
    server = start("--request-timeout", "1")
    with server.connect() as slow:
        slow.send(b"set k 0 0 100000\r\n")
        assert was_closed_while_dripping(slow)


def was_closed_while_dripping(wire):
    end = time.monotonic() + pace.seconds(10)
    while time.monotonic() < end:
        try:
            wire.send(b"x")
        except (BrokenPipeError, ConnectionResetError):
            return True
        time.sleep(0.05)
    return False


def test_no_request_in_progress_is_no_reason_to_close(start):
    server = start("--request-timeout", "1")
    with server.connect() as quiet:
        quiet.is_served()
        began = time.monotonic()
        pace.wait_until(lambda: time.monotonic() - began > 1.5, "longer than the request timeout")
        assert quiet.is_served()


def test_a_reply_nobody_takes_is_given_up_after_the_request_timeout(start):
    server = start("--request-timeout", "1")
    with server.connect() as deaf, server.connect() as good_client:
        good_client.ask(b"set k 0 0 1000000\r\n" + b"x" * 1_000_000 + b"\r\n", b"STORED\r\n")
        deaf.send(b"get k\r\n" * 50)
        pace.wait_until(lambda: server.threads() <= server.threads_at_start + 1, "the deaf client is given up")
        assert good_client.is_served()


# Clients that write all they have before they read


value = b"v" * 1000
pairs = 20_000  # of a set and a get: more, both ways, than the buffers of both ends hold
dialects = {
    "memcache": (b"set k 0 0 1000\r\n%s\r\nget k\r\n", b"STORED\r\nVALUE k 0 1000\r\n%s\r\nEND\r\n"),
    "redis": (b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1000\r\n%s\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", b"+OK\r\n$1000\r\n%s\r\n"),
    "miniredis": (b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1000\r\n%s\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", b":1\r\n$1000\r\n%s\r\n"),
    "simple": (b"set k 1000\r\n%sget k\r\n", b"STORED\r\n%s"),
}


def fill(server, listener):
    """Stores more than it can hold."""
    with server.connect(listener, within=20) as wire:
        for first in range(0, 8000, 1000):
            wire.send(b"".join(b"set fill%d 0 0 9000 noreply\r\n%s\r\n" % (first + n, value * 9) for n in range(1000)))
        wire.ask(b"mn\r\n", b"MN\r\n")


@pytest.mark.parametrize("is_full", [False, True], ids=["empty", "full"])
@pytest.mark.parametrize("scheme", dialects)
def test_a_pipeline_may_be_written_whole_before_the_first_reply_is_read(start, scheme, is_full):
    request, reply = (text % value for text in dialects[scheme])
    server = start("--listen", f"{scheme}://127.0.0.1:0", "--listen", "memcache://127.0.0.1:0",
                   "--memory-limit", "64m", "--when-full", "evict")
    if is_full:
        fill(server, listener=1)
    with server.connect(within=20) as wire:
        wire.send(request * pairs)
        wire.end_of_input()
        wire.expect_close(reply * pairs)


def does_not_read(server):
    return len(re.findall("closed: the peer does not read", server.stderr()))


@pytest.mark.parametrize("when_full", ["refuse", "evict"])
def test_clients_that_never_read_stay_within_the_memory_limit_and_cost_no_item(start, when_full):
    clients, limit_kib, size = pace.count(200, at_least=20), 64 << 10, 100_000
    server = start("--memory-limit", "64m", "--request-timeout", "3", "--when-full", when_full)
    before = server.resident_kib()
    with server.connect() as good_client:
        for number in range(400):
            good_client.ask(b"set k%d 0 0 %d\r\n" % (number, size) + b"x" * size + b"\r\n", b"STORED\r\n")
        deaf = [server.connect() for _ in range(clients)]
        most = send_until_closed(server, deaf)
        assert does_not_read(server) == clients
        for number in range(400):
            good_client.ask(b"get k%d\r\n" % number, b"VALUE k%d 0 %d\r\n" % (number, size) + b"x" * size + b"\r\nEND\r\n")
    if pace.slow_factor == 1:
        assert most - before < limit_kib + 30 * clients  # and their threads


def send_until_closed(server, wires):
    """All of them ask for more whenever they can and read nothing. Returns the most memory the server had meanwhile, in KiB."""
    most, left = 0, list(wires)
    for wire in wires:
        wire.socket.setblocking(False)

    def are_gone():
        nonlocal most, left
        left = [wire for wire in left if takes_more(wire)]
        most = max(most, server.resident_kib())
        return not left

    pace.wait_until(are_gone, "they are all closed")
    for wire in wires:
        wire.close()
    return most


def takes_more(wire):
    try:
        wire.socket.send(b"get k7\r\n" * 1000)
    except BlockingIOError:
        pass
    except ConnectionError:
        return False
    return True


# Clients that write a request in two pieces, and whose kernel waits with the second until the first is acknowledged


def usual_milliseconds(action):
    times = []
    for _ in range(31):
        began = time.monotonic()
        action()
        times.append((time.monotonic() - began) * 1000)
    return statistics.median(times)


def test_a_request_in_two_pieces_does_not_wait_for_a_delayed_acknowledgement(server):
    delayed = 40

    def set_in_two_pieces():
        wire.send(b"set k 0 0 5\r\n")
        wire.ask(b"hello\r\n", b"STORED\r\n")

    with server.connect() as wire:
        wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 0)
        assert usual_milliseconds(set_in_two_pieces) < delayed


def test_nor_does_a_request_behind_one_that_asks_for_no_reply(server):
    delayed = 40
    client = pymemcache.Client(server.address, no_delay=False)

    def set_and_get():
        client.set("k", "hello")  # pymemcache asks for no reply unless told otherwise
        assert client.get("k") == b"hello"

    assert usual_milliseconds(set_and_get) < delayed
    client.close()
