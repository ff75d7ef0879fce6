"""The servers to compare, each on a free port of 127.0.0.1, and the points to measure.

A point yields rounds, and a round has one figure per server and metric."""

import contextlib
import dataclasses
import glob
import json
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
    """A server or a tool failed; the text says which and how."""


class Programs:
    """Where the programs are: ours in one folder, the peers as scripts/peers.sh unpacks them."""

    def __init__(self, ours, peers):
        self.ours = pathlib.Path(ours)
        # Not the wrappers in bin/, whose shell would count as start-up time.
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
    """A port below the ephemeral ones, which ten thousand connections could use up."""
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


# Configurations: a program with its best options, and a protocol. -m and -I suffice for a million items
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


@dataclasses.dataclass
class Settings:
    programs: object
    rounds: int
    seconds: float      # of one measurement
    warm_up: float
    items: int          # for memory per item
    idle_clients: int   # for memory per idle connection
    starts: int         # for the time to the first reply
    crowd: int          # clients of which 1 % are active
    crowd_rounds: int
    servers: list       # names of configurations
    say: object         # called with progress lines


def kvbench(settings, server, *options):
    """One run; its JSON, with the share of CPU used by other processes: the noise of the machine."""
    command = [settings.programs.path("kvbench"), server.uri, "--json", "-", "--server-pid", str(server.pid), *options]
    before = busy_seconds()
    began = time.monotonic()
    answer = subprocess.run(command, capture_output=True, text=True)
    if answer.returncode != 0:
        raise Failure(f'{" ".join(command)}: {answer.stderr.strip() or first_fault(answer.stdout)}')
    result = json.loads(answer.stdout)
    others = busy_seconds() - before - result["client_cpu_seconds"] - result["server"]["cpu_seconds"]
    result["other_cpu_share"] = max(0.0, others / (time.monotonic() - began))
    return result


def first_fault(report):
    try:
        result = json.loads(report)
    except json.JSONDecodeError:
        return report.strip()
    counts = ", ".join(f"{result[what]} {what}" for what in ("refused", "wrong", "lost") if result[what])
    return f'{counts}; {result["first_fault"]}'


def busy_seconds():
    """All CPU time of this machine, including time stolen by its host."""
    user, nice, system, _idle, _iowait, irq, softirq, steal = map(
        int, pathlib.Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / 100


def figures(result):
    return {
        "requests/s": result["requests_per_second"],
        "p50 us": result["latency_us"]["all"]["p50"],
        "p99 us": result["latency_us"]["all"]["p99"],
        "p99.9 us": result["latency_us"]["all"]["p99.9"],
        "server CPU us": result["server"]["cpu_us_per_request"],
        "client CPU us": result["client_cpu_us_per_request"],
        "hit share": result["hit_share"],
        "other CPU share": result["other_cpu_share"],
    }


def rotated(items, by):
    by %= len(items)
    return items[by:] + items[:by]


def interleaved(settings, rounds, measure):
    """[{server: measure(server)}], one per round; every round begins with another server."""
    return [{name: guarded(name, measure) for name in rotated(settings.servers, number)}
            for number in range(rounds)]


def guarded(name, measure):
    """Reports a server that fails at a point, and still measures the others."""
    try:
        return measure(name)
    except Failure as failure:
        return {"failed": str(failure)}


@contextlib.contextmanager
def filled_servers(settings, *load):
    """{name: running server filled with the keys of the load}, or a Failure."""
    with contextlib.ExitStack() as stack:
        servers = {}
        for name in settings.servers:
            try:
                servers[name] = stack.enter_context(Server(settings.programs, name))
                kvbench(settings, servers[name], *load, "-n", "0", "--prefill")
            except Failure as failure:
                servers[name] = failure
        yield servers


def measure_load(settings, server, *load):
    if isinstance(server, Failure):
        raise server
    return figures(kvbench(settings, server, *load, "-d", str(settings.seconds)))


@dataclasses.dataclass
class LoadPoint:
    """Requests of one kind: kvbench against servers that hold all the keys."""
    name: str
    clients: int
    pipeline: int = 1
    value: str = "100"
    get_share: float = 0.9
    keys: int = 100_000
    group: str = "clients x pipeline"

    @property
    def title(self):
        return f'{self.clients} client{"s" * (self.clients != 1)}, pipeline {self.pipeline}, ' \
               f"{self.get_share:.0%} gets, {self.keys:,} keys, values of {self.value}B"

    def options(self):
        return ["-c", str(self.clients), "-p", str(self.pipeline), "-s", self.value, "-r", str(self.get_share),
                "-k", str(self.keys)]

    def run(self, settings):
        load = [*self.options(), "--warm-up", str(settings.warm_up)]
        with filled_servers(settings, *self.options()) as servers:
            return interleaved(settings, settings.rounds, lambda name: measure_load(settings, servers[name], *load))


@dataclasses.dataclass
class StartPoint:
    """From the launch of the program to the first answered get."""
    name: str = "start"
    title: str = "start to first reply"
    group: str = "start, memory, connections"

    def run(self, settings):
        return interleaved(settings, settings.starts, lambda name: self.measure(settings, name))

    @staticmethod
    def measure(settings, name):
        server = Server(settings.programs, name)
        began = time.perf_counter()
        with server:
            return {"ms": (time.perf_counter() - began) * 1000}


@dataclasses.dataclass
class MemoryPoint:
    """Resident memory: empty, per item of 16 + 100 bytes, per idle connection after one request."""
    name: str = "memory"
    title: str = "resident memory"
    group: str = "start, memory, connections"

    def run(self, settings):
        return interleaved(settings, 1, lambda name: self.measure(settings, name))

    @staticmethod
    def measure(settings, name):
        with Server(settings.programs, name) as server:
            empty = server.memory_kib()
            with contextlib.ExitStack() as held:
                clients = [held.enter_context(server.connect()) for _ in range(settings.idle_clients)]
                for client in clients:
                    server.ask(client)
                connected = server.memory_kib()
        with Server(settings.programs, name) as server:
            kvbench(settings, server, "-n", "0", "--prefill", "-k", str(settings.items), "-c", "4")
            full = server.memory_kib()
        return {"empty MiB": empty / 1024, "B per item": (full - empty) * 1024 / settings.items,
                "KiB per idle connection": (connected - empty) / settings.idle_clients}


@dataclasses.dataclass
class ConnectPoint:
    """connect, get, close: once per request, 8 clients."""
    name: str = "connects"
    title: str = "connect, get, close"
    group: str = "start, memory, connections"

    def run(self, settings):
        load = ["-c", "8", "-r", "1", "-k", "1000", "--connect-per-request"]
        with filled_servers(settings, "-k", "1000") as servers:
            return interleaved(settings, settings.rounds, lambda name: measure_load(settings, servers[name], *load))


@dataclasses.dataclass
class CrowdPoint:
    """Many connections, 1 % of them active, compared with only the active ones."""
    name: str = "crowd"
    title: str = "10,000 connections, 1 % active"
    group: str = "start, memory, connections"

    def run(self, settings):
        return interleaved(settings, settings.crowd_rounds, lambda name: self.measure(settings, name))

    @staticmethod
    def measure(settings, name):
        active = str(max(1, settings.crowd // 100))
        length = ["-d", str(settings.seconds), "--warm-up", str(settings.warm_up)]
        with Server(settings.programs, name) as server:
            alone = kvbench(settings, server, "--prefill", "-c", active, *length)
            before = server.memory_kib()
            crowded = kvbench(settings, server, "-c", str(settings.crowd), "--active-share", "0.01", *length)
        grown = crowded["server"]["resident_kib"] - before
        return {**figures(crowded), "p99 us alone": alone["latency_us"]["all"]["p99"],
                "p99 crowded / alone": crowded["latency_us"]["all"]["p99"] / alone["latency_us"]["all"]["p99"],
                "requests/s alone": alone["requests_per_second"], "KiB per connection": grown / settings.crowd}


@dataclasses.dataclass
class CrossCheckPoint:
    """Figures of the public load generators, for 50 clients without pipelining: they use more CPU than the servers."""
    name: str = "cross-check"
    title: str = "redis-benchmark and memcaslap, 50 clients"
    group: str = "cross-check"

    def run(self, settings):
        return interleaved(settings, 1, lambda name: self.measure(settings, name))

    @staticmethod
    def measure(settings, name):
        with Server(settings.programs, name) as server:
            ours = kvbench(settings, server, "--prefill", "-d", str(settings.seconds))
            if server.scheme == "redis":
                theirs = redis_benchmark(settings, server, int(ours["requests_per_second"] * settings.seconds))
            else:
                theirs = memcaslap(settings, server)
        return {"kvbench requests/s": ours["requests_per_second"], "public tool requests/s": theirs,
                "server CPU us (kvbench)": ours["server"]["cpu_us_per_request"]}


def redis_benchmark(settings, server, requests):
    command = [settings.programs.path("redis-benchmark"), "-h", "127.0.0.1", "-p", str(server.port), "-c", "50",
               "-n", str(max(1000, requests)), "-d", "100", "-r", "100000", "-t", "get", "--csv"]
    answer = subprocess.run(command, env=settings.programs.environment(), capture_output=True, text=True)
    found = re.search(r'^"GET","([\d.]+)"', answer.stdout, re.MULTILINE)
    return float(found.group(1)) if found else None


def memcaslap(settings, server):
    command = [settings.programs.path("memcaslap"), "-s", f"127.0.0.1:{server.port}", "-c", "50", "-T", "1",
               "-t", f"{max(1, round(settings.seconds))}s", "-X", "100"]
    try:
        answer = subprocess.run(command, env=settings.programs.environment(), capture_output=True, text=True,
                                timeout=30 + settings.seconds)
    except subprocess.TimeoutExpired:
        return None
    found = re.search(r"TPS: (\d+)", answer.stdout)
    return float(found.group(1)) if found else None


def all_points():
    grid = [LoadPoint(f"{clients}x{pipeline}", clients, pipeline)
            for pipeline in (1, 16, 100) for clients in (1, 4, 50, 200, 500)]
    values = [LoadPoint(f"value-{value}", 8, 1, value, keys=keys, group="size of values")
              for value, keys in (("16", 100_000), ("100", 100_000), ("4k", 20_000), ("64k", 1000), ("1m", 64))]
    mixes = [LoadPoint(f"mix-{share:.0%}".replace("%", ""), 50, 1, get_share=share, group="share of gets")
             for share in (0.9, 0.5)]
    keys = [LoadPoint(f"keys-{keys}", 50, 16, keys=keys, group="number of keys") for keys in (1000, 10_000, 1_000_000)]
    return [*grid, *values, *mixes, *keys, StartPoint(), MemoryPoint(), ConnectPoint(), CrowdPoint(), CrossCheckPoint()]
