"""What the header comment of a lesson says, for the tests that hold it to its word."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIDES = ("server", "client")


def sources():
    """Every lesson's source file, in the order of the lessons."""
    found = [path for side in SIDES for path in (ROOT / side / "lessons").glob("[0-9]*.cpp")]
    return sorted(found, key=lambda path: (path.name[:2], path.parts[-3] != "server"))


def sources_of(number):
    """The one or two files of a lesson, its server half first."""
    return [path for path in sources() if int(path.name[:2]) == number]


def header_of(path):
    """The comment at the top of a file, without its slashes."""
    lines = []
    for line in path.read_text().splitlines():
        if not line.startswith("//"):
            break
        lines.append(line[2:].removeprefix(" "))
    return "\n".join(lines)


def expected_lines(number):
    """Side -> the lines it must print, from the "Expect:" blocks of a lesson's files."""
    lines = {side: [] for side in SIDES}
    for path in sources_of(number):
        for side, line in re.findall(r"^    \[(server|client)\] (.*)$", header_of(path), re.M):
            lines[side].append(line)
    return lines


def as_pattern(line):
    """An expected line; <port>, <ms> and the like stand for any number."""
    pattern = re.sub(r"<\w+>", "\0", line)
    return re.escape(pattern).replace(re.escape("\0"), r"\d+")


def default_port(number):
    """The port in the commands of the "Run:" block; None if the lesson takes none."""
    found = re.search(r"build/release/lessons/\w+ (\d+)", header_of(sources_of(number)[0]))
    return found and found[1]
