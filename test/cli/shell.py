"""kvcli as a program to run, and servers to run it against."""

import contextlib
import os
import pathlib
import socket
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import pace  # noqa: E402
from servers import KvServer, free_port, peer_command, programs  # noqa: E402

kvcli_path = str(programs / "kvcli")


def kvcli(*arguments, given=b"", **environment):
    """Runs kvcli to its end: status, standard output, standard error."""
    variables = {k: v for k, v in os.environ.items() if k not in ("KV_URL", "KV_PASSWORD", "NO_COLOR")}
    variables.update(environment)
    done = subprocess.run([kvcli_path, *arguments], input=given, capture_output=True, env=variables,
                          timeout=pace.seconds(120))
    return done.returncode, done.stdout, done.stderr


class Peer:
    """memcached or redis-server on a free port (or the one given), ready when the constructor returns.

    `probe` is how the address begins with which it is asked whether it answers."""

    def __init__(self, name, *more, port=None, probe=None):
        port = port or free_port()
        is_redis = name == "redis-server"
        options = (["--bind", "127.0.0.1", "--port", str(port), "--save", ""] if is_redis
                   else ["-u", "root", "-l", "127.0.0.1", "-p", str(port)])
        self.port, self.uri = port, f"{'redis' if is_redis else 'memcache'}://127.0.0.1:{port}"
        command, environment = peer_command(name)
        self.process = subprocess.Popen(command + options + list(more), env=environment, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        uri = probe + self.uri.split("//")[1] if probe else self.uri
        status, _, error = kvcli("--wait", "20", uri, "PING" if is_redis else "version")
        assert status == 0 or b"NOAUTH" in error, error

    def stop(self):
        self.process.kill()
        self.process.wait()


class OwnServer:
    """kvserver with one listener of the given scheme."""

    def __init__(self, scheme):
        self.program = KvServer("--listen", f"{scheme}://127.0.0.1:0")
        self.uri = self.program.uris[0]

    def stop(self):
        self.program.stop()
        self.program.kill()


def serves(scheme):
    """Whether this build of kvserver has such a listener."""
    help_text = subprocess.run([str(programs / "kvserver"), "--help"], capture_output=True).stdout
    return f"{scheme}://".encode() in help_text


@contextlib.contextmanager
def scripted_server(serve):
    """A server of the test's own: `serve(socket)` for each client, one after another."""
    listener = socket.create_server(("127.0.0.1", 0))
    stopping = threading.Event()

    def accept():
        while not stopping.is_set():
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client, contextlib.suppress(OSError):
                serve(client)

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        stopping.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(pace.seconds(20))
