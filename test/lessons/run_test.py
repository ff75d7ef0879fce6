#!/usr/bin/env python3
"""run_test.py N: does "scripts/lesson.sh run N" print what the header of lesson N promises?

Each side's lines are compared in their order. How the lines of the two sides interleave is up to the
system, and is not compared.
"""

import difflib
import re
import subprocess
import sys

from header import ROOT, SIDES, as_pattern, default_port, expected_lines


def run(number):
    """The labelled lines of one run."""
    lesson = subprocess.run(
        [ROOT / "scripts" / "lesson.sh", "run", str(number)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=150, check=False)
    if lesson.returncode != 0:
        sys.exit(f"lesson {number} ended with status {lesson.returncode}:\n{lesson.stdout}")
    return lesson.stdout.splitlines()


def with_default_port(lines, number):
    """A test's server listens on any free port; a header speaks of the usual one."""
    listening = [re.search(r"listening on 127\.0\.0\.1:(\d+)$", line) for line in lines]
    ports = [found[1] for found in listening if found]
    if not ports:
        return lines
    return [re.sub(rf"127\.0\.0\.1:{ports[0]}\b", f"127.0.0.1:{default_port(number)}", line)
            for line in lines]


def main():
    number = int(sys.argv[1])
    lines = with_default_port(run(number), number)
    expected = expected_lines(number)
    if not any(expected.values()):
        sys.exit(f"the header of lesson {number} expects nothing")

    stray = [line for line in lines if not line.startswith(("[server] ", "[client] "))]
    problems = [f"a line of neither side: {line}" for line in stray]
    for side in SIDES:
        printed = [line.split("] ", 1)[1] for line in lines if line.startswith(f"[{side}] ")]
        matches = len(printed) == len(expected[side]) and all(
            re.fullmatch(as_pattern(wanted), line) for wanted, line in zip(expected[side], printed))
        if not matches:
            problems += difflib.unified_diff(
                expected[side], printed, f"{side}, as the header says", f"{side}, as it is", lineterm="")
    sys.exit("\n".join(problems) or 0)


if __name__ == "__main__":
    main()
