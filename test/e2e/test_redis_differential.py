"""kvserver answers random commands as Debian's redis-server does. redis_commands.py lists what may differ.

Every run prints its seed; KV_SEED repeats one. As a program it looks longer:

    /usr/bin/python3 test_redis_differential.py [--commands N] [--seed S] [--most DIFFERENCES]

With --against-itself a second redis-server stands in for kvserver: a difference is then a fault of this test. When answers
differ, the shortest sequence of commands that still shows it is printed, and the exit status is 1.
"""

import argparse
import os
import re
import sys
import time

import pytest

import differential
import pace
import redis_blocking
import redis_collections
import redis_commands
from commands import render
from redis_replies import comparable_replies
from servers import KvServer, RedisServer

seed = int(os.environ.get("KV_SEED", time.time_ns() % 1_000_000_000))


class RedisSide(differential.Side):
    """A server that speaks Redis' protocol."""

    def answer(self, flight, space):
        """QUIT ends the flight: Redis forgets the replies it has not sent when its client just ends its input."""
        data = b"".join(render(unit, space, {}) for unit in flight) + b"*1\r\n$4\r\nQUIT\r\n"
        commands = [words.rendered(space) for unit in flight for words in unit] + [[b"QUIT"]]
        with self.connect() as wire:
            try:
                wire.send(data)
            except OSError:
                pass  # Closed before all was sent: what it said until then is compared.
            return comparable_replies(commands, wire.read_to_close())

    def begin(self):
        """Empties all databases, so that a batch depends on nothing before it."""
        with self.connect() as wire:
            wire.ask(b"FLUSHALL\r\n", b"+OK\r\n")


def redis_side():
    """With the limit that kvserver has for a value."""
    return RedisSide("redis", start=lambda: RedisServer("--proto-max-bulk-len", "1mb"))


def kvserver_side():
    return RedisSide("kvserver", start=lambda: KvServer("--listen", "redis://127.0.0.1:0"))


def assert_equal_answers(commands):
    sides = redis_side(), kvserver_side()
    try:
        found = differential.compare(*sides, pace.count(commands), seed, redis_commands.generator)
        assert not found, found[0]
        sides[1].server.assert_no_report()
    finally:
        for side in sides:
            side.stop()


def test_twenty_thousand_commands_are_answered_as_by_redis():
    assert_equal_answers(20_000)


@pytest.mark.slow
def test_a_hundred_thousand_commands_are_answered_as_by_redis():
    assert_equal_answers(100_000)


def calls(text):
    return [call.split() for call in text.split(";") if call.strip()]


def test_every_command_on_keys_of_every_type():
    sides, wrong = (redis_side(), kvserver_side()), []
    try:
        for call in calls(redis_collections.plain_calls):
            for hello in ("2", "3"):
                flight = [["hello", hello]]
                for key in "TLHSZN":
                    flight += [["flushall"], *calls(redis_collections.one_of_each), [key if word == "K" else word for word in call]]
                    flight += [["type", name] for name in "TLHSZN"]
                flight = [[redis_commands.Words(tuple(word.encode() for word in words))] for words in flight]
                answers = [side.answer(flight, b"") for side in sides]
                wrong += [(" ".join(call), hello, *pair) for pair in zip(*answers) if pair[0] != pair[1]][:1]
        sides[1].server.assert_no_report()
    finally:
        for side in sides:
            side.stop()
    assert not wrong


def reads_counted(server, call):
    """Hits and misses of a call, of keys of every type."""
    counted = []
    for key in "TLHSZN":
        requests = [["flushall"], *calls(redis_collections.one_of_each), ["config", "resetstat"],
                    [key if word == "K" else word for word in call], ["info", "stats"]]
        with server.connect() as wire:
            wire.send(b"".join(redis_blocking.request([word.encode() for word in words], {}) for words in [*requests, ["quit"]]))
            counted.append(re.findall(rb"keyspace_(?:hits|misses):\d+", wire.read_to_close()))
    return counted


counted_otherwise = {"copy": "Redis reads the source", "spop": "and a set that it empties"}


def test_reads_are_counted_as_by_redis():
    sides, wrong = (redis_side(), kvserver_side()), []
    try:
        for call in calls(redis_collections.plain_calls):
            counted = [reads_counted(side.server, call) for side in sides]
            if counted[0] != counted[1] and call[0] not in counted_otherwise:
                wrong.append((" ".join(call), *counted))
        sides[1].server.assert_no_report()
    finally:
        for side in sides:
            side.stop()
    assert not wrong


def assert_blocked_clients_equal(scenarios):
    sides = redis_side(), kvserver_side()
    try:
        found = redis_blocking.compare([side.server for side in sides], [side.name for side in sides], pace.count(scenarios), seed)
        assert not found, found
        sides[1].server.assert_no_report()
    finally:
        for side in sides:
            side.stop()


def test_blocked_clients_are_served_as_by_redis():
    assert_blocked_clients_equal(200)


@pytest.mark.slow
def test_blocked_clients_are_served_as_by_redis_two_thousand_times():
    assert_blocked_clients_equal(2000)


def test_a_planted_difference_is_found_and_shrunk():
    """The answer to STRLEN is changed on its way: the test must find that, and need no more than two commands to show it."""
    sides = redis_side(), redis_side()
    truth = sides[1].answer

    def lie(flight, space):
        names = [words.rendered(space)[0].lower() for unit in flight for words in unit]
        answers = truth(flight, space)
        return [b"(b':', b'7')" if name == b"strlen" and b"b':'" in answer else answer for name, answer in zip([*names, b""], answers)]

    sides[1].answer = lie
    try:
        found = differential.compare(*sides, 5_000, 1, redis_commands.generator)
        assert found and "strlen" in found[0].lower()
        assert found[0].split(" answers ")[0].count("b'*") + found[0].split(" answers ")[0].count('b"*') <= 2, found[0]
    finally:
        for side in sides:
            side.stop()


def test_a_planted_difference_among_blocked_clients_is_found_and_shrunk(monkeypatch):
    """To one of two Redis, BLPOP of several keys says BRPOP: a list of two elements and one waiter show that."""
    sides = redis_side(), redis_side()
    truth, liar = redis_blocking.Client.send, sides[1].address

    def lie(client, commands, ids):
        if client.wire.socket.getpeername() == liar:
            commands = [[b"brpop", *words[1:]] if words[0] == b"blpop" and len(words) > 3 else words for words in commands]
        truth(client, commands, ids)

    monkeypatch.setattr(redis_blocking.Client, "send", lie)
    try:
        found = redis_blocking.compare([side.server for side in sides], ["redis", "the liar"], 300, 1)
        assert found and "blpop" in found
        assert found.count(" sends ") <= 3, found
    finally:
        for side in sides:
            side.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--commands", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=seed)
    parser.add_argument("--blocking", type=int, metavar="SCENARIOS", help="compare so many scenarios of blocked clients instead")
    parser.add_argument("--against-itself", action="store_true", help="compare two redis-servers")
    parser.add_argument("--most", type=int, default=1, help="differences to look for before giving up")
    options = parser.parse_args()
    sides = redis_side(), redis_side() if options.against_itself else kvserver_side()
    try:
        if options.blocking:
            found = redis_blocking.compare([side.server for side in sides], [side.name for side in sides], options.blocking, options.seed)
            print(found or "no difference")
        else:
            found = differential.compare(*sides, options.commands, options.seed, redis_commands.generator,
                                         most_differences=options.most)
    finally:
        for side in sides:
            side.stop()
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
