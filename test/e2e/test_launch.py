"""A server made to be started by scripts: it says when it is ready and where, and ends when nobody needs it."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import textwrap
import time
import tty

import pytest

import pace
from servers import KvServer, Program, kvserver_path, programs
from wire import Wire


def until(condition, within=10):
    """Waits for a condition; the deadline is a safety net."""
    end = time.monotonic() + pace.seconds(within)
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.005)


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as status:
            return status.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def run(*arguments, **options):
    return subprocess.run([kvserver_path(), *arguments], capture_output=True, timeout=pace.seconds(60), text=True, **options)


class Launched(Program):
    def __init__(self, *options, **more):
        super().__init__([kvserver_path(), *options], **more)

    def announced(self):
        return json.loads(self.read_stdout_until(lambda text: text.endswith("\n")))


@pytest.fixture
def launch():
    launched = []

    def launch_one(*options, **more):
        launched.append(Launched(*options, **more))
        return launched[-1]

    yield launch_one
    for server in launched:
        server.kill()


def test_an_announcement_on_stdout_names_every_listener_and_the_process(launch):
    server = launch("--port", "0", "--redis-port", "0", "--announce", "-")
    told = server.announced()
    assert told["pid"] == server.pid and told["version"]
    assert [uri.split("://")[0] for uri in told["uris"]] == ["memcache", "redis"]
    with Wire(KvServer.address_of(told["uris"][0])) as wire:
        assert wire.is_served()


def test_an_announced_file_appears_whole(launch, tmp_path):
    path = tmp_path / "server.json"
    server = launch("--port", "0", "--announce", str(path))
    until(path.exists)
    assert json.loads(path.read_text())["pid"] == server.pid
    assert os.listdir(tmp_path) == ["server.json"]


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    ended = run("--port", "0", "--announce", str(tmp_path / "no" / "such"))
    assert ended.returncode == 1 and "no/such" in ended.stderr and ended.stdout == ""


def test_a_link_to_a_file_stays_one(launch, tmp_path):
    link, path = tmp_path / "link", tmp_path / "server.json"
    path.write_text("old")
    link.symlink_to(path)
    launch("--port", "0", "--announce", str(link)).read_stdout_until(lambda text: text.endswith("\n"))
    assert link.is_symlink() and json.loads(path.read_text())["pid"]


def test_what_is_no_file_is_written_to_and_stays_what_it_is(launch, tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    launch("--port", "0", "--announce", str(fifo))
    assert json.loads(fifo.read_text())["pid"] and fifo.is_fifo()
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    device = os.ttyname(theirs)
    launch("--port", "0", "--announce", device).read_stdout_until(lambda text: text.endswith("\n"))
    assert json.loads(os.read(ours, 1000))["pid"] and stat.S_ISCHR(os.stat(device).st_mode)
    os.close(ours)
    os.close(theirs)


@pytest.mark.parametrize("path", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_an_announcement_goes_to_a_descriptor_before_the_ready_lines(launch, path):
    text = launch("--port", "0", "--announce", path).read_stdout_until(lambda text: text.count("\n") == 2)
    announced, ready = text.splitlines()
    assert ready == "ready " + json.loads(announced)["uris"][0]


def test_a_file_to_which_a_descriptor_leads_is_kept(tmp_path):
    path = tmp_path / "out.json"
    with open(path, "w") as out:
        server = subprocess.Popen([kvserver_path(), "--port", "0", "--announce", "/dev/stdout"], stdout=out, stderr=subprocess.DEVNULL)
    until(lambda: path.read_text().count("\n") == 2)
    server.terminate()
    server.wait()
    assert json.loads(path.read_text().splitlines()[0])["pid"] == server.pid


def test_a_descriptor_that_cannot_be_written_is_named_before_anybody_is_told(tmp_path):
    path = tmp_path / "server.json"
    with open("/dev/null") as readable:
        for number in (readable.fileno(), 1000):
            ended = run("--port", "0", "--announce", str(path), "--ready-fd", str(number), pass_fds=[readable.fileno()])
            assert ended.returncode == 1 and f"--ready-fd {number}" in ended.stderr and ended.stdout == ""
            assert not path.exists()


def test_an_announced_file_is_gone_before_the_next_start_and_after_the_end(launch, tmp_path):
    path = tmp_path / "server.json"
    first = launch("--port", "0", "--announce", str(path))
    until(path.exists)
    first.process.kill()
    first.process.wait()
    with listening_socket() as taken:  # the second server cannot start: nobody may read the first one's addresses
        assert run("--port", str(taken.getsockname()[1]), "--announce", str(path)).returncode == 1
    assert not path.exists()
    second = launch("--port", "0", "--announce", str(path))
    until(path.exists)
    with listening_socket() as taken:  # nor may they lose those of one that serves
        assert run("--port", str(taken.getsockname()[1]), "--announce", str(path)).returncode == 1
    assert json.loads(path.read_text())["pid"] == second.pid
    third = launch("--port", "0", "--announce", str(path))
    until(lambda: path.exists() and json.loads(path.read_text())["pid"] == third.pid)
    second.process.terminate()
    second.process.wait()
    assert json.loads(path.read_text())["pid"] == third.pid  # the second one's is not there any more
    third.process.terminate()
    third.process.wait()
    assert not path.exists()


def test_ready_fd_is_written_and_closed():
    reading, writing = os.pipe()
    server = subprocess.Popen([kvserver_path(), "--port", "0", "--ready-fd", str(writing)], pass_fds=[writing], stdout=subprocess.PIPE)
    try:
        os.close(writing)
        assert os.read(reading, 10) == b"\n" and os.read(reading, 10) == b""
    finally:
        server.kill()
        server.communicate()
        os.close(reading)


@pytest.mark.parametrize("command", [["--port", "0"], ["run", "--", "sleep", "60"]])
@pytest.mark.parametrize("abstract", [False, True])
def test_a_supervisor_is_notified(launch, tmp_path, abstract, command):
    name = f"@kvserver-test-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind("\0" + name[1:] if abstract else name)
        supervisor.settimeout(pace.seconds(20))
        launch(*command, environment=os.environ | {"NOTIFY_SOCKET": name})
        assert supervisor.recv(100) == b"READY=1"


def test_a_supervisor_that_is_not_there_is_only_logged(launch):
    server = launch("--port", "0", environment=os.environ | {"NOTIFY_SOCKET": "/no/such/socket"})
    uri = server.read_stdout_until(lambda text: text.endswith("\n")).split()[1]
    with Wire(KvServer.address_of(uri)) as wire:
        assert wire.is_served()
    until(lambda: "NOTIFY_SOCKET" in server.stderr())


def listening_socket():
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener


def test_an_inherited_socket_is_served_and_left_to_others_at_the_end():
    with listening_socket() as listener:
        for _ in range(2):  # the socket is as good after a server's end as before
            server = subprocess.Popen([kvserver_path(), "--listen", f"redis+fd://{listener.fileno()}"],
                                      pass_fds=[listener.fileno()], stdout=subprocess.PIPE, text=True)
            try:
                assert server.stdout.readline() == f"ready redis://127.0.0.1:{listener.getsockname()[1]}\n"
                with Wire(listener.getsockname()) as wire:
                    wire.ask(b"PING\r\n", b"+PONG\r\n")
                server.terminate()
                assert server.wait(pace.seconds(20)) == 0
            finally:
                server.kill()
                server.communicate()


def test_socket_activation_tells_sockets_apart_by_their_names():
    with listening_socket() as first, listening_socket() as second:
        script = textwrap.dedent("""
            import fcntl, os, sys
            first, second = (fcntl.fcntl(int(number), fcntl.F_DUPFD, 10) for number in sys.argv[1:3])
            os.dup2(first, 3), os.dup2(second, 4)
            os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="2", LISTEN_FDNAMES="kvserver.socket:redis")
            os.execv(sys.argv[3], [sys.argv[3], "--announce", "-"])
        """)
        server = subprocess.Popen([sys.executable, "-c", script, str(first.fileno()), str(second.fileno()), kvserver_path()],
                                  pass_fds=[first.fileno(), second.fileno()], stdout=subprocess.PIPE, text=True)
        try:
            uris = json.loads(server.stdout.readline())["uris"]
            assert uris == [f"memcache://127.0.0.1:{first.getsockname()[1]}", f"redis://127.0.0.1:{second.getsockname()[1]}"]
            with Wire(second.getsockname()) as wire:
                wire.ask(b"PING\r\n", b"+PONG\r\n")
        finally:
            server.kill()
            server.communicate()


def test_a_descriptor_that_does_not_listen_is_named():
    ended = run("--listen", "fd://2")
    assert ended.returncode == 1 and "memcache+fd://2" in ended.stderr


# Starts 200 servers at once, tells what each announced, and waits to be killed.
two_hundred = """
import subprocess, sys
servers = [subprocess.Popen([sys.argv[1], "--port", "0", "--announce", "-", "--exit-with-parent"], stdout=subprocess.PIPE, text=True)
           for _ in range(int(sys.argv[2]))]
for server in servers:
    print(server.stdout.readline(), end="", flush=True)
sys.stdin.read()
"""


def test_two_hundred_servers_at_once_answer_on_ports_of_their_own_and_end_with_their_script():
    number = pace.count(200, at_least=20)
    script = subprocess.Popen([sys.executable, "-c", two_hundred, kvserver_path(), str(number)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              text=True)
    servers = [json.loads(script.stdout.readline()) for _ in range(number)]
    try:
        addresses = {KvServer.address_of(server["uris"][0]) for server in servers}
        assert len(addresses) == number
        for address in addresses:
            with Wire(address) as wire:
                assert wire.is_served()
    finally:
        script.kill()
        script.communicate()
    until(lambda: not any(is_running(server["pid"]) for server in servers))


def test_a_server_ends_when_its_input_does():
    server = subprocess.Popen([kvserver_path(), "--port", "0", "--exit-on-eof"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdout.readline().startswith(b"ready")
    server.stdin.write(b"this is not for it\n")
    server.stdin.flush()
    assert server.poll() is None
    server.stdin.close()
    assert server.wait(pace.seconds(20)) == 0
    server.stdout.close()


def test_a_server_ends_when_its_lifetime_is_over_and_says_so(launch):
    server = launch("--port", "0", "--max-lifetime", "1")
    assert server.wait() == 0 and "lifetime" in server.stderr()


def test_a_server_ends_when_its_last_client_has_been_gone_for_long(launch):
    server = launch("--port", "0", "--exit-when-idle", "1", "--announce", "-")
    with Wire(KvServer.address_of(server.announced()["uris"][0])) as wire:
        with pytest.raises(subprocess.TimeoutExpired):
            server.process.wait(1.5)
        assert wire.is_served()
    assert server.wait() == 0


with_kvcli = os.environ | {"PATH": f"{programs}:{os.environ['PATH']}"}


def test_run_serves_a_command_that_names_no_port():
    ended = run("run", "--", "sh", "-c", "kvcli set a 1 && kvcli get a", env=with_kvcli)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "STORED\n1\n", "")


def test_run_tells_the_address_of_each_dialect():
    ended = run("run", "--", "sh", "-c", 'echo "$KV_URL $KV_MEMCACHE_URL $KV_REDIS_URL"; kvcli "$KV_REDIS_URL" ping', env=with_kvcli)
    url, memcache, redis = ended.stdout.splitlines()[0].split()
    assert url == memcache and memcache.startswith("memcache://127.0.0.1:") and redis.startswith("redis://127.0.0.1:")
    assert ended.stdout.splitlines()[1] == "PONG"


def test_run_hides_the_address_of_a_server_around_it():
    ended = run("run", "--port", "0", "--", "sh", "-c", 'echo "$KV_URL ${KV_REDIS_URL-none}"', env=with_kvcli | {"KV_REDIS_URL": "redis://h:1"})
    assert ended.stdout.startswith("memcache://127.0.0.1:") and ended.stdout.endswith(" none\n")


@pytest.mark.parametrize("option", ["--help", "-h", "--version"])
def test_run_explains_itself(option):
    ended = run("run", option)
    assert ended.returncode == 0 and "kvserver" in ended.stdout and ended.stderr == ""


def test_run_says_where_the_command_belongs():
    ended = run("run", "true")
    assert ended.returncode == 125 and "'true': the command comes after --" in ended.stderr


@pytest.mark.parametrize("number, name", [(signal.SIGINT, "SIGINT"), (signal.SIGTERM, "SIGTERM")])
def test_the_log_says_why_a_server_stops(launch, number, name):
    server = launch("--port", "0", "--announce", "-")
    server.announced()
    server.process.send_signal(number)
    assert server.wait() == 0 and server.stderr().endswith(f"stopping: {name}\n")


@pytest.mark.parametrize("command, status", [(["sh", "-c", "exit 7"], 7), (["sh", "-c", "kill -9 $$"], 128 + 9),
                                             (["/no/such/program"], 127), (["/etc/passwd"], 126)])
def test_run_returns_what_the_command_returned(command, status):
    assert run("run", "--", *command).returncode == status


@pytest.mark.parametrize("options", [[], ["--"], ["--nonsense", "--", "true"], ["--listen", "unknown://127.0.0.1:0", "--", "true"],
                                     ["--announce", "/no/such/folder/file", "--", "true"]])
def test_run_without_a_server_is_125(options):
    ended = run("run", *options)
    assert ended.returncode == 125 and ended.stderr.startswith("kvserver: ")


def start_run(command):
    return subprocess.Popen([kvserver_path(), "run", "--", *command], stdout=subprocess.PIPE, text=True)


def test_run_passes_signals_on():
    runner = start_run(["sh", "-c", "trap 'echo told; exit 3' TERM; echo $$; while :; do sleep 0.01; done"])
    runner.stdout.readline()
    runner.terminate()
    assert runner.communicate(timeout=pace.seconds(20))[0] == "told\n" and runner.returncode == 3


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_run_leaves_no_command_behind(number):
    runner = start_run(["sh", "-c", "echo $$; exec sleep 600"])
    command = int(runner.stdout.readline())
    runner.send_signal(number)
    runner.wait(pace.seconds(20))
    runner.stdout.close()
    until(lambda: not is_running(command))


def test_a_virtual_clock_stops_goes_on_and_moves(start):
    server = start("--virtual-clock", "--port", "0", "--redis-port", "0", ready_lines=2)
    with server.connect() as wire, server.connect(1) as redis:
        wire.ask(b"set k 0 60 1\r\nv\r\n", b"STORED\r\n")
        wire.ask(b"debugtime p\r\ndebugtime 59\r\nget k\r\n", b"OK\r\nOK\r\nVALUE k 0 1\r\nv\r\nEND\r\n")
        redis.ask(b"DEBUGTIME 2\r\nGET k\r\n", b"+OK\r\n$-1\r\n")
        redis.ask(b"SET r v PX 1\r\nDEBUGTIME r\r\n", b"+OK\r\n+OK\r\n")
        redis.ask(b"DEBUGTIME 1\r\nGET r\r\n", b"+OK\r\n$-1\r\n")
        wire.ask(b"debugtime x\r\n", b"ERROR\r\n")
        redis.ask(b"DEBUGTIME -9223372036854775808\r\nPING\r\n", b"+OK\r\n+PONG\r\n")


def test_the_clock_stays_as_it_is_unless_the_server_allows_moving_it(start):
    server = start("--port", "0", "--redis-port", "0", ready_lines=2)
    with server.connect() as wire, server.connect(1) as redis:
        wire.ask(b"debugtime 5\r\n", b"ERROR\r\n")
        redis.send(b"DEBUGTIME 5\r\n")
        assert redis.read_line().startswith(b"-ERR DEBUGTIME is not allowed")


def test_a_virtual_clock_is_not_for_other_machines():
    assert run("--virtual-clock", "--allow-remote", "--port", "0").returncode == 2
