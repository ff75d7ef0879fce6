"""Starts and stops the servers that are compared, each on a free port of 127.0.0.1, the way its users would."""

import glob
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

MAX_CLIENTS = 20_000
DEADLINE_SECONDS = 20


class Failure(Exception):
    """A server or a tool did not do what it should; the text says which and how."""


class Programs:
    """Where the programs are: ours in one folder, the peers as scripts/peers.sh unpacks them."""

    def __init__(self, ours, peers):
        self.ours = pathlib.Path(ours)
        # The wrappers in bin/ start through a shell, which a start-up time must not include.
        unpacked = pathlib.Path(peers) / "unpacked"
        self.peers = (unpacked if unpacked.is_dir() else pathlib.Path(peers)) / "usr"

    def path(self, name):
        for folder in (self.ours, self.peers / "bin"):
            if (folder / name).exists():
                return str(folder / name)
        found = shutil.which(name)
        if not found:
            raise Failure(f'{name} is neither in {self.ours} nor in {self.peers / "bin"}')
        return found

    def environment(self):
        libraries = glob.glob(str(self.peers / "lib" / "*-linux-gnu*"))
        return {**os.environ, "LD_LIBRARY_PATH": ":".join(libraries)} if libraries else dict(os.environ)

    def version(self, name):
        argument = "-V" if name == "memcached" else "--version"
        answer = subprocess.run([self.path(name), argument], env=self.environment(), capture_output=True, text=True)
        found = re.search(r"\d+\.\d+\.\d+", answer.stdout)
        return found.group(0) if found else "unknown"


def free_port():
    """A port below those the kernel hands to clients: ten thousand connections would take a listener's otherwise."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def kvserver_command(programs, ports, options=()):
    listeners = [f"--listen={scheme}://127.0.0.1:{port}" for scheme, port in ports.items()]
    return [programs.path("kvserver"), *listeners, f"--max-clients={MAX_CLIENTS}", *options]


def memcached_command(programs, ports, options=()):
    user = ["-u", "root"] if os.geteuid() == 0 else []
    return [programs.path("memcached"), "-l", "127.0.0.1", "-p", str(ports["memcache"]), "-U", "0",
            "-c", str(MAX_CLIENTS), *user, *options]


def redis_command(programs, ports, options=()):
    return [programs.path("redis-server"), "--bind", "127.0.0.1", "--port", str(ports["redis"]), "--save", "",
            "--appendonly", "no", "--maxclients", str(MAX_CLIENTS), "--protected-mode", "no", *options]


# What is compared: a program with its best options, spoken to in one protocol. -m and -I make room for a million items
# and for values of 1 MB; nothing is allocated before it is used.
ROOMY = ("-m", "2048", "-I", "2m")
CONFIGURATIONS = {
    "kvserver": ("memcache", kvserver_command, ()),
    "memcached -t 1": ("memcache", memcached_command, ("-t", "1", *ROOMY)),
    "memcached -t 2": ("memcache", memcached_command, ("-t", "2", *ROOMY)),
    "kvserver (RESP)": ("redis", kvserver_command, ()),
    "redis": ("redis", redis_command, ()),
    "redis io-threads 2": ("redis", redis_command, ("--io-threads", "2")),
}


class Server:
    """A running server; stopped at the end of a with block."""

    def __init__(self, programs, name, options=None):
        self.name = name
        self.scheme, make_command, usual = CONFIGURATIONS[name]
        self.port = free_port()
        self.command = make_command(programs, {self.scheme: self.port}, usual if options is None else options)
        self.uri = f"{self.scheme}://127.0.0.1:{self.port}"
        self._environment = programs.environment()
        self._process = None
        self._said = None

    def start(self):
        self._said = tempfile.TemporaryFile()
        self._process = subprocess.Popen(self.command, env=self._environment, stdout=self._said, stderr=self._said)
        self.wait_for_reply()
        return self

    def wait_for_reply(self):
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not self.answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise Failure(f'does not start: {" ".join(self.command)}: {self.last_words()}')
            time.sleep(0.0001)

    def last_words(self):
        self._said.seek(0)
        return " / ".join(self._said.read().decode(errors="replace").split("\n"))[-300:].strip(" /")

    def answers(self):
        try:
            with self.connect() as client:
                self.ask(client)
                return True
        except OSError:
            return False

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=DEADLINE_SECONDS)

    def ask(self, client):
        """One get of a key that does not exist."""
        request, reply = {
            "memcache": (b"get nothing\r\n", b"END\r\n"),
            "redis": (b"*2\r\n$3\r\nGET\r\n$7\r\nnothing\r\n", b"$-1\r\n"),
        }[self.scheme]
        client.sendall(request)
        received = b""
        while len(received) < len(reply):
            piece = client.recv(len(reply) - len(received))
            if not piece:
                raise OSError("closed")
            received += piece
        if received != reply:
            raise Failure(f"answered {received!r}")

    @property
    def pid(self):
        return self._process.pid

    def memory_kib(self, field="VmRSS"):
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(rf"^{field}:\s+(\d+)", status, re.MULTILINE).group(1))

    def stop(self):
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(DEADLINE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
