#!/usr/bin/python3
"""Sends the same random commands to two servers and compares their answers byte for byte.

    differential.py [--a SERVER] [--b SERVER] [--commands N] [--seed S] [--meta] [--splits]

SERVER is `memcached`, `kvserver` (both started here) or HOST:PORT. When answers differ, the shortest sequence of commands
that still shows it is printed, and the exit status is 1. With --splits only A is asked: the same bytes whole, byte by byte,
cut once at every place and cut at random must get the same answer.

replies.py says what is not compared, classic_commands.py and meta_commands.py what is not generated, and why.
"""

import argparse
import random
import sys
import tempfile
import time

import classic_commands
import meta_commands
import splits
from commands import name_space, render, request
from replies import Normaliser
from servers import KvServer, Memcached, MemcachedOnUnixSocket
from wire import Wire


class Side:
    """One of the two servers, and the cas numbers it has given out in this batch.

    `start` starts the server, or starts another one when it has died, and returns it: a command that kills the server
    must not keep us from finding the shortest way to it.
    """

    def __init__(self, name, address=None, start=None):
        self.name = name
        self.start = start
        self.server = start() if start else None
        self.address = address or self.server.address
        self.normalise = Normaliser()

    def connect(self):
        try:
            return Wire(self.address, within=30)
        except ConnectionRefusedError:
            if not self.start:
                raise
        self.renew()
        return Wire(self.address, within=30)

    def renew(self):
        """Another server in its place, with nothing in its memory; if we may start one."""
        if self.start:
            self.server.kill()
            self.server = self.start()
            self.address = self.server.address

    def begin(self):
        """Another batch: what was given out before is not asked for again."""
        self.normalise = Normaliser()

    def answer(self, flight, space):
        """Sends a flight on a connection of its own and returns everything the server says until it closes."""
        data = request(flight, space, self.normalise.cas_of_key)
        with self.connect() as wire:
            try:
                wire.send(data)
                wire.end_of_input()
            except OSError:
                pass  # Closed before all was sent: what it said until then is compared.
            return self.normalise(wire.read_to_close())

    def stop(self):
        if self.server:
            self.server.stop()
            self.server.kill()


class Differential:
    """Plays batches to both sides. Each batch has its own keys, so any part of it can be played again alone."""

    def __init__(self, a, b):
        self.sides = a, b
        self.spaces = 0

    def first_difference(self, batch):
        """(number of the flight, answer of A, answer of B), or None when the sides agree on the whole batch."""
        self.spaces += 1
        space = name_space(self.spaces)
        for side in self.sides:
            side.begin()
        for number, flight in enumerate(batch):
            if not flight:
                continue
            answers = [side.answer(flight, space) for side in self.sides]
            if answers[0] != answers[1]:
                return number, *answers
        return None

    def lasting_difference(self, batch):
        """What differs each of three times, with a new A. memcached's clock ticks once a second, and what a tick between two
        commands changes does not show again; nor does what it reads behind a number's end, which older values have left there."""
        difference = None
        for _ in range(3):
            self.sides[0].renew()
            difference = self.first_difference(batch)
            if not difference:
                break
        return difference

    def shrink(self, batch):
        """The fewest commands that still show a difference: takes away flights, then runs of commands, then single ones."""
        difference = self.first_difference(batch)
        if difference is None:
            return batch
        batch = batch[: difference[0] + 1]
        size = max(len(batch), *(len(flight) for flight in batch))
        while size:
            shorter = self.without_some(batch, size)
            if shorter is None:
                size //= 2
            else:
                batch = shorter
        return [flight for flight in batch if flight]

    def without_some(self, batch, size):
        for number, flight in enumerate(batch):
            for start in range(0, len(flight), size):
                candidate = batch[:number] + [flight[:start] + flight[start + size :]] + batch[number + 1 :]
                if self.first_difference(candidate):
                    return candidate
        return None


def describe(differential, batch):
    """The commands, and the first place where the answers part."""
    difference = differential.first_difference(batch)
    if difference is None:
        return "the difference does not show again: it depends on time or on earlier batches"
    lines = []
    for number, flight in enumerate(batch):
        lines.append(f"connection {number + 1} sends")
        lines += [f"    {shorten(render(command, b'', {}))}" for command in flight]
    for side, answer in zip(differential.sides, difference[1:]):
        lines.append(f"{side.name} answers connection {difference[0] + 1} with")
        lines += [f"    {shorten(part)}" for part in answer] or ["    nothing"]
    return "\n".join(lines)


def shorten(data):
    return f"{data[:120]!r}... ({len(data)} bytes)" if len(data) > 160 else repr(data)


def compare(a, b, commands, seed, generator=classic_commands.generator, report=print, most_differences=1):
    """Plays about `commands` commands. Returns the descriptions of the differences found, at most `most_differences`."""
    report(f"differential: {commands} commands, seed {seed}, {a.name} against {b.name}")
    generate = generator(random.Random(seed))
    differential, played, passing, found = Differential(a, b), 0, 0, []
    began = time.monotonic()
    while played < commands and len(found) < most_differences:
        batch = generate.batch()
        played += sum(len(flight) for flight in batch)
        if not differential.first_difference(batch):
            continue
        if differential.lasting_difference(batch):
            found.append(describe(differential, differential.shrink(batch)))
            report(f"difference after {played} commands:\n{found[-1]}\n")
            continue
        passing += 1
        report(f"difference after {played} commands that does not show again")
        if passing > most_passing(time.monotonic() - began):
            found.append(f"{passing} differences in {played} commands, none of which shows again: more than a clock explains")
    return found


def most_passing(seconds):
    """How many differences the ticks of a clock may make in this time; a server that answers by chance makes more."""
    return 3 + seconds / 4


def side_of(name, on_unix_socket=False):
    """A side by its name on the command line."""
    if name == "memcached":
        return Side(name, start=MemcachedOnUnixSocket if on_unix_socket else Memcached)
    if name == "kvserver":
        return Side(name, start=kvserver_on_unix_socket if on_unix_socket else KvServer)
    host, port = name.rsplit(":", 1)
    return Side(name, (host, int(port)))


def kvserver_on_unix_socket():
    folder = tempfile.TemporaryDirectory()
    server = KvServer("--listen", f"memcache+unix://{folder.name}/kvserver")
    server.folder = folder
    return server


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--a", default="memcached")
    parser.add_argument("--b", default="kvserver")
    parser.add_argument("--commands", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000_000)
    parser.add_argument("--meta", action="store_true")
    parser.add_argument("--splits", action="store_true")
    parser.add_argument("--most", type=int, default=1, help="differences to look for before giving up")
    options = parser.parse_args()
    generator = (meta_commands if options.meta else classic_commands).generator
    sides = [side_of(options.a, on_unix_socket=options.splits)]
    try:
        if options.splits:
            found = splits.compare(*sides, options.commands, options.seed, generator)
        else:
            sides.append(side_of(options.b))
            found = compare(*sides, options.commands, options.seed, generator, most_differences=options.most)
    finally:
        for side in sides:
            side.stop()
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
