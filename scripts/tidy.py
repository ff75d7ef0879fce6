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


def made_of(unit: dict) -> list[Path]:
    """The files an object is made of, as the preprocessor finds them: every header down to the system's.

    Empty when one is missing; clang-tidy will say which.
    """
    words = [word for word in shlex.split(unit["command"]) if not word.endswith("ccache")]
    end = words.index("-o")
    command = [*words[:end], "-M", unit["file"]]
    done = subprocess.run(command, cwd=unit["directory"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return []
    return [Path(unit["directory"], name) for name in done.stdout.replace("\\\n", " ").split()[1:]]


@functools.lru_cache(maxsize=None)
def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def stamp_of(unit: dict, files: list[Path], version: str) -> Optional[Path]:
    """The file that exists when this compilation was found clean, in whatever folder its clone was.

    None when that is not known.
    """
    if not files or not all(path.exists() for path in files):
        return None
    settings = [parent / ".clang-tidy" for parent in Path(unit["file"]).parents]
    parts = [version, unit["command"], *ANALYZER]
    parts += [f"{path} {digest(path)}" for path in [*settings, *files] if path.exists()]
    return CACHE / hashlib.sha256("\n".join(parts).replace(str(ROOT), ".").encode()).hexdigest()


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


def tidy(unit: dict) -> str:
    """What clang-tidy says against a source; empty when it is clean."""
    done = subprocess.run(
        ["clang-tidy", "--quiet", "-p", str(BUILD), *ANALYZER, unit["file"]], capture_output=True, text=True, check=False
    )
    return "" if done.returncode == 0 else (done.stdout or done.stderr)


def main(only: list[str]) -> int:
    if not (BUILD / "compile_commands.json").exists():
        sys.exit("tidy: no compile commands yet, run scripts/build.sh tidy")
    version, units = output_of("clang-tidy", "--version"), own_units(only)
    CACHE.mkdir(parents=True, exist_ok=True)
    faulty = 0
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        stamps = [stamp_of(unit, files, version) for unit, files in zip(units, pool.map(made_of, units))]
        todo = [(unit, stamp) for unit, stamp in zip(units, stamps) if stamp is None or not stamp.exists()]
        complaints = pool.map(tidy, [unit for unit, _ in todo])
        for (_, stamp), complaint in zip(todo, complaints):
            if complaint:
                faulty += 1
                print(complaint, flush=True)
            elif stamp is not None:
                stamp.touch()
    print(f"tidy: {len(units)} sources, {len(todo)} looked at, {faulty} with complaints")
    return 1 if faulty or not units else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", metavar="FILE")
    sys.exit(main(parser.parse_args().files))
