"""Runs kvcheck and reads its report; starts the servers to grade and waits until they are ready."""

import contextlib
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PROGRAMS = pathlib.Path(os.environ.get("KV_BIN", ROOT / "build/release/bin"))
PEERS = pathlib.Path(os.environ.get("KV_PEERS", ROOT / "build/peers"))
PATIENCE = 30  # seconds; a safety net that no test relies on


@contextlib.contextmanager
def running(command, **options):
    process = subprocess.Popen(command, **options)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


@contextlib.contextmanager
def sample_server(mode, bug=None):
    """Yields the port of test/check/sample_server.py."""
    command = [sys.executable, HERE / "sample_server.py", "--mode", mode]
    if bug:
        command += ["--bug", bug]
    # A bug may end in a traceback.
    with running(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        yield int(process.stdout.readline().split()[1])


@contextlib.contextmanager
def kvserver(scheme):
    """Yields the port of the real server, listening as `scheme`://."""
    command = [PROGRAMS / "kvserver", "--listen", f"{scheme}://127.0.0.1:0", "--log-level", "error"]
    with running(command, stdout=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        yield int(re.fullmatch(rf"ready {scheme}://127\.0\.0\.1:(\d+)\n", line).group(1))


@contextlib.contextmanager
def memcached():
    """Yields the port of Debian's memcached, which writes the free port it took into a file."""
    command = [PEERS / "bin/memcached", "-u", "root", "-l", "127.0.0.1", "-p", "-1"]
    with tempfile.TemporaryDirectory() as folder:
        port_file = pathlib.Path(folder, "port")
        with running(command, env={**os.environ, "MEMCACHED_PORT_FILENAME": port_file}) as process:
            yield wait_for_port_file(port_file, process)


def wait_for_port_file(path, process):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(FileNotFoundError):
            found = re.search(r"TCP INET: (\d+)", path.read_text())
            if found:
                return int(found.group(1))
        time.sleep(0.01)  # nothing to block on: memcached renames the file into place
    raise RuntimeError("memcached did not write its port")


def unused_port():
    """A port on which nothing listens (any more)."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def kvcheck(*words, **options):
    """The finished process; its output as text."""
    command = [PROGRAMS / "kvcheck", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=20 * PATIENCE, **options)


def report(port, mode, *words):
    """kvcheck's JSON report on a server of this machine."""
    finished = kvcheck("--json", "--mode", mode, *words, "127.0.0.1", port)
    return json.loads(finished.stdout)


def names(graded, outcome):
    return [case["name"] for case in graded["cases"] if case["outcome"] == outcome]
