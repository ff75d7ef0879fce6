"""kvserver answers random commands as memcached does; and the tool that says so can say no.

Every run draws a seed and prints it: KV_SEED plays that run again.
"""

import os
import random
import re
import socket
import tempfile
import threading

import pytest

import classic_commands
import differential
import meta_commands
import pace
import splits
from servers import Memcached

seed = int(os.environ.get("KV_SEED", random.randrange(1_000_000_000)))


def side(name, server):
    return differential.Side(name, server.address)


def assert_equal_answers(start, commands, generator):
    memcached, kvserver = differential.Side("memcached", start=Memcached), differential.Side("kvserver", start=start)
    try:
        found = differential.compare(memcached, kvserver, pace.count(commands), seed, generator)
    finally:
        memcached.stop()
    assert not found, found[0]


def test_ten_thousand_classic_commands_are_answered_as_by_memcached(start):
    assert_equal_answers(start, 10_000, classic_commands.generator)


def test_ten_thousand_meta_commands_are_answered_as_by_memcached(start):
    assert_equal_answers(start, 10_000, meta_commands.generator)


@pytest.mark.slow
def test_a_hundred_thousand_classic_commands_are_answered_as_by_memcached(start):
    assert_equal_answers(start, 100_000, classic_commands.generator)


@pytest.mark.slow
def test_two_hundred_thousand_meta_commands_are_answered_as_by_memcached(start):
    assert_equal_answers(start, 200_000, meta_commands.generator)


def assert_cuts_do_not_matter(start, commands, generator):
    with tempfile.TemporaryDirectory() as folder:
        server = start("--listen", f"memcache+unix://{folder}/socket")
        found = splits.compare(side("kvserver", server), pace.count(commands), seed, generator)
        assert not found, found[0]


def test_a_stream_cut_anywhere_gets_the_same_answer(start):
    assert_cuts_do_not_matter(start, 200, classic_commands.generator)


def test_a_meta_stream_cut_anywhere_gets_the_same_answer(start):
    assert_cuts_do_not_matter(start, 200, meta_commands.generator)


@pytest.mark.slow
def test_a_long_stream_cut_at_a_thousand_random_places_gets_the_same_answer(start):
    with tempfile.TemporaryDirectory() as folder:
        server = start("--listen", f"memcache+unix://{folder}/socket")
        choice = random.Random(seed)
        print(f"seed {seed}")
        flight = [command for command in classic_commands.generator(choice).flight(40) if splits.is_alone(command)]
        cutter = splits.Splits(server.address, choice, random_ways=pace.count(1000))
        assert cutter.first_difference(flight, most_pieces=0) is None


@pytest.mark.slow
def test_many_streams_cut_anywhere_get_the_same_answer(start):
    assert_cuts_do_not_matter(start, 1_000, classic_commands.generator)


# The tool itself


class LyingServer:
    """Stands before a memcached and changes one word in what it says."""

    def __init__(self, upstream, truth, lie):
        self.upstream, self.truth, self.lie = upstream, truth, lie
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.address = self.listener.getsockname()
        self.is_stopping = False
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        while True:
            client, _ = self.listener.accept()
            if self.is_stopping:
                return client.close()
            with client, socket.create_connection(self.upstream) as server:
                server.sendall(read_to_end(client))
                server.shutdown(socket.SHUT_WR)
                client.sendall(re.sub(self.truth, self.lie, read_to_end(server)))

    def stop(self):
        self.is_stopping = True
        socket.create_connection(self.address).close()
        self.thread.join()
        self.listener.close()


def read_to_end(connection):
    pieces = []
    while piece := connection.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


@pytest.mark.parametrize("truth, lie, shortest", [
    (rb"NOT_STORED\r\n", rb"NOT_FOUND\r\n", 1),
    (rb"(\d) +\r\nEND", rb"\1\r\nEND", 3),
    (rb"EXISTS\r\n", rb"STORED\r\n", 2),
    (rb"(VALUE \S+ 42 \d+) \d+", rb"\1 7", 4),
])
def test_a_planted_difference_is_found_and_shrunk(peer, truth, lie, shortest):
    other = Memcached()
    liar = LyingServer(other.address, truth, lie)
    try:
        found = differential.compare(side("memcached", peer), side("liar", liar), 20_000, 1)
        assert found, "the lie was not noticed"
        sent = found[0].split(" answers connection")[0]
        assert len(re.findall(r"^    b['\"]", sent, re.M)) <= shortest, found[0]
    finally:
        liar.stop()
        other.stop()


def test_memcached_agrees_with_itself(peer):
    other = Memcached()
    try:
        for generator in (classic_commands.generator, meta_commands.generator):
            assert not differential.compare(side("memcached", peer), side("its twin", other), 5_000, seed, generator)
    finally:
        other.stop()


def test_a_cut_that_matters_is_noticed():
    answers = iter([b"STORED\r\n", b"STORED\r\n", b"ERROR\r\n"])
    cutter = splits.Splits("nowhere", random.Random(1))
    ask, splits.answers_to_pieces = splits.answers_to_pieces, lambda _, requests: [next(answers, b"") for _ in requests]
    try:
        assert cutter.first_difference([[b"set a 0 0 1\r\nx\r\n"]])
    finally:
        splits.answers_to_pieces = ask
