#!/usr/bin/env python3
"""tidy.py: clang-tidy over our own sources, and clang's own warnings with it, the thread-safety analysis among them.

Sources of one target are looked at together, up to 16 as one unit: most of the time goes into the headers they share.
A unit that was clean is not looked at again until something it is made of changes: a source, a header, the compile
command, .clang-tidy or clang-tidy itself. What was clean is remembered in the user's cache folder, so a fresh clone
profits too.

    scripts/tidy.py               all of them (before that: scripts/build.sh tidy)
    scripts/tidy.py FILE...       only these, and what is looked at with them
"""

import argparse
import functools
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Optional

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "tidy"
# The analyzer follows ways through a function until it has seen this many states (225,000 if not told): most of what
# it finds it finds soon, and the last ways take more time than all other checks.
ANALYZER = [f"--extra-arg={word}" for word in "-Xclang -analyzer-config -Xclang max-nodes=20000".split()]
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kvserver" / "tidy"


def output_of(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


@functools.lru_cache(maxsize=None)
def digest(path: str) -> Optional[str]:
    """Of a file named from the repository's folder on, or from the root; None: there is none."""
    try:
        return hashlib.sha256((ROOT / path).read_bytes()).hexdigest()
    except FileNotFoundError:
        return None


def record_of(unit: dict, version: str) -> Path:
    """Where it is written what a unit was made of when it was clean, in whatever folder its clone was."""
    parts = "\n".join([version, unit["command"], *ANALYZER, *map(str, sources_of(unit))])
    return CACHE / hashlib.sha256(parts.replace(str(ROOT), ".").encode()).hexdigest()


def is_clean(record: Path) -> bool:
    try:
        made_of = json.loads(record.read_text())
    except (FileNotFoundError, ValueError):  # none yet, or half a one
        return False
    return all(digest(path) == known for path, known in made_of.items())


def sources_of(unit: dict) -> list[Path]:
    """The source a compile command is for, or those that a file of CMake's making includes, to be compiled together."""
    file = Path(unit["file"])
    if not file.is_relative_to(BUILD):
        return [file]
    return [Path(name) for name in re.findall('#include "(.*)"', file.read_text())]


class Joined:
    """One file with the text of a unit's sources: some checks look only at what is in the main file itself.

    What they miss so: a using-declaration that only another source of the unit needs, and ways into a function that no
    source of the unit takes.
    """

    def __init__(self, unit: dict):
        self.path = Path(unit["file"])
        texts = [(source, source.read_text().rstrip("\n") + "\n") for source in sources_of(unit)]
        if self.path.is_relative_to(BUILD):
            self.path = self.path.with_suffix(".joined.cpp")
            self.path.write_text("".join(text for _, text in texts))
        self.lines = [(source, number) for source, text in texts for number in range(1, text.count("\n") + 1)]

    def in_sources(self, complaint: str) -> str:
        """With the places in this file told as places in the sources."""

        def place(found: re.Match[str]) -> str:
            source, number = self.lines[int(found[1]) - 1]
            return f"{source}:{number}:"

        return re.sub(rf"{re.escape(str(self.path))}:(\d+):", place, complaint)


def own_units(only: list[str]) -> list[dict]:
    """The compile commands of our sources."""
    units = json.loads((BUILD / "compile_commands.json").read_text())
    chosen = {Path(name).resolve() for name in only}
    return [
        unit
        for unit in units
        if Path(unit["file"]).is_relative_to(ROOT)
        and (not chosen or chosen & set(sources_of(unit)))
    ]


def tidy(unit: dict) -> tuple[str, dict]:
    """What clang-tidy says against a unit, and what this is made of: its sources, every header down to the system's,
    the settings. Nothing is said against a clean one.
    """
    joined = Joined(unit)
    flags = [word for word in shlex.split(unit["command"])[1:] if word != unit["file"]]
    command = ["clang-tidy", "--quiet", *ANALYZER, "--extra-arg=-H", str(joined.path), "--", *flags]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=unit["directory"])
    headers = re.findall(r"^\.+ (.*)$", done.stderr, re.MULTILINE)  # what -H prints
    settings = [parent / ".clang-tidy" for parent in joined.path.parents if parent.is_relative_to(ROOT)]
    names = [str(name).removeprefix(f"{ROOT}/") for name in [*sources_of(unit), *settings, *headers]]
    complaint = "" if done.returncode == 0 else joined.in_sources(done.stdout or done.stderr)
    return complaint, {name: digest(name) for name in names}


def main(only: list[str]) -> int:
    if not (BUILD / "compile_commands.json").exists():
        sys.exit("tidy: no compile commands yet, run scripts/build.sh tidy")
    version, units = output_of("clang-tidy", "--version"), own_units(only)
    CACHE.mkdir(parents=True, exist_ok=True)
    records = [(unit, record_of(unit, version)) for unit in units]
    todo = [(unit, record) for unit, record in records if not is_clean(record)]
    faulty = 0
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for (_, record), (complaint, made_of) in zip(todo, pool.map(tidy, [unit for unit, _ in todo])):
            if complaint:
                faulty += 1
                print(complaint, flush=True)
            else:
                record.write_text(json.dumps(made_of))
    sources = {source for unit in units for source in sources_of(unit)}
    print(f"tidy: {len(sources)} sources in {len(units)} units, {len(todo)} of these looked at, {faulty} with complaints")
    return 1 if faulty or not units else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", metavar="FILE")
    sys.exit(main(parser.parse_args().files))
