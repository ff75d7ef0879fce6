"""Where the server listens: TCP, IPv6, unix sockets, several at once; and where it refuses to."""

import os
import socket
import stat

import pytest

from servers import KvServer, run_to_end
from wire import Wire


def test_a_ready_line_for_each_listener_names_its_port(start):
    server = start("--listen", "memcache://127.0.0.1:0", "--listen", "memcache://127.0.0.1:0", "--listen", "simple://127.0.0.1:0")
    assert [uri.split("://")[0] for uri in server.uris] == ["memcache", "memcache", "simple"]
    ports = [server.address_of(uri)[1] for uri in server.uris]
    assert len(set(ports)) == 3 and 0 not in ports
    for listener in (0, 1):
        with server.connect(listener) as wire:
            assert wire.is_served()


def test_all_listeners_share_one_store(start):
    server = start("--listen", "memcache://127.0.0.1:0", "--listen", "memcache://127.0.0.1:0")
    with server.connect(0) as one, server.connect(1) as other:
        one.ask(b"set k 0 0 1\r\nx\r\n", b"STORED\r\n")
        other.ask(b"get k\r\n", b"VALUE k 0 1\r\nx\r\nEND\r\n")


def test_ipv6_loopback_works(start):
    server = start("--listen", "memcache://[::1]:0")
    assert server.uris[0].startswith("memcache://[::1]:")
    with server.connect() as wire:
        assert wire.is_served()


def test_port_option_takes_any_free_port(start):
    server = start("--port", "0")
    assert server.uris[0].startswith("memcache://127.0.0.1:")
    with server.connect() as wire:
        assert wire.is_served()


# Unix sockets


def test_a_unix_socket_is_for_its_owner_whatever_the_umask_says(start, tmp_path):
    path = str(tmp_path / "socket")
    server = start("--listen", f"memcache+unix://{path}", umask=0)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o700
    assert server.uris == [f"memcache+unix://{path}"]
    with server.connect() as wire:
        wire.ask(b"set k 0 0 1\r\nx\r\nget k\r\n", b"STORED\r\nVALUE k 0 1\r\nx\r\nEND\r\n")


def test_a_stale_unix_socket_is_replaced(start, tmp_path):
    path = str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(path)
    server = start("--listen", f"memcache+unix://{path}")
    with server.connect() as wire:
        assert wire.is_served()


def test_a_unix_socket_left_by_a_killed_server_is_replaced(start, tmp_path):
    path = str(tmp_path / "socket")
    killed = KvServer("--listen", f"memcache+unix://{path}")
    killed.kill()
    assert os.path.exists(path)
    with start("--listen", f"memcache+unix://{path}").connect() as wire:
        assert wire.is_served()


def test_a_live_unix_socket_is_not_stolen(start, tmp_path):
    path = str(tmp_path / "socket")
    server = start("--listen", f"memcache+unix://{path}")
    status, _, stderr = run_to_end("--listen", f"memcache+unix://{path}")
    assert status == 1 and path in one_line(stderr)
    with server.connect() as wire:
        assert wire.is_served()


def test_a_file_that_is_no_socket_is_not_replaced(tmp_path):
    path = tmp_path / "precious"
    path.write_text("data")
    status, _, stderr = run_to_end("--listen", f"memcache+unix://{path}")
    assert status == 1 and str(path) in one_line(stderr)
    assert path.read_text() == "data"


def test_a_unix_socket_is_removed_at_the_end(start, tmp_path):
    path = str(tmp_path / "socket")
    server = start("--listen", f"memcache+unix://{path}")
    server.stop()
    assert not os.path.exists(path)


def one_line(text):
    """An error is one line of plain text."""
    lines = text.strip().splitlines()
    assert len(lines) == 1, text
    return lines[0]


# Where it cannot or must not listen


@pytest.mark.parametrize("address", ["0.0.0.0", "[::]", "192.0.2.1"])
def test_an_address_that_is_not_loopback_is_refused(address):
    status, stdout, stderr = run_to_end("--listen", f"memcache://{address}:0")
    assert status in (1, 2) and not stdout
    assert "allow-remote" in stderr


def test_an_address_that_is_not_loopback_is_served_when_allowed(start):
    server = start("--listen", "memcache://0.0.0.0:0", "--allow-remote")
    with Wire(("127.0.0.1", server.address[1])) as wire:
        assert wire.is_served()


def test_a_port_in_use_is_named_in_one_line(start):
    host, port = start().address
    status, stdout, stderr = run_to_end("--listen", f"memcache://{host}:{port}")
    assert status == 1 and not stdout
    assert f"{host}:{port}" in one_line(stderr) and "in use" in stderr.lower()


def test_no_ready_line_when_the_second_listener_cannot_be_bound(start):
    host, port = start().address
    status, stdout, _ = run_to_end("--listen", "memcache://127.0.0.1:0", "--listen", f"memcache://{host}:{port}")
    assert (status, stdout) == (1, "")


@pytest.mark.parametrize("uri", ["nonsense://127.0.0.1:0", "memcache://127.0.0.1", "memcache://127.0.0.1:x", "memcache://127.0.0.1:70000",
                                 "memcache://127.0.0.1:-1", "127.0.0.1:0", "", "memcache+unix://", "memcache://:0:0"])
def test_a_listener_that_cannot_be_understood_is_a_usage_error(uri):
    status, stdout, stderr = run_to_end("--listen", uri)
    assert (status, stdout) == (2, "") and stderr


def test_the_same_port_can_be_taken_again_at_once(start):
    first = start()
    host, port = first.address
    with first.connect() as wire:
        assert wire.is_served()
        first.stop()
        second = start("--listen", f"memcache://{host}:{port}")
    with second.connect() as wire:
        assert wire.is_served()
