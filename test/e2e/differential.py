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
    """One of the two servers, and the cas numbers it has given out in this batch."""

    def __init__(self, name, address):
        self.name = name
        self.address = address
        self.normalise = Normaliser()

    def answer(self, flight, space):
        """Sends a flight on a connection of its own and returns everything the server says until it closes."""
        data = request(flight, space, self.normalise.cas_of_key)
        with Wire(self.address, within=30) as wire:
            try:
                wire.send(data)
                wire.end_of_input()
            except (BrokenPipeError, ConnectionResetError, OSError):
                pass  # Closed before all was sent: what it said until then is compared.
            return self.normalise(wire.read_to_close())


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
            side.normalise = Normaliser()
        for number, flight in enumerate(batch):
            if not flight:
                continue
            answers = [side.answer(flight, space) for side in self.sides]
            if answers[0] != answers[1]:
                return number, *answers
        return None

    def shrink(self, batch):
        """The fewest commands that still show a difference: takes away flights, then runs of commands, then single ones."""
        batch = batch[: self.first_difference(batch)[0] + 1]
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
    differential, played, found = Differential(a, b), 0, []
    while played < commands and len(found) < most_differences:
        batch = generate.batch()
        played += sum(len(flight) for flight in batch)
        if differential.first_difference(batch):
            found.append(describe(differential, differential.shrink(batch)))
            report(f"difference after {played} commands:\n{found[-1]}\n")
    return found


def started(name):
    """A server by its name on the command line: (side, what to stop at the end)."""
    if name == "memcached" or name == "kvserver":
        server = Memcached() if name == "memcached" else KvServer()
        return Side(name, server.address), server
    host, port = name.rsplit(":", 1)
    return Side(name, (host, int(port))), None


def started_on_unix_socket(name):
    """The same, on a unix socket in a folder of its own."""
    if name == "memcached":
        server = MemcachedOnUnixSocket()
    else:
        folder = tempfile.TemporaryDirectory()
        server = KvServer("--listen", f"memcache+unix://{folder.name}/kvserver")
        server.folder = folder
    return Side(name, server.address), server


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
    a, a_server = (started_on_unix_socket if options.splits else started)(options.a)
    b, b_server = (None, None) if options.splits else started(options.b)
    try:
        if options.splits:
            found = splits.compare(a, options.commands, options.seed, generator)
        else:
            found = compare(a, b, options.commands, options.seed, generator, most_differences=options.most)
    finally:
        for server in (a_server, b_server):
            if server:
                server.stop()
                server.kill()
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
