#!/usr/bin/env python3
"""one_definition.py: checks that no name of our libraries is defined twice, which the linker does not report.

If a function is defined out of line in one object and inline in another, or out of line in two objects of libraries,
the linker silently keeps one of them, and some callers get the wrong function. An inline function defined in many
objects is one function of one header.

    scripts/one_definition.py [BUILD]       checks every libkv_*.a of a build (build/dev), fails on a name defined twice
    scripts/one_definition.py --self-test   tests the check with the symbols of a few libraries, good and bad
"""

import argparse
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Iterable

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("client", "common", "server", "test/support")  # other folders of a build have copies
STRONG = set("TDBRGS")  # nm(1): code, data, zeroed data, read-only data, small data: one definition each
WEAK = set("WVu")  # inline, or a template instance
SYMBOL = re.compile(r"[0-9a-f]+ (\w) (.+)")


def definitions(archive: str, listing: str) -> Iterable[tuple[str, str, str]]:
    """Name, kind and place of each symbol that `nm` lists for an archive: a line "object.o:", then its symbols."""
    place = archive
    for line in listing.splitlines():
        found = SYMBOL.fullmatch(line)
        if found:
            yield found[2], found[1], place
        elif line.endswith(":"):
            place = f"{archive}({line[:-1]})"


def clashes(listings: dict[str, str]) -> list[str]:
    """A line for each name with a strong definition in one object and any definition in another."""
    strong = defaultdict(set)
    all_places = defaultdict(set)
    for archive, listing in listings.items():
        for name, kind, place in definitions(archive, listing):
            if kind in STRONG | WEAK:
                all_places[name].add(place)
            if kind in STRONG:
                strong[name].add(place)
    return [f"{name} is defined in {', '.join(sorted(all_places[name]))}"
            for name in sorted(strong) if len(all_places[name]) > 1]


def check_build(build: Path) -> int:
    archives = sorted(archive for folder in FOLDERS for archive in (build / folder).rglob("libkv_*.a"))
    listings = {}
    for archive in archives:
        listed = subprocess.run(["nm", "-C", "--defined-only", archive], capture_output=True, text=True, check=True)
        listings[archive.name] = listed.stdout
    missing = [name for name in ("libkv_client.a", "libkv_server.a") if name not in listings]
    faults = [f"{name} is not in {build}" for name in missing] + clashes(listings)
    for fault in faults:
        print(f"one_definition: {fault}", file=sys.stderr)
    print(f"one_definition: {len(archives)} libraries, {len(faults)} faults")
    return 1 if faults else 0


def self_test() -> int:
    out_of_line = "a.o:\n0000 T kv::is_key(int)\n"
    inline = "b.o:\n0000 W kv::is_key(int)\n"
    own = "c.o:\n0000 t kv::is_key(int)\n"
    twice = "d.o:\n0000 T kv::Item::Item()\n0010 T kv::Item::Item()\n"  # a constructor has two entries
    good = [{"x": out_of_line, "y": own}, {"x": inline, "y": inline}, {"x": twice}]
    bad = [{"x": out_of_line, "y": inline}, {"x": inline, "y": out_of_line}, {"x": out_of_line, "y": out_of_line},
           {"x": out_of_line + inline}, {"x": "a.o:\n0000 D kv::size\n", "y": "a.o:\n0000 B kv::size\n"}]
    wrong = [case for case in good if clashes(case)] + [case for case in bad if len(clashes(case)) != 1]
    for case in wrong:
        print(f"one_definition: judged wrongly: {case}", file=sys.stderr)
    print(f"one_definition: {len(good + bad) - len(wrong)} of {len(good + bad)} cases judged correctly")
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("build", metavar="BUILD", nargs="?", type=Path, default=ROOT / "build" / "dev")
    arguments = parser.parse_args()
    sys.exit(self_test() if arguments.self_test else check_build(arguments.build))
