#!/usr/bin/env python3
"""first_reading.py: the files that together are a complete server, in reading order, and their lines of code.

They are the code that runs between the accept and the close of a simple:// client that sets and gets, except for the
subjects in LATER. Comments and blank lines do not count. Fails when the total exceeds the limit, when a listed file is
missing, or when README's route has other files or another order.

    scripts/first_reading.py            prints the list
    scripts/first_reading.py PROGRAM    holds such a conversation with this kvserver under callgrind, too, and fails when a
                                        function of more than three lines ran that is in neither list, or when nothing ran
                                        of a file that is in the first
"""

import re
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 1500

READING_ORDER = [
    "server/main.cpp",
    "server/server.h",
    "server/server.cpp",
    "server/net/listener.h",
    "server/net/listener.cpp",
    "server/net/registry.h",
    "server/net/registry.cpp",
    "server/net/session.h",
    "server/net/session.cpp",
    "server/command/converse.h",
    "common/buffered_stream.h",
    "common/buffered_stream.cpp",
    "server/simple/dialect.h",
    "server/simple/dialect.cpp",
    "server/command/execute.h",
    "server/command/execute.cpp",
    "server/store/item.h",
    "server/store/draft.h",
    "server/store/table.h",
    "server/store/store.h",
    "server/store/store.cpp",
]

# Other code that such a conversation needs, which a first reading takes for granted.
LATER = {
    "options, logging, tracing and launch": [
        "server/command_line.*", "server/option*", "server/launch/*", "common/program_options.*", "common/log.*",
        "common/version.*", "server/net/trace*", "server/net/impair*", "server/run.*", "server/control.*"],
    "an address, and a socket there": ["common/address.*", "common/uri.*", "server/net/sockets.*", "server/net/scheme.*"],
    "bytes to the kernel and back, and the wait for them": [
        "common/socket_transport.*", "common/transport.h", "server/net/polling_transport.*", "server/net/scheduling.*", "common/mailbox.*"],
    "the time, a lock, words and numbers": ["common/clock.h", "common/mutex.h", "common/words.*"],
    "a client's public record, and notifications of changes": ["server/command/context.h", "server/command/command_times.h", "server/store/change.*"],
    "databases beside the first, and clients that wait for a key in one": ["server/store/space.*", "server/store/waiters.*"],
    "the memory budget, eviction and expiry": [
        "server/store/memory_budget.h", "server/store/trash.h", "server/store/eviction.*", "server/store/reclaim.*", "server/net/sweeper.*"],
}


def lines_of_code(text: str) -> int:
    lines = (line.strip() for line in text.splitlines())
    return sum(1 for line in lines if line and not line.startswith("//"))


def converse(uri: str) -> None:
    """A client from accept to close, as README's route follows it."""
    with socket.create_connection(("127.0.0.1", int(uri.rsplit(":", 1)[1])), timeout=60) as client:
        for request, reply in ((b"set k 5\r\nhello", b"STORED\r\n"), (b"get k\r\n", b"hello"), (b"get x\r\n", b"None")):
            client.sendall(request)
            if (got := client.recv(100)) != reply:
                sys.exit(f"{request!r} was answered with {got!r}")


def executed_lines(program: str) -> dict[str, set[int]]:
    """The lines of our files that ran, by callgrind's count."""
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/counts", "--compress-strings=no",
             "--compress-pos=no", program, "--listen", "simple://127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert server.stdout is not None
        try:
            converse(server.stdout.readline().split()[1])
        finally:
            server.terminate()
            server.wait(60)
        counts = Path(folder, "counts").read_text(errors="ignore")
    lines: dict[str, set[int]] = {}
    file = ""
    for row in counts.splitlines():
        if named := re.match(r"f[lie]=(.*)", row):
            ours = re.search(r"((?:server|common)/.*)", named[1].removeprefix(str(ROOT)))
            file = ours[1] if ours and (ROOT / ours[1]).is_file() else ""
        elif file and (line := re.match(r"(\d+) ", row)):
            lines.setdefault(file, set()).add(int(line[1]))
    return lines


def long_functions(text: str) -> list[range]:
    """The line ranges of functions of more than three lines, from brace to brace at the same indent."""
    lines = text.splitlines()
    found = []
    for first, line in enumerate(lines):
        if line.strip() == "{":
            last = lines.index(line.replace("{", "}"), first) if line.replace("{", "}") in lines[first:] else first
            if last - first > 4:
                found.append(range(first + 1, last + 2))
    return found


def runs_in(file: str, lines: set[int]) -> bool:
    return any(line in function for function in long_functions((ROOT / file).read_text()) for line in lines)


def check_executed(program: str) -> list[str]:
    executed = executed_lines(program)
    later = [pattern for patterns in LATER.values() for pattern in patterns]
    unknown = [file for file, lines in sorted(executed.items())
               if file not in READING_ORDER and not any(Path(file).match(p) for p in later) and runs_in(file, lines)]
    running = {Path(file).with_suffix("") for file in executed}  # a header counts as its source
    idle = [file for file in READING_ORDER if Path(file).with_suffix("") not in running]
    return ([f"{file}: runs, but is in neither list" for file in unknown] +
            [f"{file}: is in the first list, but nothing in it runs" for file in idle])


def main() -> None:
    counts = {name: lines_of_code((ROOT / name).read_text()) for name in READING_ORDER}
    for name, lines in counts.items():
        print(f"{lines:6}  {name}")
    total = sum(counts.values())
    print(f"{total:6}  lines of code in the first reading, of at most {LIMIT}")
    faults = []
    route = (ROOT / "README.md").read_text().split("## The route of a request")[1].split("Off that path")[0]
    stops = re.findall(r"\]\((.*?)\)", route)
    if not stops or stops != [name for name in READING_ORDER if name in stops]:
        faults.append("README's route differs from this list")
    if total > LIMIT:
        faults.append("the first reading is too long")
    if len(sys.argv) > 1:
        faults += check_executed(sys.argv[1])
    sys.exit("\n".join(faults) or 0)


main()
