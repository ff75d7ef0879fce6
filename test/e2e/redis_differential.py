#!/usr/bin/python3
"""Sends the same random commands to Debian's redis-server and to kvserver and compares their answers.

    redis_differential.py [--commands N] [--seed S] [--most DIFFERENCES]

When answers differ, the shortest sequence of commands that still shows it is printed, and the exit status is 1.
redis_commands.py says what is not generated, and why: the list of allowed differences.
"""

import argparse
import sys
import time

import differential
import redis_commands
from commands import render
from redis_replies import comparable_replies
from servers import KvServer, RedisServer


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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--commands", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000_000)
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
