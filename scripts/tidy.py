#!/usr/bin/env python3
"""tidy.py: runs clang-tidy on our sources, with clang's warnings, including the thread-safety analysis.

Sources of one target are checked together, up to 16 as one unit, because most of the time goes into their common
headers. A clean unit is not checked again until one of its inputs changes: a source, a header, the compile command,
.clang-tidy or clang-tidy itself. Clean units are recorded in the user's cache folder, so a fresh clone profits too.

    scripts/tidy.py               all of them (before that: scripts/build.sh tidy)
    scripts/tidy.py FILE...       only these, and the rest of their units
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
# The analyzer's limit of states per function (default 225,000): it finds most faults early, and the last paths take
# more time than all other checks.
ANALYZER = [f"--extra-arg={word}" for word in "-Xclang -analyzer-config -Xclang max-nodes=20000".split()]
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kvserver" / "tidy"


def output_of(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


@functools.lru_cache(maxsize=None)
def digest(path: str) -> Optional[str]:
    """The hash of a file, named from the repository's folder or from the root; None if there is none."""
    try:
        return hashlib.sha256((ROOT / path).read_bytes()).hexdigest()
    except FileNotFoundError:
        return None


def record_of(unit: dict, version: str) -> Path:
    """The record of a clean unit's inputs; the same for every clone."""
    parts = "\n".join([version, unit["command"], *ANALYZER, *map(str, sources_of(unit))])
    return CACHE / hashlib.sha256(parts.replace(str(ROOT), ".").encode()).hexdigest()


def is_clean(record: Path) -> bool:
    try:
        made_of = json.loads(record.read_text())
    except (FileNotFoundError, ValueError):  # missing or incomplete
        return False
    return all(digest(path) == known for path, known in made_of.items())


def sources_of(unit: dict) -> list[Path]:
    """The source of a compile command, or the sources that a unity file of CMake's includes."""
    file = Path(unit["file"])
    if not file.is_relative_to(BUILD):
        return [file]
    return [Path(name) for name in re.findall('#include "(.*)"', file.read_text())]


class Joined:
    """One file with the text of a unit's sources, because some checks cover only the main file.

    They miss a using-declaration that only another source of the unit needs, and paths into a function that no
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
        """The output with positions in this file replaced by those in the sources."""

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
    """clang-tidy's complaints about a unit, none if it is clean, and its inputs: sources, all headers including the
    system's, and the settings.
    """
    joined = Joined(unit)
    flags = [word for word in shlex.split(unit["command"])[1:] if word != unit["file"]]
    command = ["clang-tidy", "--quiet", *ANALYZER, "--extra-arg=-H", str(joined.path), "--", *flags]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=unit["directory"])
    headers = re.findall(r"^\.+ (.*)$", done.stderr, re.MULTILINE)  # printed by -H
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
    print(f"tidy: {len(sources)} sources in {len(units)} units, {len(todo)} of them checked, {faulty} with complaints")
    return 1 if faulty or not units else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", metavar="FILE")
    sys.exit(main(parser.parse_args().files))
