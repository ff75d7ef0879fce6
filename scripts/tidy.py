#!/usr/bin/env python3
"""tidy.py: clang-tidy over our own sources, and clang's own warnings with it, the thread-safety analysis among them.

A source that was clean is not looked at again until something it is made of changes: its text, a header, its compile
command, .clang-tidy or clang-tidy itself. What was clean is remembered in the user's cache folder, so a fresh clone
profits too.

    scripts/tidy.py               all of them (before that: scripts/build.sh tidy)
    scripts/tidy.py FILE...       only these
"""

import argparse
import functools
import hashlib
import json
import os
import re
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
    """Where it is written what a source was made of when it was clean, in whatever folder its clone was."""
    parts = "\n".join([version, unit["command"], *ANALYZER])
    return CACHE / hashlib.sha256(parts.replace(str(ROOT), ".").encode()).hexdigest()


def is_clean(record: Path) -> bool:
    try:
        made_of = json.loads(record.read_text())
    except (FileNotFoundError, ValueError):  # none yet, or half a one
        return False
    return all(digest(path) == known for path, known in made_of.items())


def own_units(only: list[str]) -> list[dict]:
    """The compile commands of our sources; generated ones below build/ are not ours."""
    units = json.loads((BUILD / "compile_commands.json").read_text())
    chosen = {Path(name).resolve() for name in only}
    return [
        unit
        for unit in units
        if Path(unit["file"]).is_relative_to(ROOT)
        and not Path(unit["file"]).is_relative_to(ROOT / "build")
        and (not chosen or Path(unit["file"]) in chosen)
    ]


def tidy(unit: dict) -> tuple[str, dict]:
    """What clang-tidy says against a source, and what this is made of: its text, every header down to the system's,
    the settings. Nothing is said against a clean one.
    """
    command = ["clang-tidy", "--quiet", "-p", str(BUILD), *ANALYZER, "--extra-arg=-H", unit["file"]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    headers = re.findall(r"^\.+ (.*)$", done.stderr, re.MULTILINE)  # what -H prints
    settings = [str(parent / ".clang-tidy") for parent in Path(unit["file"]).parents if parent.is_relative_to(ROOT)]
    names = [name.removeprefix(f"{ROOT}/") for name in [unit["file"], *settings, *headers]]
    return "" if done.returncode == 0 else (done.stdout or done.stderr), {name: digest(name) for name in names}


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
    print(f"tidy: {len(units)} sources, {len(todo)} looked at, {faulty} with complaints")
    return 1 if faulty or not units else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", metavar="FILE")
    sys.exit(main(parser.parse_args().files))
