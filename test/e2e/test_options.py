"""The command line, the environment and the configuration file, and which of them wins."""

import pathlib
import re

import pytest

from servers import run_to_end

OPTIONS_PAGE = pathlib.Path(__file__).resolve().parents[2] / "server/OPTIONS.md"


def test_help_goes_to_stdout_and_the_page_of_options_has_the_same_ones():
    status, stdout, stderr = run_to_end("--help")
    assert (status, stderr) == (0, "")
    helped = set(re.findall(r"^  (?:-\w \[ )?--([a-z-]+)", stdout, re.MULTILINE))
    rows = re.findall(r"^\| `(.*?)` \|", OPTIONS_PAGE.read_text(), re.MULTILINE)
    assert set(re.findall(r"--([a-z-]+)", " ".join(rows))) == helped - {"help", "verbose", "version"}


def test_version_is_one_line():
    status, stdout, _ = run_to_end("--version")
    assert status == 0 and re.fullmatch(r"kvserver \d+\.\d+\S*\n", stdout)


@pytest.mark.parametrize("options", [["--nonsense"], ["--max-clients"], ["--max-clients", "x"], ["--max-clients", "-1"], ["--max-clients", "0"],
                                     ["--memory-limit", "1q"], ["--when-full", "explode"], ["--port", "x"], ["--port", "65536"],
                                     ["--idle-timeout", "-1"], ["--log-level", "loud"], ["stray"], ["--max-item-size", "0"],
                                     ["--memory-limit", "99999999999999999999g"]])
def test_what_cannot_be_understood_is_a_usage_error(options):
    status, stdout, stderr = run_to_end(*options)
    assert (status, stdout) == (2, "") and stderr.strip()


def limit_of(server):
    """How many clients the server takes, seen from outside."""
    wires = []
    try:
        while len(wires) < 20:
            wires.append(server.connect())
            wires[-1].send(b"get nothing\r\n")
            if wires[-1].read_line() != b"END":
                return len(wires) - 1
        return len(wires)
    finally:
        for wire in wires:
            wire.close()


def test_options_come_from_a_file(start, tmp_path):
    path = tmp_path / "kvserver.conf"
    path.write_text("# a comment\nlisten = memcache://127.0.0.1:0\nlisten = memcache://127.0.0.1:0\nmax-clients = 3\n")
    server = start("--config", str(path), ready_lines=2)
    assert len(server.uris) == 2 and limit_of(server) == 3


def test_options_come_from_the_environment(start):
    assert limit_of(start(environment={"KVSERVER_MAX_CLIENTS": "4"})) == 4


def test_a_listener_comes_from_the_environment(start):
    server = start("--config", "/dev/null", environment={"KVSERVER_LISTEN": "simple://127.0.0.1:0"})
    assert server.uris[0].startswith("simple://")


def test_the_environment_wins_over_the_file_and_the_command_line_over_both(start, tmp_path):
    path = tmp_path / "kvserver.conf"
    path.write_text("listen = memcache://127.0.0.1:0\nmax-clients = 3\n")
    environment = {"KVSERVER_MAX_CLIENTS": "4"}
    assert limit_of(start("--config", str(path), environment=environment)) == 4
    assert limit_of(start("--config", str(path), "--max-clients", "5", environment=environment)) == 5


def test_a_file_that_is_not_there_or_says_nonsense_is_named(tmp_path):
    missing = tmp_path / "missing.conf"
    status, stdout, stderr = run_to_end("--config", str(missing))
    assert status in (1, 2) and not stdout and str(missing) in stderr
    bad = tmp_path / "bad.conf"
    bad.write_text("nonsense = 1\n")
    status, stdout, stderr = run_to_end("--config", str(bad))
    assert status == 2 and not stdout and "nonsense" in stderr


def test_a_variable_that_says_nonsense_is_a_usage_error():
    status, _, stderr = run_to_end(environment={"KVSERVER_MAX_CLIENTS": "many"})
    assert status == 2 and "many" in stderr


def test_the_largest_item_is_an_option(start):
    with start("--max-item-size", "1k").connect() as wire:
        wire.ask(b"set k 0 0 1024\r\n" + b"x" * 1024 + b"\r\n", b"STORED\r\n")
        wire.ask(b"set k 0 0 1025\r\n" + b"x" * 1025 + b"\r\n", b"SERVER_ERROR object too large for cache\r\n")


def test_the_memory_limit_refuses_and_keeps_what_is_stored(start):
    with start("--memory-limit", "2m").connect() as wire:
        value = b"x" * 100_000
        stored = 0
        while stored < 100:
            wire.send(b"set k%d 0 0 100000\r\n%s\r\n" % (stored, value))
            answer = wire.read_line()
            if answer != b"STORED":
                break
            stored += 1
        assert answer == b"SERVER_ERROR out of memory storing object" and 10 <= stored <= 20
        wire.ask(b"get k0\r\n", b"VALUE k0 0 100000\r\n" + value + b"\r\nEND\r\n")
        wire.ask(b"delete k0\r\n", b"DELETED\r\n")
        wire.ask(b"set k0 0 0 100000\r\n" + value + b"\r\n", b"STORED\r\n")


def test_the_log_is_one_line_for_each_event_on_stderr(start):
    server = start("-v")
    with server.connect() as wire:
        wire.is_served()
    server.stop()
    assert all(line.strip() for line in server.stderr().splitlines())
