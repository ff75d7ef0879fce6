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


@pytest.mark.parametrize("options, words", [
    ("--memory-limit 64", "'64' is 64 bytes, too little to store anything: say 64m"), ("--memory-limit 512k", "say 1m, or 0"),
    ("--memory-limit 1q", "--memory-limit: '1q' is not a size such as 64m or 2g"), ("--prot 1", "did you mean --port?"),
    ("--port x", "--port: 'x' is not a port from 0 to 65535, or off"), ("--max-clients 0", "'0' is not a number from 1 on"),
    ("--when-full explode", "'explode' is not refuse or evict"), ("--log-level loud", "debug, info, warning, error or off"),
    ("--listen foo://h:1", "does not speak 'foo', but memcache, redis"), ("serve", "'serve' is no option"),
    ("--port 0 run -- x", "run comes first"), ("--listen redis://:secret@h:1/2", "password"),
    ("--listen redis://127.0.0.1:0/16", "there is no database 16"), ("--listen redis://h:1/2/3", "follow the port"), ("--max-client 3", "did you mean --max-clients?")])
def test_an_error_says_what_was_read_and_what_would_be_right(options, words):
    status, stdout, stderr = run_to_end(*options.split())
    assert (status, stdout) == (2, "") and words in stderr and "secret" not in stderr


@pytest.mark.parametrize("text, words", [
    ("\n\nmax-clients = ten\n", ":3: max-clients: 'ten' is not a number from 1 on"), ("max-clints = 1", ":1: there is no option 'max-clints': did you mean max-clients?"),
    ("[server]\n", ":1: '[server]' is no line such as"), ("port = 0\nport = 1\n", ":2: port is set a second time"),
    ("config = other", ":1: 'config' has no meaning in a file"), ("memory-limit = 64", ":1: memory-limit: '64' is 64 bytes"),
    ("port\n", ":1: 'port' is no line such as")])
def test_an_error_of_a_file_names_it_and_the_line(tmp_path, text, words):
    path = tmp_path / "kvserver.conf"
    path.write_text(text)
    status, stdout, stderr = run_to_end("--config", str(path))
    assert (status, stdout) == (2, "") and str(path) + words in stderr


@pytest.mark.parametrize("name, value, words", [
    ("MAX_CLIENTS", "many", "KVSERVER_MAX_CLIENTS: 'many' is not a number"), ("MEMORY_LIMIT", "64", "KVSERVER_MEMORY_LIMIT: '64' is 64 bytes"),
    ("MAX_CLINTS", "3", "KVSERVER_MAX_CLINTS: there is no such option: did you mean KVSERVER_MAX_CLIENTS?")])
def test_an_error_of_a_variable_names_it(name, value, words):
    status, stdout, stderr = run_to_end(environment={"KVSERVER_" + name: value})
    assert (status, stdout) == (2, "") and words in stderr


def test_a_folder_is_no_file_of_options(tmp_path):
    status, _, stderr = run_to_end("--config", str(tmp_path))
    assert status == 2 and f"cannot read --config {tmp_path}: Is a directory" in stderr


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
    path.write_text("\ufeff# a comment\r\nlisten = memcache://127.0.0.1:0\r\n\r\nlisten = memcache://127.0.0.1:0\n max-clients=3 # three\n")
    server = start("--config", str(path), ready_lines=2)
    assert len(server.uris) == 2 and limit_of(server) == 3


def test_options_come_from_the_environment(start):
    assert limit_of(start(environment={"KVSERVER_MAX_CLIENTS": "4"})) == 4


def test_a_listener_comes_from_the_environment(start):
    server = start("--config", "/dev/null", environment={"KVSERVER_LISTEN": "simple://127.0.0.1:0"})
    assert server.uris[0].startswith("simple://")


def test_several_listeners_come_from_one_variable(start, tmp_path):
    uris = f"memcache://127.0.0.1:0, redis://127.0.0.1:0,redis+unix://{tmp_path}/a,b"
    server = start("--config", "/dev/null", environment={"KVSERVER_LISTEN": uris}, ready_lines=3)
    assert [uri.split(":")[0] for uri in server.uris] == ["memcache", "redis", "redis+unix"] and server.uris[2].endswith("/a,b")


def test_a_default_listener_can_be_left_out_alone():
    shown = 'echo "$KV_URL $KV_MEMCACHE_URL $KV_REDIS_URL"'
    status, stdout, _ = run_to_end("run", "--redis-port", "off", "--", "sh", "-c", shown)
    assert status == 0 and [uri.split(":")[0] for uri in stdout.split()] == ["memcache", "memcache"]
    status, stdout, _ = run_to_end("run", "--port", "off", "--", "sh", "-c", shown)
    assert status == 0 and [uri.split(":")[0] for uri in stdout.split()] == ["redis", "redis"]


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


def test_the_variables_of_a_kubernetes_service_of_that_name_are_none_of_ours(start):
    place = "tcp://10.0.0.1:11211"
    start(environment={"KVSERVER_PORT": place, "KVSERVER_REDIS_PORT": place, "KVSERVER_SERVICE_HOST": "10.0.0.1",
                       "KVSERVER_SERVICE_PORT": "11211", "KVSERVER_SERVICE_PORT_MEMCACHE": "11211", "KVSERVER_PORT_11211_TCP": place,
                       "KVSERVER_PORT_11211_TCP_PROTO": "tcp", "KVSERVER_PORT_11211_TCP_PORT": "11211",
                       "KVSERVER_PORT_11211_TCP_ADDR": "10.0.0.1", "KVSERVER_NAME": "/web/kvserver", "KVSERVER_ENV_X": "y"})
