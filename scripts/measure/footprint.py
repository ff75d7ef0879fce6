#!/usr/bin/env python3
"""footprint.py: the sizes of kvserver, kvcli, memcached and redis-server, and the servers' times to the first reply.

    scripts/measure/footprint.py BIN PEERS      BIN: the folder of kvserver and kvcli; PEERS: the folder that scripts/peers.sh printed

Sizes are those of the file, and of the shared libraries it loads besides libc's. The time is from just before the
start of the program to the last byte of its first reply: the median of 20 starts, and the fastest. Fails when kvserver
has 3 MB or more, or never answers within 5 ms: on a busy machine some starts may be late, but not all.
"""

import os
import re
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

STARTS = 20
MAX_BYTES = 3_000_000
MAX_SECONDS = 0.005
PATIENCE = 10  # seconds to wait for an answer
LIBC = re.compile(r"/(libc|libm|libpthread|libdl|librt|libresolv|ld-linux[^/]*)\.so")


class Program(NamedTuple):
    path: Path
    options: tuple = ()  # a {} in them is the port
    request: bytes = b""
    reply_begins: bytes = b""
    libraries: str = ""  # where its shared libraries were unpacked

    @property
    def environment(self) -> dict:
        return os.environ | ({"LD_LIBRARY_PATH": self.libraries} if self.libraries else {})


def programs(ours: Path, peers: Path) -> list[Program]:
    unpacked = peers / "unpacked/usr"
    libraries = ":".join(str(folder) for folder in unpacked.glob("lib/*-linux-gnu*"))
    memcached = ("-u", "root", "-l", "127.0.0.1", "-p", "{}")
    redis = ("--bind", "127.0.0.1", "--port", "{}", "--save", "", "--daemonize", "no")
    return [
        Program(ours / "kvserver", ("--port", "{}"), b"version\r\n", b"VERSION "),
        Program(ours / "kvcli"),
        Program(unpacked / "bin/memcached", memcached, b"version\r\n", b"VERSION ", libraries),
        Program(unpacked / "bin/redis-server", redis, b"PING\r\n", b"+PONG\r\n", libraries),
    ]


def shared_libraries(program: Program) -> list[Path]:
    """The shared libraries that the loader maps, except the C library, which all programs here share."""
    listed = subprocess.run(["ldd", program.path], env=program.environment, capture_output=True, text=True, check=True).stdout
    paths = re.findall(r"=> (/\S+)", listed)
    return [Path(path).resolve() for path in paths if not LIBC.search(path)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def first_reply(program: Program, port: int) -> bytes:
    """Sends a request as soon as the port accepts."""
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                client.sendall(program.request)
                return client.recv(100)
        time.sleep(0.0001)
    raise TimeoutError(f"{program.path.name} does not answer")


def seconds_to_first_reply(program: Program) -> float:
    port = free_port()
    command = [str(program.path), *(option.format(port) for option in program.options)]
    quiet = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 1, 2)]
    began = time.perf_counter()
    server = os.posix_spawn(command[0], command, program.environment, file_actions=quiet)
    try:
        reply = first_reply(program, port)
        ended = time.perf_counter()
    finally:
        os.kill(server, 9)
        os.waitpid(server, 0)
    if not reply.startswith(program.reply_begins):
        raise RuntimeError(f"{program.path.name} answered {reply!r}")
    return ended - began


def row(program: Program, times: list[float]) -> str:
    libraries = shared_libraries(program)
    shared = sum(library.stat().st_size for library in libraries)
    columns = f"{program.path.name:13}{program.path.stat().st_size / 1e6:8.2f} MB{shared / 1e6:8.2f} MB in {len(libraries):2}"
    if times:
        columns += f"{statistics.median(times) * 1e3:10.2f} ms{min(times) * 1e3:8.2f} ms"
    return columns


def main() -> int:
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    compared = programs(Path(sys.argv[1]), Path(sys.argv[2]))
    servers = [program for program in compared if program.request]
    times = {program.path.name: [] for program in compared}
    for _ in range(STARTS):  # in turn, so that other load on the machine affects all of them
        for server in servers:
            times[server.path.name].append(seconds_to_first_reply(server))
    print(f"{'program':13}{'file':>11}{'other libraries':>17}{'first reply':>13}{'fastest':>11}")
    for program in compared:
        print(row(program, times[program.path.name]))
    kvserver = compared[0]
    failures = []
    if kvserver.path.stat().st_size >= MAX_BYTES:
        failures.append(f"kvserver has {MAX_BYTES / 1e6:.0f} MB or more")
    if min(times["kvserver"]) > MAX_SECONDS:
        failures.append(f"kvserver never answered within {MAX_SECONDS * 1e3:.0f} ms")
    for failure in failures:
        print(f"footprint: {failure}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
