"""Starts the servers under test and their peers, waits until they are ready, and stops them."""

import os
import pathlib
import re
import resource
import select
import signal
import socket
import subprocess
import tempfile
import time

import pace
from wire import Wire

root = pathlib.Path(__file__).resolve().parents[2]
programs = pathlib.Path(os.environ.get("KV_BIN", root / "build/release/bin"))
peers = pathlib.Path(os.environ.get("KV_PEERS", root / "build/peers"))

sanitizer_report = re.compile(r"(ERROR|WARNING): \w+Sanitizer|runtime error:")


def kvserver_path():
    return str(programs / "kvserver")


def peer_command(name):
    """The command line start and environment of a program that Debian packages: unpacked under $KV_PEERS, or installed."""
    environment = dict(os.environ)
    wrapper, unpacked = peers / "bin" / name, peers / "usr/bin" / name
    if wrapper.exists():
        return [str(wrapper)], environment
    if unpacked.exists():
        libraries = [str(path) for path in (peers / "usr/lib").glob("*-linux-gnu")]
        environment["LD_LIBRARY_PATH"] = ":".join(libraries)
        return [str(unpacked)], environment
    return [f"/usr/bin/{name}"], environment


def free_port():
    """A port nobody uses now. Only for programs that cannot take port 0 themselves."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def accepts(address):
    try:
        Wire(address).close()
        return True
    except OSError:
        return False


class Program:
    """A running program whose stderr goes to a file and whose stdout is read by us."""

    def __init__(self, command, environment=None, descriptors=None, address_space=None, umask=None, stderr=None):
        self.stderr_file = tempfile.TemporaryFile()

        def in_child():
            if descriptors is not None:
                resource.setrlimit(resource.RLIMIT_NOFILE, descriptors)
            if address_space is not None:
                resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))
            if umask is not None:
                os.umask(umask)

        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=self.stderr_file if stderr is None else stderr, preexec_fn=in_child, start_new_session=True)
        self.stdout = b""
        self.end_was_awaited = False

    @property
    def pid(self):
        return self.process.pid

    def stderr(self):
        size = os.fstat(self.stderr_file.fileno()).st_size
        return os.pread(self.stderr_file.fileno(), size, 0).decode(errors="replace")

    def is_running(self):
        return self.process.poll() is None

    def read_stdout_until(self, is_complete, within=20):
        """Collects stdout until `is_complete(text)`, the program ends, or the deadline passes."""
        end = time.monotonic() + pace.seconds(within)
        while not is_complete(self.stdout.decode()):
            left = end - time.monotonic()
            readable = left > 0 and select.select([self.process.stdout], [], [], left)[0]
            piece = os.read(self.process.stdout.fileno(), 4096) if readable else b""
            if not piece:
                status = self.process.poll()
                self.process.kill()
                self.process.wait()
                raise AssertionError(f"not ready, status {status}: {self.stdout!r}\n{self.stderr()}")
            self.stdout += piece
        return self.stdout.decode()

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, within=30):
        """Waits for the end and returns the exit status; a program that hangs is killed and fails the test."""
        try:
            status = self.process.wait(pace.seconds(within))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"still running after {pace.seconds(within):.0f} s\n{self.stderr()}") from None
        self.process.stdout.close()
        self.end_was_awaited = True
        return status

    def kill(self):
        if self.is_running():
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.stderr_file.close()

    def threads(self):
        return len(os.listdir(f"/proc/{self.pid}/task"))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_kib(self):
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1])


class KvServer(Program):
    """kvserver with the given options; without a listener among them it gets one memcache listener on a free port."""

    def __init__(self, *options, ready_lines=None, environment=None, **limits):
        options = list(options)
        if not any(option in ("--listen", "--port", "--config") or option.startswith("--listen=") for option in options):
            options += ["--listen", "memcache://127.0.0.1:0"]
        listeners = ready_lines or options.count("--listen") or 1
        variables = {name: value for name, value in os.environ.items() if not name.startswith("KVSERVER_")}
        super().__init__([kvserver_path(), *options], variables | (environment or {}), **limits)
        try:
            text = self.read_stdout_until(lambda text: text.count("\n") >= listeners)
        except AssertionError:
            self.kill()
            raise
        self.threads_at_start, self.descriptors_at_start = self.threads(), self.descriptors()
        self.uris = [line.removeprefix("ready ") for line in text.splitlines()]

    @property
    def address(self):
        return self.address_of(self.uris[0])

    @staticmethod
    def address_of(uri):
        """(host, port) or the path of a unix socket."""
        place = uri.split("://", 1)[1]
        if "+unix" in uri.split("://")[0]:
            return place
        host, port = place.rsplit(":", 1)
        return host.strip("[]"), int(port)

    def connect(self, listener=0, **options):
        return Wire(self.address_of(self.uris[listener]), **options)

    def assert_no_report(self):
        report = self.stderr()
        assert not sanitizer_report.search(report), report

    def stop(self, within=30):
        """SIGTERM, and the server ends with status 0 in time; a server that died before that fails the test here."""
        if not self.end_was_awaited:
            assert self.is_running(), f"the server died, status {self.process.returncode}\n{self.stderr()}"
            self.signal(signal.SIGTERM)
            status = self.wait(within)
            assert status == 0, f"exit status {status} after SIGTERM\n{self.stderr()}"
        self.assert_no_report()


class Memcached(Program):
    """Debian's memcached on a free port: its replies are the contract of memcache://.

    Its background threads are off: while one of them holds an item, decr does not pad the number with blanks.
    """

    def __init__(self, *options):
        command, environment = peer_command("memcached")
        self.folder = tempfile.TemporaryDirectory()
        port_file = pathlib.Path(self.folder.name) / "port"
        environment["MEMCACHED_PORT_FILENAME"] = str(port_file)
        super().__init__([*command, "-u", "root", "-l", "127.0.0.1", "-p", "-1", "-m", "1024", "-t", "1",
                          "-o", "no_lru_maintainer,no_lru_crawler", *options], environment)
        text = pace.wait_until(lambda: port_file.exists() and port_file.read_text(), "memcached writes its port")
        self.address = ("127.0.0.1", int(re.search(r"TCP INET: (\d+)", text)[1]))

    def connect(self, **options):
        return Wire(self.address, **options)

    def stop(self):
        self.kill()
        self.folder.cleanup()


class MemcachedOnUnixSocket(Program):
    def __init__(self):
        command, environment = peer_command("memcached")
        self.folder = tempfile.TemporaryDirectory()
        self.address = f"{self.folder.name}/memcached"
        super().__init__([*command, "-u", "root", "-s", self.address, "-m", "1024", "-t", "1",
                          "-o", "no_lru_maintainer,no_lru_crawler"], environment)
        pace.wait_until(lambda: accepts(self.address), "memcached listens on its unix socket")

    def stop(self):
        self.kill()
        self.folder.cleanup()


class RedisServer(Program):
    """Debian's redis-server on a free port, without persistence."""

    def __init__(self, *options):
        command, environment = peer_command("redis-server")
        self.address = ("127.0.0.1", free_port())
        super().__init__([*command, "--port", str(self.address[1]), "--bind", "127.0.0.1", "--save", "", *options], environment)
        self.read_stdout_until(lambda text: "Ready to accept connections" in text)

    def connect(self, **options):
        return Wire(self.address, **options)

    def stop(self):
        self.kill()


def run_to_end(*options, environment=None, within=20):
    """Runs kvserver with options that make it end by itself; returns (status, stdout, stderr)."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("KVSERVER_")}
    done = subprocess.run([kvserver_path(), *options], env=variables | (environment or {}), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=pace.seconds(within))
    assert not sanitizer_report.search(done.stderr), done.stderr
    return done.returncode, done.stdout, done.stderr
