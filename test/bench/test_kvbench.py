"""kvbench against a server whose every reply is known, and wrong on demand."""

import contextlib
import json
import os
import pathlib
import re
import socket
import subprocess
import threading

import pytest

root = pathlib.Path(__file__).resolve().parents[2]
kvbench = pathlib.Path(os.environ.get("KV_BIN", root / "build/release/bin")) / "kvbench"
deadline_seconds = 60


class Scripted:
    """A memcached of threads and a dict. `spoil` may change a reply; None closes the connection instead. Of more than
    `most` clients each is told so and closed, as servers do."""

    def __init__(self, spoil=lambda reply: reply, path=None, most=1000):
        self.spoil, self.most = spoil, most
        self.values = {}
        self.connections = 0
        family = socket.AF_UNIX if path else socket.AF_INET
        self.listener = socket.socket(family)
        self.listener.bind(path or ("127.0.0.1", 0))
        self.listener.listen(100)
        self.uri = f"memcache+unix://{path}" if path else f"memcache://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                self.connections += 1
                if self.connections > self.most:
                    client.sendall(b"ERROR Too many open connections\r\n")
                    client.close()
                    continue
                threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        with client, client.makefile("rb") as requests, contextlib.suppress(OSError):
            while line := requests.readline():
                reply = self.spoil(self.answer(line.split(), requests))
                if reply is None:
                    return client.shutdown(socket.SHUT_RDWR)
                client.sendall(reply)

    def answer(self, words, requests):
        key = words[1]
        if words[0] == b"set":
            self.values[key] = requests.read(int(words[4]))
            requests.readline()
            return b"STORED\r\n"
        if key not in self.values:
            return b"END\r\n"
        value = self.values[key]
        return b"VALUE %s 0 %d\r\n%s\r\nEND\r\n" % (key, len(value), value)

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


@pytest.fixture
def serve():
    servers = []

    def serve_one(*arguments, **named):
        servers.append(Scripted(*arguments, **named))
        return servers[-1]

    yield serve_one
    for server in servers:
        server.close()


def run(*words):
    return subprocess.run([kvbench, *words], capture_output=True, text=True, timeout=deadline_seconds)


def measure(server, *words):
    """Exit status and JSON."""
    answer = run(server.uri, "--json", "-", "-k", "50", *words)
    return answer.returncode, json.loads(answer.stdout)


def test_every_request_is_answered_and_counted(serve):
    status, result = measure(serve(), "--prefill", "-c", "5", "-p", "4", "-n", "1000")
    assert status == 0
    assert result["requests"] == 1000
    assert result["hits"] == result["latency_us"]["get"]["count"] > 800
    assert result["hit_share"] == 1
    assert result["wrong"] == result["lost"] == result["refused"] == 0


def test_without_prefill_gets_miss_until_a_miss_is_followed_by_a_set(serve):
    server = serve()
    _, result = measure(server, "-c", "1", "-r", "1", "-n", "100")
    assert result["misses"] == 100
    status, result = measure(server, "-c", "1", "-r", "1", "-n", "1000", "--set-on-miss", "--distribution", "loop")
    assert status == 0
    assert result["misses"] == 50
    assert result["hits"] == 950


def test_values_of_all_sizes_are_stored_as_they_are_checked(serve):
    server = serve()
    status, _ = measure(server, "--prefill", "-s", "0-3000", "-n", "500")
    assert status == 0
    assert len(server.values) == 50
    assert len({len(value) for value in server.values.values()}) > 40


def test_threads_share_the_work(serve):
    server = serve()
    status, result = measure(server, "--prefill", "-c", "7", "-t", "3", "-n", "1001")
    assert status == 0
    assert result["requests"] == 1001
    assert server.connections == 7
    assert len(server.values) == 50


def flip_one_bit(reply):
    return reply[:30] + bytes([reply[30] ^ 1]) + reply[31:] if reply.startswith(b"VALUE") else reply


@pytest.mark.parametrize("spoil", [
    flip_one_bit,
    lambda reply: reply.replace(b"\r\nEND", b"\r\nEnd"),
    lambda reply: b"NONSENSE\r\n",
    lambda reply: reply + b"unasked",
])
def test_a_wrong_reply_is_a_fault(serve, spoil):
    server = serve()
    assert measure(server, "--prefill", "-n", "0")[0] == 0
    server.spoil = spoil
    status, result = measure(server, "-c", "2", "-n", "100", "-r", "1")
    assert status == 1
    assert result["wrong"] >= 1
    assert result["first_fault"]


def test_a_server_that_hangs_up_is_a_fault(serve):
    status, result = measure(serve(lambda reply: None), "-c", "2", "-n", "100")
    assert status == 1
    assert result["lost"] == 2
    assert result["requests"] == 0


def test_an_error_of_the_protocol_is_told_from_nonsense(serve):
    status, result = measure(serve(lambda reply: b"SERVER_ERROR out of memory storing object\r\n"), "-n", "100")
    assert status == 1
    assert (result["refused"], result["wrong"], result["lost"]) == (100, 0, 0)
    assert result["first_fault"] == "refused: SERVER_ERROR out of memory storing object"


def test_a_server_that_says_nothing_is_given_up(serve):
    status, result = measure(serve(lambda reply: b""), "-c", "3", "-n", "100", "--timeout", "0.2")
    assert status == 1
    assert result["lost"] == 3


def test_an_open_loop_feels_a_stall_in_every_request_it_delays(serve):
    # The first reply comes late, all others at once. Were latency counted from the sending, one request would be slow.
    stall = threading.Event()
    threading.Timer(0.8, stall.set).start()

    def stalled(reply):
        stall.wait(deadline_seconds)
        return reply

    status, result = measure(serve(stalled), "-c", "1", "-d", "1", "--rate", "200")
    assert status == 0
    assert result["latency_us"]["all"]["p50"] > 100_000
    assert result["requests"] + result["not_sent"] == 200


def test_what_an_open_loop_cannot_send_in_time_is_reported(serve):
    status, result = measure(serve(), "-c", "1", "-d", "0.3", "--rate", "10000000")
    assert status == 0
    assert result["not_sent"] > 0


def test_a_connection_per_request(serve):
    server = serve()
    status, result = measure(server, "-c", "2", "-n", "100", "--connect-per-request")
    assert status == 0
    assert result["requests"] == 100
    assert server.connections == 102


def test_idle_clients_are_asked_before_and_after(serve):
    server = serve()
    status, result = measure(server, "--prefill", "-c", "20", "--active-share", "0.1", "-n", "100")
    assert status == 0
    assert server.connections == 20
    assert result["requests"] == 100


def test_a_unix_socket(serve, tmp_path):
    status, result = measure(serve(path=str(tmp_path / "socket")), "--prefill", "-n", "100")
    assert status == 0
    assert result["hit_share"] == 1


def test_the_server_process_is_measured(serve):
    status, result = measure(serve(), "-n", "500", "--server-pid", str(os.getpid()))
    assert status == 0
    assert result["server"]["cpu_seconds"] > 0
    assert result["server"]["peak_kib"] >= result["server"]["resident_kib"] > 0


def test_clients_that_the_server_turns_away_are_refused_and_no_reply_was_wrong(serve):
    # At this rate every client is idle when the server says that it has enough of them.
    status, result = measure(serve(most=3), "-c", "6", "--rate", "20", "-d", "1")
    assert status == 1 and result["wrong"] == 0 and result["refused"] >= 1
    assert result["first_fault"] == "refused: ERROR Too many open connections"


def test_the_table_says_the_same_as_the_json(serve, tmp_path):
    server = serve()
    answer = run(server.uri, "--prefill", "-k", "50", "-n", "1234", "--json", str(tmp_path / "out.json"))
    assert answer.returncode == 0
    assert json.loads((tmp_path / "out.json").read_text())["requests"] == 1234
    assert re.search(r"^  all +1,234 ", answer.stdout, re.MULTILINE)
    assert "hits        100.00 %" in answer.stdout
    assert answer.stderr == ""


def test_a_progress_bar_is_drawn_on_request_only(serve):
    assert "measuring" in run(serve().uri, "-d", "0.5", "--progress", "on").stderr


def test_nobody_there_is_said_in_one_line():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        answer = run(f"memcache://127.0.0.1:{unused.getsockname()[1]}")
    assert answer.returncode == 1
    assert re.fullmatch(r"kvbench: cannot connect to memcache://127.0.0.1:\d+: Connection refused\n", answer.stderr)


def test_usage():
    help_page = run("--help")
    assert help_page.returncode == 0
    assert help_page.stdout.startswith("Usage: kvbench")
    assert re.fullmatch(r"kvbench \d+\.\d+\.\d+\n", run("--version").stdout)
    wrong = run("--surprise")
    assert wrong.returncode == 2
    assert wrong.stderr.count("\n") == 1
