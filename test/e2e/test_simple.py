"""simple://, the tutorial's own protocol, spoken by the tutorial's own client: it reads once and takes what it gets."""

import socket

import pace
import pytest


@pytest.fixture
def simple(start):
    return start("--listen", "simple://127.0.0.1:0")


def tutorial_set(address, key, data):
    """The tutorial's client: one connection, one command, one recv."""
    with socket.create_connection(address, timeout=pace.seconds(10)) as connection:
        connection.sendall(b"set %s %d\r\n" % (key, len(data)) + data)
        return connection.recv(1024)


def tutorial_get(address, key):
    with socket.create_connection(address, timeout=pace.seconds(10)) as connection:
        connection.sendall(b"get %s\r\n" % key)
        return connection.recv(1024)


def test_a_connection_for_each_command(simple):
    assert tutorial_set(simple.address, b"greeting", b"hello") == b"STORED\r\n"
    assert tutorial_get(simple.address, b"greeting") == b"hello"
    assert tutorial_get(simple.address, b"nothing") == b"None"


def test_one_connection_for_all_commands(simple):
    with simple.connect() as wire:
        wire.ask(b"set a 3\r\none", b"STORED\r\n")
        wire.ask(b"set b 5\r\nt\r\nwo", b"STORED\r\n")
        wire.ask(b"get a\r\n", b"one")
        wire.ask(b"get b\r\n", b"t\r\nwo")
        wire.ask(b"get c\r\n", b"None")
        wire.ask(b"set a 0\r\n", b"STORED\r\n")
        wire.ask(b"get a\r\nget b\r\n", b"t\r\nwo")


def test_commands_may_arrive_together_or_byte_by_byte(simple):
    with simple.connect() as wire:
        stream = b"set a 3\r\none" + b"get a\r\n" + b"get none\r\n"
        wire.ask(stream, b"STORED\r\noneNone")
        for place in range(len(stream)):
            wire.send(stream[place : place + 1])
        wire.expect(b"STORED\r\noneNone")


def test_a_value_may_hold_any_bytes(simple):
    data = bytes(range(256)) * 200
    with simple.connect() as wire:
        wire.ask(b"set all %d\r\n" % len(data) + data, b"STORED\r\n")
        wire.ask(b"get all\r\n", data)


def test_an_unknown_command_is_an_error_and_the_connection_goes_on(simple):
    with simple.connect() as wire:
        wire.ask(b"delete a\r\n", b"ERROR\r\n")
        wire.ask(b"get none\r\n", b"None")


def test_an_empty_line_is_answered_with_nothing(simple):
    with simple.connect() as wire:
        wire.ask(b"\r\n\r\nget none\r\n", b"None")


@pytest.mark.parametrize("length", [b"-1", b"x", b"5x", b"99999999999999999999", b"1.5", b"0x5"])
def test_a_bad_length_is_an_error_and_a_close(simple, length):
    with simple.connect() as wire:
        wire.send(b"set a " + length + b"\r\nhello")
        wire.expect_close(b"CLIENT_ERROR bad data chunk\r\n")


def test_both_dialects_see_the_same_store(start):
    server = start("--listen", "simple://127.0.0.1:0", "--listen", "memcache://127.0.0.1:0")
    with server.connect(0) as simple, server.connect(1) as memcache:
        simple.ask(b"set a 3\r\none", b"STORED\r\n")
        memcache.ask(b"get a\r\n", b"VALUE a 0 3\r\none\r\nEND\r\n")
        memcache.ask(b"set b 9 0 3\r\ntwo\r\n", b"STORED\r\n")
        simple.ask(b"get b\r\n", b"two")


def test_one_client_too_many_is_closed_without_a_word(start):
    server = start("--listen", "simple://127.0.0.1:0", "--max-clients", "1")
    with server.connect() as first:
        first.ask(b"get none\r\n", b"None")
        with server.connect() as second:
            second.expect_close()
        first.ask(b"get none\r\n", b"None")
