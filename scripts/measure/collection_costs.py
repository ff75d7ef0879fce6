"""What lists, hashes, sets and sorted sets cost on redis:// beside Redis: speed, a queue, memory, and the DEL of a long list.

    KV_PEERS=build/peers /usr/bin/python3 -B scripts/measure/collection_costs.py [--only speed] [--rounds 5] [--quick]

The servers take turns within a round; ratios are kvserver's figure to Redis', taken within rounds, of which the median is printed.
Stop other work first, and compare ratios only."""

import argparse
import concurrent.futures
import csv
import os
import pathlib
import statistics
import subprocess
import sys
import time

from loads import Failure, Programs, Server, kvserver_command, redis_command, rotated
from stage import Background, Bystander, Connection, resp, set_keys

TESTS = "lpush,rpush,lpop,rpop,sadd,hset,spop,zadd,zpopmin,lrange_100,lrange_600"
CLIENTS, PIPELINES = 50, (1, 16)
AT_ONCE = 1000  # elements a request when a collection is filled


class Peer(Server):
    """One of the two, with room for a million of anything."""

    COMMANDS = {"kvserver": ("kvserver (RESP)", kvserver_command, ("--memory-limit=4g",)), "redis": ("redis", redis_command, ())}

    def __init__(self, programs, name):
        configuration, command, options = self.COMMANDS[name]
        super().__init__(programs, configuration, options)
        self.ports = {self.scheme: self.port}


class Costs:
    """Runs rows: name of a figure -> {server: figures of the rounds}."""

    def __init__(self, programs, servers, rounds, quick):
        self.programs, self.servers, self.rounds, self.quick = programs, servers, rounds, quick

    def count(self, number):
        return max(AT_ONCE, number // 50) if self.quick else number

    def measure(self, work, rounds=None):
        """work(server) -> {name: figure}, once a round on a fresh server of each name."""
        found = {}
        for number in range(rounds or self.rounds):
            for name in rotated(self.servers, number):
                with Peer(self.programs, name) as server:
                    for row, figure in work(server).items():
                        found.setdefault(row, {}).setdefault(name, []).append(figure)
        return found

    def benchmark(self, server, *arguments):
        """[(test, requests a second)] as redis-benchmark says."""
        command = [self.programs.path("redis-benchmark"), "-h", "127.0.0.1", "-p", str(server.port), "--csv", *map(str, arguments)]
        answer = subprocess.run(command, env=self.programs.environment(), capture_output=True, text=True)
        rows = [row for row in csv.reader(answer.stdout.splitlines()) if len(row) > 1 and row[0] != "test"]
        if answer.returncode or not rows:
            raise Failure(f"redis-benchmark: {(answer.stderr or answer.stdout).strip()[-200:]}")
        return [(row[0].split(" (")[0], float(row[1])) for row in rows if "needed to benchmark" not in row[0]]

    # --- the rows -------------------------------------------------------------------------------------------------

    def speed(self):
        found = {}
        for pipeline in PIPELINES:
            found |= self.measure(lambda server, pipeline=pipeline: {
                f"{test} x{pipeline}, requests/s": rate for test, rate in self.benchmark(
                    server, "-c", CLIENTS, "-P", pipeline, "-n", self.count(50_000), "-r", 100_000, "-d", 16, "-t", TESTS)})
        return found

    def queue(self):
        return self.measure(self.pushed_and_popped, rounds=min(self.rounds, 3))

    def pushed_and_popped(self, server):
        elements = self.count(1_000_000)
        began = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor() as pool:
            popping = pool.submit(self.benchmark, server, "-c", CLIENTS, "-n", elements, "BLPOP", "q", 0)
            self.benchmark(server, "-c", 8, "-n", elements, "RPUSH", "q", "x" * 16)
            popping.result()
        return {f"queue of {elements:,} through BLPOP, elements/s": elements / (time.monotonic() - began)}

    def memory(self):
        found = {}
        for name, elements, commands in (
                ("list", 1_000_000, lambda numbers: [resp("RPUSH", "k", *map(word, numbers))]),
                ("set", 1_000_000, lambda numbers: [resp("SADD", "k", *map(word, numbers))]),
                ("hash", 1_000_000, lambda numbers: [resp("HSET", "k", *(word(number) for number in numbers for _ in "fv"))]),
                ("sorted set", 500_000, lambda numbers: [resp("ZADD", "k", *(each for number in numbers for each in (number, word(number))))]),
                ("hashes of 5 fields", 100_000, lambda numbers: [resp("HSET", word(number), *small_hash) for number in numbers])):
            found |= self.measure(lambda server, row=(name, self.count(elements), commands): grown(server, *row), rounds=1)
        return found

    def delete(self):
        return self.measure(self.longest_beside_del)

    def longest_beside_del(self, server):
        """Of a bystander's GETs beside DELs of a million elements, and beside plain SETs."""
        bystander, setting = Bystander(server), Background(set_keys, server, "key", 0, 10_000)
        time.sleep(0.3 if self.quick else 3)
        setting.result()
        beside_set, beside_del = bystander.figures()["max ms"].value, 0
        for _ in range(5):
            grown(server, "list", self.count(1_000_000), lambda numbers: [resp("RPUSH", "k", *map(word, numbers))])
            bystander, client = Bystander(server), Connection(server)
            time.sleep(0.2)
            client.lines(resp("DEL", "k"))
            time.sleep(0.3)
            beside_del = max(beside_del, bystander.figures()["max ms"].value)
        return {"longest GET beside SETs, ms": beside_set, "longest GET beside DEL of a long list, ms": beside_del,
                "the latter beyond the former, ms": beside_del - beside_set}


def word(number):
    return b"%016d" % number


small_hash = [text for number in range(5) for text in (f"field-{number}", f"value-{number:010}")]


def grown(server, name, elements, commands):
    """Bytes of resident memory that an element takes."""
    client, before = Connection(server), server.memory_kib()
    for first in range(0, elements, AT_ONCE):
        requests = commands(range(first, min(elements, first + AT_ONCE)))
        for line in client.lines(b"".join(requests), len(requests)):
            if not line.startswith(b":"):
                raise Failure(f"{name}: {line!r}")
    return {f"{name} of {elements:,}, B each": (server.memory_kib() - before) * 1024 / elements}


def number(value):
    return f"{value:,.0f}" if value >= 1000 else f"{value:,.1f}"


def show(found, servers):
    for row, figures in found.items():
        cells = [f"{number(statistics.median(figures[name])):>14}" if name in figures else f"{'-':>14}" for name in servers]
        pairs = list(zip(figures.get("kvserver", []), figures.get("redis", [])))
        ratio = f"{statistics.median(ours / theirs for ours, theirs in pairs if theirs):8.2f}" if pairs else f"{'-':>8}"
        print(f"| {row:52} | {' | '.join(cells)} | {ratio} |", flush=True)


def parse_arguments():
    root = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a fiftieth of everything, to see that it runs")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", action="append", choices=ROWS, help="only these rows; may be repeated")
    parser.add_argument("--server", action="append", choices=list(Peer.COMMANDS), help="only this one; may be repeated")
    parser.add_argument("--programs", default=root / "build/release/bin", help="folder of kvserver")
    parser.add_argument("--peers", default=os.environ.get("KV_PEERS", root / "build/peers"), help="folder that scripts/peers.sh filled")
    return parser.parse_args()


ROWS = ("speed", "queue", "memory", "delete")


def main():
    arguments = parse_arguments()
    servers = arguments.server or list(Peer.COMMANDS)
    costs = Costs(Programs(arguments.programs, arguments.peers), servers, arguments.rounds, arguments.quick)
    print(f"| {'':52} | {' | '.join(f'{name:>14}' for name in servers)} | {'ratio':>8} |")
    failed = 0
    for name in arguments.only or ROWS:
        try:
            show(getattr(costs, name)(), servers)
        except Failure as failure:
            failed += 1
            print(f"{name} failed: {failure}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
