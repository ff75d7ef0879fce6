"""kvserver answers random commands as Debian's redis-server does. redis_commands.py lists what may differ.

Every run prints its seed; KV_SEED repeats one. As a program it looks longer:

    /usr/bin/python3 test_redis_differential.py [--commands N] [--seed S] [--most DIFFERENCES]

When answers differ, the shortest sequence of commands that still shows it is printed, and the exit status is 1.
"""

import argparse
import os
import sys
import time

import pytest

import differential
import pace
import redis_commands
from commands import render
from redis_replies import comparable_replies
from servers import KvServer, RedisServer

seed = int(os.environ.get("KV_SEED", time.time_ns() % 1_000_000_000))


class RedisSide(differential.Side):
    """A server that speaks Redis' protocol."""

    def answer(self, flight, space):
        """QUIT ends the flight: Redis forgets the replies it has not sent when its client just ends its input."""
        data = b"".join(render(command, space, {}) for command in flight) + b"*1\r\n$4\r\nQUIT\r\n"
        names = [command[0].rendered(space)[0] for command in flight] + [b"quit"]
        with self.connect() as wire:
            try:
                wire.send(data)
            except OSError:
                pass  # Closed before all was sent: what it said until then is compared.
            return comparable_replies(names, wire.read_to_close())


def redis_side():
    """One database, and the limit that kvserver has for a value."""
    return RedisSide("redis", start=lambda: RedisServer("--databases", "1", "--proto-max-bulk-len", "1mb"))


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


def test_a_planted_difference_is_found_and_shrunk():
    """The answer to STRLEN is changed on its way: the test must find that, and need no more than two commands to show it."""
    sides = redis_side(), redis_side()
    truth = sides[1].answer

    def lie(flight, space):
        names = [command[0].rendered(space)[0].lower() for command in flight]
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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--commands", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=seed)
    parser.add_argument("--most", type=int, default=1, help="differences to look for before giving up")
    options = parser.parse_args()
    sides = redis_side(), kvserver_side()
    try:
        found = differential.compare(*sides, options.commands, options.seed, redis_commands.generator,
                                     most_differences=options.most)
    finally:
        for side in sides:
            side.stop()
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
