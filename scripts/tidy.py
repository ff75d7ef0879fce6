#!/usr/bin/env python3
"""tidy.py: clang-tidy over our own sources, as build/clang compiles them.

A source that was clean is not looked at again until something it is made of changes: its text, a header, its compile
command, .clang-tidy or clang-tidy itself. What was clean is remembered in the user's cache folder, so a fresh clone
profits too.

    scripts/tidy.py               all of them (build them first: scripts/build.sh clang)
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
BUILD = ROOT / "build" / "clang"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kvserver" / "tidy"


def output_of(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def dependencies() -> dict[str, list[Path]]:
    """The files each object was made of, as Ninja noted them: every header down to the system's."""
    found: dict[str, list[Path]] = {}
    files: list[Path] = []
    for line in output_of("ninja", "-C", str(BUILD), "-t", "deps").splitlines():
        if line.startswith(" "):
            files.append(BUILD / line.strip())
        elif ": #deps" in line:
            files = found.setdefault(line.split(": #deps")[0], [])
    return found


@functools.lru_cache(maxsize=None)
def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def stamp_of(unit: dict, files: list[Path], version: str) -> Optional[Path]:
    """The file that exists when this compilation was found clean, in whatever folder its clone was.

    None when Ninja does not know what the object was made of, that is, before it was built.
    """
    if not files or not all(path.exists() for path in files):
        return None
    settings = [parent / ".clang-tidy" for parent in Path(unit["file"]).parents]
    parts = [version, unit["command"]]
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


def object_of(unit: dict) -> str:
    """The object file a compile command writes, as Ninja names it."""
    words = shlex.split(unit["command"])
    return words[words.index("-o") + 1]


def tidy(unit: dict) -> str:
    """What clang-tidy says against a source; empty when it is clean."""
    done = subprocess.run(
        ["clang-tidy", "--quiet", "-p", str(BUILD), unit["file"]], capture_output=True, text=True, check=False
    )
    return "" if done.returncode == 0 else (done.stdout or done.stderr)


def main(only: list[str]) -> int:
    if not (BUILD / "compile_commands.json").exists():
        sys.exit("tidy: nothing built yet, run scripts/build.sh clang")
    version, made_of = output_of("clang-tidy", "--version"), dependencies()
    units = own_units(only)
    stamps = [stamp_of(unit, made_of.get(object_of(unit), []), version) for unit in units]
    todo = [(unit, stamp) for unit, stamp in zip(units, stamps) if stamp is None or not stamp.exists()]
    CACHE.mkdir(parents=True, exist_ok=True)
    faulty = 0
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
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
