#!/usr/bin/env python3
"""run_test.py N [--trace]: does "scripts/lesson.sh run N" print what the header of lesson N promises?

Each side's lines are compared in their order. Between the sides a cause must stand above its effect, in a
run and in a trace.
"""

import difflib
import re
import socket
import subprocess
import sys

from header import ROOT, SIDES, as_pattern, default_port, expected_lines

SKIPPED = 77  # there is no IPv6 here


# In a run and in a trace, the first line that begins with the one must stand above the first with the other.
CAUSES = {
    1: [("[server] good!", "[client] Hello!")],
    2: [("[server] connected:", "[client] Hello, socket!"), ("[client] Hello, socket!", "[server] Haved Received!")],
    3: [("[server] client 1: is greeted", "[client] first: Hello"), ("[client] second: no greeting",
                                                                    "[client] second: Hello")],
    9: [("[server]   a line: get b", "[client] after two"), ("[server]   a line: get c", "[client] after the other")],
    10: [('[client] writes "Lyon"', "[server] one read:")],
    11: [('[client] sends "Lyon"', "[server] second read:")],
    12: [("[server] seq 1000:", "[client] seq 1000:")],
    17: [("[client] sends", "[server] end of"), ("[server] the answer", "[client] still listening")],
    24: [("[client] sends a pickle of 24", "[server] pickle 1"), ("[client] sends a pickle of 29", "[server] pickle 2")],
    26: [("[client] [::1]", "[server] a client has come to 127"), ("[server] listening on [", "[client] 127")],
}
# The calls of a trace, in order; between them there may be others.
CALLS = {
    1: ['[client] sendto(6, "good!"', '[server] recvfrom(6, "good!"', '[server] sendto(6, "Hello!"',
        '[client] recvfrom(6, "Hello!"'],
    2: ["[client] connect(6", "[server] accept(6", '[server] sendto(7, "Hello, socket!"',
        '[client] recvfrom(6, "Hello, socket!"', '[client] sendto(6, "Haved Received!"',
        '[server] recvfrom(7, "Haved Received!"'],
    17: ["[client] shutdown(6, SHUT_WR)", '[server] recvfrom(7, ""'],
    18: ["[server] setsockopt(6", "[server] bind(6", "[server] listen(6"],
    19: ["[server] [pid] sendto(4, ", "[server] [pid] sendto(4, ", "[server] [pid] --- SIGPIPE",
         "[server] [pid] +++ killed by SIGPIPE", "[server] wait4("],
}


def has_ipv6():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
        return True
    except OSError:
        return False


def play(kind, number):
    """The labelled lines of one run or trace."""
    lesson = subprocess.run(
        [ROOT / "scripts" / "lesson.sh", kind, str(number)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=150, check=False)
    if lesson.returncode != 0:
        sys.exit(f"lesson {number} ended with status {lesson.returncode}:\n{lesson.stdout}")
    return lesson.stdout.splitlines()


def without_time(line):
    """A trace's line, without its time and process number; a printed line as a run shows it."""
    line = re.sub(r"^(\[\w+\]) +\d+\.\d{6}  ", r"\1 ", line)
    return re.sub(r"(\[pid\] )?prints: ", "", re.sub(r"\[pid \d+\]", "[pid]", line))


def misplaced(lines, beginnings):
    """The first of the beginnings that no line has, after the lines of those before it."""
    rest = iter(lines)
    return next((wanted for wanted in beginnings if not any(line.startswith(wanted) for line in rest)), None)


def with_default_port(lines, number):
    """A test's server listens on any free port; a header speaks of the usual one."""
    listening = [re.search(r"listening on 127\.0\.0\.1:(\d+)$", line) for line in lines]
    ports = [found[1] for found in listening if found]
    if not ports:
        return lines
    return [re.sub(rf"(127\.0\.0\.1|\[::1\]):{ports[0]}\b", rf"\g<1>:{default_port(number)}", line)
            for line in lines]


def problems_of_lines(lines, number):
    expected = expected_lines(number)
    stray = [line for line in lines if not line.startswith(("[server] ", "[client] "))]
    problems = [f"a line of neither side: {line}" for line in stray]
    for side in SIDES:
        printed = [line.split("] ", 1)[1] for line in lines if line.startswith(f"[{side}] ")]
        matches = len(printed) == len(expected[side]) and all(
            re.fullmatch(as_pattern(wanted), line) for wanted, line in zip(expected[side], printed))
        if not matches:
            problems += difflib.unified_diff(
                expected[side], printed, f"{side}, as the header says", f"{side}, as it is", lineterm="")
    return problems


def problems_of_order(lines, number):
    pairs = CAUSES.get(number, [])
    return [f"stands too low or is missing: {lacking}" for pair in pairs if (lacking := misplaced(lines, pair))]


def problems_of_trace(number):
    """A trace shows the same printed lines, and the calls that the lesson is about."""
    traced = play("trace", number)
    printed = [without_time(line) for line in traced if "prints: " in line]
    lines = [without_time(line) for line in traced]
    lacking = misplaced(lines, CALLS.get(number, []))
    return (problems_of_lines(with_default_port(printed, number), number) + problems_of_order(printed, number)
            + ([f"the trace lacks, or has too low: {lacking}", *lines] if lacking else []))


def main():
    number = int(sys.argv[1])
    if number == 26 and not has_ipv6():
        sys.exit(SKIPPED)
    if not any(expected_lines(number).values()):
        sys.exit(f"the header of lesson {number} expects nothing")
    lines = with_default_port(play("run", number), number)
    problems = problems_of_lines(lines, number) + problems_of_order(lines, number)
    if "--trace" in sys.argv and number in CALLS:
        problems += problems_of_trace(number)
    sys.exit("\n".join(problems) or 0)


if __name__ == "__main__":
    main()
