"""Input nobody should send: answered as documented or closed, never a crash, a hang, or memory for bytes that do not arrive."""

import pytest

import pace


@pytest.fixture
def good_client(server):
    """Somebody else, who must be served before and after."""
    with server.connect() as wire:
        wire.ask(b"set mine 0 0 2\r\nok\r\n", b"STORED\r\n")
        yield wire
        wire.ask(b"get mine\r\n", b"VALUE mine 0 2\r\nok\r\nEND\r\n")


@pytest.mark.parametrize("length", [b"-1", b"-0x1", b"-99999999999999999999", b"4294967296", b"2147483648", b"9223372036854775808",
                                    b"18446744073709551615", b"18446744073709551616", b"9" * 100, b"x", b"5x", b"1e1", b"0x5", b"1.0"])
@pytest.mark.parametrize("verb", [b"set", b"append", b"cas"])
def test_a_length_that_is_no_length(server, good_client, verb, length):
    with server.connect() as wire:
        wire.send(b"%s k 0 0 %s%s\r\n" % (verb, length, b" 1" if verb == b"cas" else b""))
        assert wire.read_line() in (b"CLIENT_ERROR bad command line format", b"SERVER_ERROR object too large for cache")
    assert good_client.is_served()


def test_a_length_with_a_plus_sign_is_taken_as_memcached_takes_it(server):
    with server.connect() as wire:
        wire.ask(b"set k 0 0 +5\r\nhello\r\nget k\r\n", b"STORED\r\nVALUE k 0 5\r\nhello\r\nEND\r\n")


def test_a_line_of_a_megabyte_without_an_end(server, good_client):
    before = server.resident_kib()
    with server.connect() as wire:
        try:
            wire.send(b"x" * 1_048_576)
        except (BrokenPipeError, ConnectionResetError):
            pass
        assert wire.read_to_close() in (b"ERROR line too long\r\n", b"CLIENT_ERROR line too long\r\n", b"")
    assert good_client.is_served()
    assert server.resident_kib() - before < 2048


def test_a_line_of_2049_bytes_is_an_error_and_a_close(server, good_client):
    with server.connect() as wire:
        wire.send(b"set " + b"k" * 2100)
        answer = wire.read_to_close()
        assert answer.endswith(b"\r\n") and b"ERROR" in answer.split(b" ")[0]


def test_a_get_of_many_keys_may_be_longer_than_other_lines(server):
    keys = [b"key%05d" % number for number in range(5000)]
    with server.connect() as wire:
        wire.ask(b"set key00042 0 0 1\r\nx\r\n", b"STORED\r\n")
        wire.ask(b"get " + b" ".join(keys) + b"\r\n", b"VALUE key00042 0 1\r\nx\r\nEND\r\n")


@pytest.mark.parametrize("line, answer", [
    (b"get %s\r\n", b"CLIENT_ERROR bad command line format\r\n"),
    (b"delete %s\r\n", b"CLIENT_ERROR bad command line format\r\n"),
    (b"incr %s 1\r\n", b"CLIENT_ERROR bad command line format\r\n"),
    (b"touch %s 0\r\n", b"CLIENT_ERROR bad command line format\r\n"),
])
def test_a_key_of_250_bytes_is_the_longest(server, line, answer):
    with server.connect() as wire:
        wire.ask(b"set " + b"k" * 250 + b" 0 0 1\r\n5\r\n", b"STORED\r\n")
        wire.ask(line % (b"k" * 251), answer)
        wire.send(line % (b"k" * 250))
        assert not wire.read_line().startswith(b"CLIENT_ERROR")


@pytest.mark.parametrize("control", [b"\0", b"\1", b"\t", b"\x0b", b"\x1f", b"\x7f"])
def test_a_control_character_in_a_command_line_is_refused(server, good_client, control):
    with server.connect() as wire:
        wire.send(b"get a" + control + b"b\r\n")
        assert wire.read_line().startswith((b"CLIENT_ERROR", b"ERROR"))
    assert good_client.is_served()


@pytest.mark.parametrize("terminator", [b"xx", b"\0\0", b"\n\r", b"\r\r"])
def test_a_wrong_terminator_is_told_and_nothing_is_stored(server, terminator):
    with server.connect() as wire:
        wire.send(b"set k 0 0 5\r\nhello" + terminator)
        assert wire.read_line() == b"CLIENT_ERROR bad data chunk"
    with server.connect() as wire:
        wire.ask(b"get k\r\n", b"END\r\n")


@pytest.mark.parametrize("half", [b"g", b"get", b"get k", b"get k\r", b"set k 0 0 5", b"set k 0 0 5\r\n", b"set k 0 0 5\r\nhel",
                                  b"set k 0 0 5\r\nhello", b"set k 0 0 5\r\nhello\r", b"set k 5\r\nhel"])
def test_half_a_command_then_the_end(server, good_client, half):
    with server.connect() as wire:
        wire.send(half)
        wire.end_of_input()
        assert wire.read_to_close() in (b"", b"ERROR\r\n")
    assert good_client.is_served()
    good_client.ask(b"get k\r\n", b"END\r\n")


def test_complete_commands_before_half_a_command_are_answered(server):
    with server.connect() as wire:
        wire.send(b"set a 0 0 1\r\nx\r\nget a\r\nset b 0 0 5\r\nhel")
        wire.end_of_input()
        wire.expect_close(b"STORED\r\nVALUE a 0 1\r\nx\r\nEND\r\n")


foreign = {
    "http get": b"GET / HTTP/1.1\r\nHost: localhost:11211\r\n\r\nset evil 0 0 1\r\nx\r\n",
    "http post": b"POST / HTTP/1.1\r\nHost: localhost:11211\r\nContent-Length: 24\r\n\r\nset evil 0 0 1\r\nx\r\n",
    "http put": b"PUT /x HTTP/1.1\r\nHost: a\r\n\r\nset evil 0 0 1\r\nx\r\n",
    "http/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nset evil 0 0 1\r\nx\r\n",
    "host line first": b"Host: localhost\r\nset evil 0 0 1\r\nx\r\n",
    "tls hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"r" * 32 + b"\r\nset evil 0 0 1\r\nx\r\n",
    "ssh": b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\nset evil 0 0 1\r\nx\r\n",
    "proxy 1": b"PROXY TCP4 127.0.0.1 127.0.0.1 5 5\r\nset evil 0 0 1\r\nx\r\n",
    "proxy 2": b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + b"\x7f\0\0\1" * 3 + b"\r\nset evil 0 0 1\r\nx\r\n",
}


@pytest.mark.parametrize("greeting", foreign.values(), ids=foreign.keys())
def test_another_protocol_is_closed_and_nothing_of_it_is_executed(server, good_client, greeting):
    with server.connect() as wire:
        wire.send(greeting)
        assert b"STORED" not in wire.read_to_close()
    good_client.ask(b"get evil\r\n", b"END\r\n")


def test_a_thousand_announced_megabytes_take_no_memory(start):
    clients = pace.count(1000, at_least=100)
    server = start("--max-clients", "2000")
    with server.connect() as good_client:
        good_client.is_served()
        before = server.resident_kib()
        wires = [server.connect() for _ in range(clients)]
        try:
            for wire in wires:
                wire.send(b"set k 0 0 1048576\r\nonly this arrives")
            pace.wait_until(lambda: server.threads() > clients, "every client has its thread")
            assert good_client.is_served()
            if pace.slow_factor == 1:
                assert server.resident_kib() - before < 40 * clients
        finally:
            for wire in wires:
                wire.close()


def test_a_value_that_is_too_large_is_swallowed_and_the_stream_stays_in_step(server):
    with server.connect() as wire:
        wire.ask(b"set k 0 0 1048577\r\n" + b"get mine\r\n" * 104857 + b"1234567" + b"\r\n", b"SERVER_ERROR object too large for cache\r\n")
        assert wire.is_served()


def test_replies_that_are_never_read_do_not_stop_the_others(start):
    server = start("--request-timeout", "2")
    with server.connect() as good_client, server.connect() as deaf:
        good_client.ask(b"set k 0 0 1000000\r\n" + b"x" * 1_000_000 + b"\r\n", b"STORED\r\n")
        before = server.resident_kib()
        deaf.send(b"get k\r\n" * 100)
        for _ in range(100):
            assert good_client.is_served()
        assert server.resident_kib() - before < 16 * 1024 * pace.slow_factor
        pace.wait_until(lambda: server.threads() == server.threads_at_start + 1, "the deaf client is closed")
        assert good_client.is_served()


def test_sending_to_clients_that_have_gone_is_harmless(server):
    with server.connect() as good_client:
        good_client.ask(b"set k 0 0 500000\r\n" + b"x" * 500_000 + b"\r\n", b"STORED\r\n")
        for _ in range(pace.count(50)):
            wire = server.connect()
            wire.send(b"get k\r\n" * 20)
            wire.vanish()
        assert good_client.is_served()
