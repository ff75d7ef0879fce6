"""The test bed of stress.py: figures with their bounds, servers with the limits of a load, clients that send exact
bytes, work in separate processes, and a bystander."""

import contextlib
import fcntl
import multiprocessing
import random
import signal
import socket
import subprocess
import tempfile
import time
from typing import NamedTuple

from loads import Failure, Server, free_port, kvserver_command

PATIENCE = 300            # seconds to wait for a reply
LONGEST_STOP = 60         # seconds to wait for a stop, then the server is killed
FULL = 200                # MiB: the limit of a cache that a million items fill
GAP = 0.002               # seconds between a bystander's GETs
OVER_LIMIT = 64           # MiB for everything but items, and in addition for each client:
PER_CLIENT = 1 / 16


class Figure(NamedTuple):
    value: object
    at_most: float = None
    at_least: float = None

    def is_over(self):
        if isinstance(self.value, str):
            return self.value == "no"
        return (self.at_most is not None and self.value > self.at_most) or \
               (self.at_least is not None and self.value < self.at_least)

    def text(self, with_bound):
        whole = isinstance(self.value, int) or not isinstance(self.value, str) and self.value >= 100
        text = self.value if isinstance(self.value, str) else f"{self.value:,.{0 if whole else 2}f}"
        for words, bound in (("at most", self.at_most), ("at least", self.at_least)):
            text += f" ({words} {bound:,.6g})" if with_bound and bound is not None else ""
        return text


class Load(NamedTuple):
    name: str
    what: str
    work: object                 # work(stage, server, **arguments) -> {name: Figure}
    arguments: dict = {}
    peers: tuple = ("redis",)
    limit: int = 1024            # MiB
    evict: bool = False
    options: tuple = ()          # of kvserver
    schemes: tuple = ("memcache", "redis")
    address_space: int = 0       # bytes; 0: no limit
    unread_log: bool = False     # standard error is a pipe that is not read
    signals: int = 1             # 2: SIGTERM a second time, soon after the first


# --- servers and clients ------------------------------------------------------------------------------------------

class Target(Server):
    """A server with the listeners and limits of a load; stopped by finish() or killed at the end of the with block."""

    CONFIGURATIONS = {"kvserver": "kvserver", "memcached": "memcached -t 1", "redis": "redis"}

    def __init__(self, stage, name, load):
        limit = stage.limit(load.limit)
        super().__init__(stage.programs, self.CONFIGURATIONS[name], {
            "kvserver": (),
            "memcached": ("-m", str(limit), "-I", "2m"),
            "redis": ("--maxmemory", f"{limit}mb", "--maxmemory-policy", "allkeys-lru" if load.evict else "noeviction"),
        }[name])
        self.ports = {self.scheme: self.port}
        self.unread_log = load.unread_log
        if name == "kvserver":
            self.ports |= {scheme: free_port() for scheme in load.schemes if scheme != self.scheme}
            options = (f"--memory-limit={limit}m", f"--when-full={'evict' if load.evict else 'refuse'}", *load.options)
            self.command = kvserver_command(stage.programs, self.ports, options)
        if load.address_space:
            self.command = ["prlimit", f"--as={load.address_space}", *self.command]

    def start(self):
        if not self.unread_log:
            return super().start()
        self._said = tempfile.TemporaryFile()
        self._process = subprocess.Popen(self.command, env=self._environment, stdout=self._said, stderr=subprocess.PIPE)
        fcntl.fcntl(self._process.stderr, fcntl.F_SETPIPE_SZ, 4096)
        self.wait_for_reply()
        return self

    def lives(self):
        return self._process.poll() is None

    def mib(self, field="VmHWM"):
        return self.memory_kib(field) / 1024

    def memory(self, limit, clients):
        """The peak of resident memory, with the bound given by the limit and the number of clients."""
        return {"RSS MiB": Figure(self.mib(), at_most=limit + OVER_LIMIT + PER_CLIENT * clients)}

    def finish(self, signals):
        """Seconds from SIGTERM to the end, or until the server was killed; and its exit status."""
        for number in range(signals):
            time.sleep(0.2 * number)
            began = time.monotonic()
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(LONGEST_STOP)
        seconds = time.monotonic() - began
        self.stop()
        return seconds, self._process.returncode

    def stop(self):
        if self.lives():
            self._process.kill()
        self._process.wait()


def resp(*words):
    words = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def set_request(scheme, key, value, ttl=0):
    if scheme == "memcache":
        return b"set %s 0 %d %d\r\n%s\r\n" % (key.encode(), ttl, len(value), value)
    return resp("SET", key, value, *(("EX", ttl) if ttl else ()))


class Connection:
    """One client. Requests are bytes; a reply is a line, or everything before an echoed mark."""

    def __init__(self, server, scheme=None, receive_buffer=None):
        self.socket = socket.socket()
        self.socket.settimeout(PATIENCE)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.connect(("127.0.0.1", server.ports[scheme or server.scheme]))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.replies = self.socket.makefile("rb", 1 << 16)

    def send(self, data):
        self.socket.sendall(data)

    def line(self):
        line = self.replies.readline()
        if not line.endswith(b"\n"):
            raise Failure("a connection was closed before its reply")
        return line

    def lines(self, data, number=1):
        self.send(data)
        return [self.line() for _ in range(number)]

    def until_mark(self, data):
        """The replies to RESP requests, however many and large; the last 64 KiB of them."""
        mark = b"%032x\r\n" % random.getrandbits(128)
        self.send(data + resp("ECHO", mark[:-2]))
        tail = b""
        while not tail.endswith(mark):
            piece = self.replies.read1(1 << 16)
            if not piece:
                raise Failure("a connection was closed before its reply")
            tail = (tail + piece)[-(1 << 16):]
        return tail

    def send_what_goes(self, data):
        """Sends until the server takes no more for half a second, or closes."""
        self.socket.settimeout(0.5)
        with contextlib.suppress(OSError):
            self.socket.sendall(data)


class ZeroMqPeer(Connection):
    """A REQ socket, implemented with ZMTP 3.0."""

    def __init__(self, server):
        super().__init__(server, "zmq")
        self.send(b"\xff" + bytes(8) + b"\x7f\x03\x00NULL" + bytes(48))
        self.exactly(64)
        ready = b"\x05READY\x0bSocket-Type\0\0\0\x03REQ\x08Identity\0\0\0\0"
        self.send(b"\x04" + bytes([len(ready)]) + ready)

    @staticmethod
    def message(data):
        return b"\x01\x00\x02" + len(data).to_bytes(8, "big") + data

    def answer(self):
        """The last frame of the next message."""
        more, is_large, is_command = 1, 2, 4
        while True:
            flags = self.exactly(1)[0]
            body = self.exactly(int.from_bytes(self.exactly(8 if flags & is_large else 1), "big"))
            if not flags & (more | is_command):
                return body

    def exactly(self, size):
        data = self.replies.read(size)
        if len(data) < size:
            raise Failure("zmq closed a connection before its reply")
        return data


class Background:
    """work(is_over, *arguments) in its own process, so that other work does not affect its times."""

    CONTEXT = multiprocessing.get_context("fork")

    def __init__(self, work, *arguments):
        self._pipe, theirs = self.CONTEXT.Pipe()
        self._process = self.CONTEXT.Process(target=self._run, args=(theirs, work, arguments), daemon=True)
        self._process.start()
        theirs.close()

    @staticmethod
    def _run(pipe, work, arguments):
        try:
            pipe.send(work(pipe.poll, *arguments))
        except (OSError, Failure) as error:
            pipe.send(Failure(f"{work.__name__}: {error}"))

    def result(self):
        """Tells the work to end, and returns its result."""
        self._pipe.send(None)
        found = self._pipe.recv()
        self._process.join()
        if isinstance(found, Failure):
            raise found
        return found


def ask_now_and_then(is_over, server):
    """Times of a GET every GAP, including the GETs that were due while one waited and would have waited too."""
    client, times = Connection(server), []
    ask = b"get bystander\r\n" if server.scheme == "memcache" else resp("GET", "bystander")
    while not is_over():
        began = time.perf_counter()
        client.lines(ask)
        took = time.perf_counter() - began
        times += [took - GAP * late for late in range(int(took / GAP) + 1)]
        time.sleep(GAP)
    return sorted(times)


class Bystander(Background):
    def __init__(self, server):
        super().__init__(ask_now_and_then, server)

    def figures(self, p99=3, longest=None):
        """In milliseconds, with the bounds."""
        times = [1e3 * seconds for seconds in self.result()] or [0.0]
        return {"p50 ms": Figure(times[len(times) // 2]), "p99 ms": Figure(times[int(len(times) * 0.99)], at_most=p99),
                "max ms": Figure(times[-1], at_most=longest)}


def repeat(is_over, server, message, scheme, replies):
    """Repeatedly sends RESP requests, or lines with a known number of reply lines; returns how often."""
    client, done = Connection(server, scheme), 0
    while not is_over():
        client.lines(message, replies) if scheme == "memcache" else client.until_mark(message)
        done += 1
    return done


def set_keys(is_over, server, name, ttl, keys, pause=0):
    """Sets of 100 bytes, one after the other; returns how many per second, and how many were refused."""
    client, began, done, refused, value = Connection(server), time.monotonic(), 0, 0, b"v" * 100
    while not is_over():
        lifetime = random.randint(1, ttl) if ttl else 0
        reply, = client.lines(set_request(server.scheme, f"{name}{random.randrange(keys):010}", value, lifetime))
        refused += reply not in (b"STORED\r\n", b"+OK\r\n")
        done += 1
        time.sleep(pause) if pause else None
    return done / (time.monotonic() - began), refused


class Stage:
    """The arguments of every load: its scale, and common helpers."""

    def __init__(self, programs, quick):
        self.programs, self.quick = programs, quick

    def count(self, number):
        return max(2, number // 50) if self.quick else number

    def seconds(self, plain):
        return 0.3 if self.quick else plain

    def limit(self, mib):
        return 4 if self.quick and mib == FULL else mib

    def fill(self, server, items, ttl=0, size=100, name="key", clients=1, at_once=2000):
        connections, value = [Connection(server) for _ in range(clients)], b"v" * size
        for first in range(0, items, at_once):
            numbers = range(first, min(items, first + at_once))
            connections[first // at_once % clients].lines(b"".join(
                set_request(server.scheme, f"{name}{number:010}", value, random.randint(1, ttl) if ttl else 0)
                for number in numbers), len(numbers))

    def watched(self, server, seconds, *works, **bars):
        """The bystander's figures while the works ran, and their results."""
        bystander = Bystander(server)
        working = [Background(*work) for work in works]
        time.sleep(self.seconds(seconds))
        found = [work.result() for work in working]
        return bystander.figures(**bars), found
