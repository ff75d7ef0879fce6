"""on_memcached.py TRANSCRIPT_TEST: plays the transcripts on Debian's memcached, so that nothing is written in them
that is not true of it. Skipped (77) where there is none: scripts/peers.sh fetches it; KV_PEERS tells where to.
"""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PEERS = Path(os.environ.get("KV_PEERS", ROOT / "build" / "peers"))
DEADLINE = 30


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def start(program: Path) -> tuple[subprocess.Popen, int]:
    """memcached on a port that was free a moment ago; tried again if another program was faster."""
    for _ in range(10):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        user = ["-u", "root"] if os.geteuid() == 0 else []
        server = subprocess.Popen([program, *user, "-l", "127.0.0.1", "-p", str(port), "-U", "0"])
        give_up = time.monotonic() + DEADLINE
        while server.poll() is None and time.monotonic() < give_up:
            if accepts(port):
                return server, port
        server.kill()
        server.wait()
    sys.exit("memcached does not start")


def main() -> int:
    program = PEERS / "usr" / "bin" / "memcached"
    if not program.exists():
        print(f"no {program}: skipped")
        return 77
    server, port = start(program)
    try:
        return subprocess.run([sys.argv[1], "--", f"memcache://127.0.0.1:{port}"]).returncode
    finally:
        server.kill()
        server.wait()


if __name__ == "__main__":
    sys.exit(main())
