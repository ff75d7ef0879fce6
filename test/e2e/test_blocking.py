"""Many clients that block at once: each element is delivered once or still stored, who came first is served first, and
nobody stays blocked. KV_TARGET=redis runs this against Debian's redis-server.
"""

import os
import random
import re
import signal
import threading

import pytest

import pace
from redis_blocking import request as bytes_of
from servers import KvServer, RedisServer
from wire import Wire

KEYS, WAITERS, PUSHERS = 20, 200, 4
EXACT_KEYS = 15
"""Clients that hang up wait for the keys behind these only: what a server has just sent to one that is gone is lost."""


class Caller:
    """A client that asks and reads one answer at a time."""

    def __init__(self, address, within=60):
        self.wire = Wire(address, within=within)
        self.id = self.ask(b"CLIENT", b"ID")

    def send(self, *words):
        self.wire.send(bytes_of(words, {}))

    def ask(self, *words):
        self.send(*words)
        return self.answer()

    def answer(self):
        """bytes, an int, a list or None; an error is bytes that begin with a minus sign."""
        line = self.wire.read_line()
        kind, rest = line[:1], line[1:]
        if kind in b"*$" and int(rest) < 0:
            return None
        if kind == b"*":
            return [self.answer() for _ in range(int(rest))]
        if kind == b"$":
            return self.wire.read_exactly(int(rest) + 2)[:-2]
        return int(rest) if kind == b":" else line

    def info(self, field):
        return int(re.search(rb"%s:(\d+)" % field, self.ask(b"INFO"))[1])

    def close(self):
        self.wire.close()


def start_server(redis=(), kvserver=()):
    """Either of the two with its own spelling of the same options."""
    if os.environ.get("KV_TARGET") == "redis":
        return RedisServer(*redis)
    return KvServer("--listen", "redis://127.0.0.1:0", "--max-clients", "1000", *kvserver)


@pytest.fixture
def queues(request):
    server = start_server(**getattr(request, "param", {}))
    try:
        yield server
        server.stop()
    finally:
        server.kill()


class Waiter(threading.Thread):
    """Pops from up to three queues, with timeouts of 1 to 5 ms or for ever, until all is over; now and then it hangs up."""

    def __init__(self, trial, number):
        super().__init__()
        self.trial, self.random = trial, random.Random(number)
        self.hangs_up = number % 4 == 0
        self.delivered, self.hang_ups, self.unblocked, self.faults = [], 0, 0, []
        self.caller = Caller(trial.address)

    def run(self):
        try:
            while not self.trial.is_over.is_set():
                keys = range(EXACT_KEYS, KEYS) if self.hangs_up else range(EXACT_KEYS)
                names = [b"q%d" % key for key in self.random.sample(keys, self.random.randint(1, 3))]
                timeout = self.random.choice([b"0", b"0.001", b"0.002", b"0.005"])
                self.caller.send(b"BLPOP", *names, timeout)
                if self.hangs_up and self.random.random() < 0.05:
                    self.hang_up()
                else:
                    self.take(self.caller.answer())
        except Exception as fault:  # told by the test, which would otherwise wait for this thread's elements
            self.faults.append(repr(fault))

    def take(self, answer):
        if isinstance(answer, list):
            self.delivered.append(tuple(answer))
        elif answer is not None and not answer.startswith(b"-UNBLOCKED"):
            self.faults.append(answer)
        else:
            self.unblocked += answer is not None

    def hang_up(self):
        """What was sent before the server saw it is still read, and counts."""
        self.hang_ups += 1
        self.caller.wire.end_of_input()
        try:
            self.take(self.caller.answer())
        except (AssertionError, OSError):
            pass
        self.caller.close()
        self.caller = Caller(self.trial.address)


class Trial:
    def __init__(self, address, elements, seed):
        self.address, self.elements, self.random, self.is_over = address, elements, random.Random(seed), threading.Event()
        self.pushed, self.refused = {key: [] for key in range(KEYS)}, []
        self.waiters = [Waiter(self, seed + number) for number in range(WAITERS)]
        self.pushers = [threading.Thread(target=self.push, args=(number, random.Random(seed - number))) for number in range(PUSHERS)]

    def push(self, number, draw):
        """One pusher a key, so that the numbers it pushes come in order."""
        caller, left = Caller(self.address), self.elements // PUSHERS
        while left > 0:
            key, count = draw.randrange(number, KEYS, PUSHERS), draw.randint(1, 3)
            elements = [b"%d" % (len(self.pushed[key]) + place) for place in range(count)]
            self.pushed[key] += elements
            pushing = (b"RPUSH", b"q%d" % key, *elements)
            if draw.random() < 0.3:
                caller.wire.send(b"".join(bytes_of(words, {}) for words in ([b"MULTI"], pushing, [b"LLEN", b"none"], [b"EXEC"])))
                length, _ = ([caller.answer() for _ in range(4)][-1] or [None, None])[:2]
            else:
                length = caller.ask(*pushing)
            self.refused += [] if isinstance(length, int) else [length]
            left -= count
        caller.close()

    def unblock_some(self, caller):
        waiter = self.random.choice(self.waiters)
        caller.ask(b"CLIENT", b"UNBLOCK", b"%d" % waiter.caller.id, self.random.choice([b"TIMEOUT", b"ERROR"]))

    def run(self):
        caller = Caller(self.address)
        for thread in self.waiters + self.pushers:
            thread.start()
        while any(pusher.is_alive() for pusher in self.pushers):
            self.unblock_some(caller)
        self.is_over.set()
        while any(waiter.is_alive() for waiter in self.waiters):
            self.unblock_some(caller)
        for waiter in self.waiters:
            waiter.join()
            waiter.caller.close()
        caller.close()


def test_every_element_is_delivered_once_or_still_stored(queues):
    trial = Trial(queues.address, pace.count(6000), seed=random.randrange(10**9))
    trial.run()
    control = Caller(queues.address)
    assert not trial.refused
    assert not [fault for waiter in trial.waiters for fault in waiter.faults]
    delivered = [pair for waiter in trial.waiters for pair in waiter.delivered]
    assert len(delivered) == len(set(delivered)), "an element was delivered twice"
    lost = 0
    for key, pushed in trial.pushed.items():
        name = b"q%d" % key
        stored = control.ask(b"LRANGE", name, b"0", b"-1")
        taken = {element for queue, element in delivered if queue == name}
        assert stored == pushed[len(pushed) - len(stored) :], "what is left is what came last"
        assert not taken & set(stored)
        missing = set(pushed) - taken - set(stored)
        assert not missing or key >= EXACT_KEYS, f"{name} lost {missing}"
        lost += len(missing)
    assert lost <= sum(waiter.hang_ups for waiter in trial.waiters)
    for waiter in trial.waiters:
        for key in range(KEYS):
            numbers = [int(element) for queue, element in waiter.delivered if queue == b"q%d" % key]
            assert numbers == sorted(numbers), "a client was given a later element first"
    assert sum(waiter.unblocked for waiter in trial.waiters) > 0
    pace.wait_until(lambda: control.info(b"blocked_clients") == 0, "nobody is blocked")
    pace.wait_until(lambda: control.info(b"connected_clients") == 1, "all who hung up are gone")
    control.close()


def queue_up(server, number, *words):
    """Clients that have begun to wait one after the other."""
    control, callers = Caller(server.address), []
    for _ in range(number):
        callers.append(Caller(server.address))
        callers[-1].send(*words)
        pace.wait_until(lambda: control.info(b"blocked_clients") == len(callers), "the next one is blocked")
    return control, callers


def test_who_came_first_is_served_first(queues):
    control, callers = queue_up(queues, 200, b"BLPOP", b"q", b"0")
    elements = [b"%d" % number for number in range(200)]
    assert control.ask(b"RPUSH", b"q", *elements[:100]) == 100
    control.ask(b"MULTI")
    for first, behind in ((100, 130), (130, 199)):
        control.ask(b"RPUSH", b"q", *elements[first:behind])
    assert control.ask(b"EXEC") == [30, 99]
    assert control.ask(b"RPUSH", b"q", elements[199], b"left over") == 2
    assert [caller.answer() for caller in callers] == [[b"q", element] for element in elements]
    assert control.ask(b"LRANGE", b"q", b"0", b"-1") == [b"left over"]
    for caller in [control, *callers]:
        caller.close()


def test_who_is_killed_or_hangs_up_with_requests_unread_takes_nothing(queues):
    control, callers = queue_up(queues, 2, b"BLPOP", b"q", b"0")
    for caller in callers:
        caller.send(b"SET", b"seen", b"1")
    assert control.ask(b"CLIENT", b"KILL", b"ID", b"%d" % callers[0].id) == 1
    assert callers[0].wire.read_to_close() == b""
    callers[1].close()
    pace.wait_until(lambda: control.info(b"blocked_clients") == 0, "both are gone")
    assert control.ask(b"RPUSH", b"q", b"element") == 1
    assert control.ask(b"EXISTS", b"seen") == 0
    callers[0].close()
    control.close()


@pytest.mark.parametrize("queues", [{"redis": ("--timeout", "1"), "kvserver": ("--idle-timeout", "1", "--request-timeout", "1")}], indirect=True)
def test_who_waits_is_not_idle(queues):
    caller = Caller(queues.address)
    assert caller.ask(b"BLPOP", b"q", b"2.5") is None
    assert caller.ask(b"PING") == b"+PONG"
    spent = re.search(rb"cmdstat_blpop:calls=1,usec=(\d+)", caller.ask(b"INFO", b"COMMANDSTATS"))
    assert int(spent[1]) < 1_000_000, "what a client waits for others is not its command's time"
    caller.close()


def test_sigterm_ends_the_server_in_time_with_five_hundred_blocked_clients(queues):
    number = pace.count(500, at_least=100)
    control, callers = queue_up(queues, number, b"BLPOP", b"q", b"other", b"0")
    queues.signal(signal.SIGTERM)
    assert queues.wait(within=8) == 0
    for caller in callers:
        caller.wire.expect_close()
        caller.close()
    control.close()
