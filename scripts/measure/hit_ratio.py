#!/usr/bin/env -S /usr/bin/python3
"""hit_ratio.py: compares the hit ratios of kvserver, memcached and Redis with the same memory.

Each server gets the limit at which its resident memory peaks at --rss. Then one client replays a trace like a user of a
cache: it gets, and sets after a miss. The first half of a trace fills the cache, the second half is measured."""

import argparse
import json
import os
import pathlib
import sys

from bench import rows
from loads import Failure, Programs, Server, kvbench

TRACES = [  # title, kvbench's distribution, keys as a multiple of --keys
    ("Zipf 0.8", "zipf:0.8", 1),
    ("Zipf 0.99", "zipf:0.99", 1),
    ("Zipf 1.2", "zipf:1.2", 1),
    ("Zipf 0.99, 30 % scans", "zipf:0.99+scan:0.3", 1),
    ("loop over more than fits", "loop", 0.3),
]
CALIBRATION_REQUESTS = 600_000
COARSEST = "memcached -t 1"  # its limit is in whole MiB
LIMITS = {  # bytes -> options
    "kvserver": lambda limit: ("--memory-limit", str(limit), "--when-full", "evict"),
    "memcached -t 1": lambda limit: ("-t", "1", "-m", str(limit >> 20)),
    "redis": lambda limit: ("--maxmemory", str(limit), "--maxmemory-policy", "allkeys-lru"),
}


def parse_arguments():
    root = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rss", type=int, default=32, metavar="MIB", help="peak resident memory (default: 32)")
    parser.add_argument("--keys", type=int, default=1_000_000, help="different keys, 16 bytes each (default: 1000000)")
    parser.add_argument("--value-size", default="100", help="as for kvbench (default: 100)")
    parser.add_argument("--requests", type=int, default=3_000_000,
                        help="gets in each half of a trace (default: 3000000)")
    parser.add_argument("--quick", action="store_true",
                        help="a fifth of the requests: caches fill, but ratios are rough")
    parser.add_argument("--programs", default=root / "build/release/bin", help="folder of kvserver and kvbench")
    parser.add_argument("--peers", default=os.environ.get("KV_PEERS", root / "build/peers"),
                        help="folder that scripts/peers.sh filled")
    parser.add_argument("--out", default=root / "build/bench", type=pathlib.Path, help="folder for the results")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.requests //= 5
    return arguments


class Comparison:
    def __init__(self, arguments):
        self.arguments = arguments
        self.programs = Programs(arguments.programs, arguments.peers)
        self.wanted_kib = arguments.rss * 1024
        self.limits = {}

    def replay(self, server, distribution, keys, seed, requests):
        """Hit share, and the peak of the server's memory in KiB so far."""
        result = kvbench(self, server, "-c", "1", "-p", "32", "-r", "1", "--set-on-miss", "--seed", str(seed),
                         "--distribution", distribution, "-k", str(keys), "-s", self.arguments.value_size,
                         "-n", str(requests))
        return result["hit_share"], result["server"]["peak_kib"]

    def peak_kib(self, name, limit):
        """Peak memory when far more has been stored than the limit allows."""
        with Server(self.programs, name, LIMITS[name](limit)) as server:
            return self.replay(server, "uniform", self.arguments.keys, seed=3, requests=CALIBRATION_REQUESTS)[1]

    def limit_for(self, name):
        """The limit in bytes at which memory peaks at --rss, by linear interpolation."""
        wanted = self.wanted_kib
        low, high = int(wanted * 0.5) * 1024, int(wanted * 0.8) * 1024
        low_kib, high_kib = self.peak_kib(name, low), self.peak_kib(name, high)
        for _ in range(4):
            slope = (high_kib - low_kib) / (high - low)
            if slope <= 0:
                raise Failure(f"{name}: memory does not grow with its limit ({low_kib} and {high_kib} KiB)")
            low, low_kib, high = high, high_kib, int(high + (wanted - high_kib) / slope)
            high_kib = self.peak_kib(name, high)
            if abs(high_kib - wanted) <= wanted * 0.01 or abs(high - low) < 1 << 20:
                break
        if name == COARSEST:
            self.wanted_kib = high_kib
        say(f'{name}: peaks at {high_kib / 1024:.1f} MiB with {" ".join(LIMITS[name](high))}')
        return high

    def find_limits(self):
        """The coarsest goes first, and its peak is the goal for the others."""
        for name in sorted(LIMITS, key=lambda name: name != COARSEST):
            try:
                self.limits[name] = self.limit_for(name)
            except Failure as failure:
                say(f"{name}: {failure}")

    def measure(self, name):
        limit = self.limits[name]
        found = {"options": " ".join(LIMITS[name](limit)), "hit_share": {}, "peak_mib": {}}
        for title, distribution, multiple in TRACES:
            keys = int(self.arguments.keys * multiple)
            with Server(self.programs, name, LIMITS[name](limit)) as server:
                self.replay(server, distribution, keys, 1, self.arguments.requests)
                share, peak_kib = self.replay(server, distribution, keys, 2, self.arguments.requests)
            found["hit_share"][title], found["peak_mib"][title] = share, peak_kib / 1024
            say(f"{name}: {title}: {share:.2%} at {peak_kib / 1024:.1f} MiB")
        return found


def say(text):
    print(text, file=sys.stderr, flush=True)


def table(found, arguments):
    lines = []
    for title, *_ in TRACES:
        shares = {name: result["hit_share"][title] for name, result in found.items()}
        best = max(shares.values())
        cells = [f"**{share:.2%}**" if share == best else f"{share:.2%}" for share in shares.values()]
        below = f'{(best - shares["kvserver"]) * 100:.2f}' if "kvserver" in shares else "-"
        lines.append([title, *cells, below])
    lines.append(["peak memory, MiB", *(f'{max(result["peak_mib"].values()):.1f}' for result in found.values()), ""])
    text = f"Hit ratio with {arguments.rss} MiB of resident memory, {arguments.keys:,} keys of 16 bytes, values of " \
           f"{arguments.value_size} bytes, {arguments.requests:,} gets after as many to fill:\n\n"
    text += rows(["trace", *found, "kvserver below the best, points"], lines)
    return text + "\n" + "".join(f'- {name}: `{result["options"]}`\n' for name, result in found.items())


def main():
    arguments = parse_arguments()
    comparison = Comparison(arguments)
    comparison.find_limits()
    found = {name: comparison.measure(name) for name in LIMITS if name in comparison.limits}
    if not found:
        raise Failure("nothing could be measured")
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "hit_ratio.json").write_text(json.dumps(found, indent=1) + "\n")
    (arguments.out / "hit_ratio.md").write_text(table(found, arguments))
    print(table(found, arguments))


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"hit_ratio: {failure}")
