"""The same bytes, cut in different places, must get the same answer: a server may not depend on how packets arrive."""

import base64
import fcntl
import random
import socket
import termios

import classic_commands
import pace
from commands import name_space, render, request
from replies import Normaliser
from wire import Wire

connections_at_once = 200


def is_read_by_server(wire):
    """Whether nothing waits in the server's receive queue. On a unix socket the sender's queue is the receiver's, and the
    kernel tells its length: so a piece counts as a packet of its own only when the server has taken it.
    """
    return fcntl.ioctl(wire.socket, termios.TIOCOUTQ, bytes(4)) == bytes(4)


def answers_to_pieces(address, requests):
    """Sends each request's pieces, one piece of every request per round, and returns what came back for each request."""
    wires = [Wire(address, within=60) for _ in requests]
    try:
        for number in range(max(len(pieces) for pieces in requests)):
            for wire, pieces in zip(wires, requests):
                if number < len(pieces):
                    send_quietly(wire, pieces[number])
            pace.wait_until(lambda: all(map(is_read_by_server, wires)), "the server reads every piece", within=30)
        for wire in wires:
            shut_quietly(wire)
        return [wire.read_to_close() for wire in wires]
    finally:
        for wire in wires:
            wire.close()


def send_quietly(wire, piece):
    """A server that has closed, after `quit` for one, takes no more: what it said until then is compared."""
    try:
        wire.send(piece)
    except (BrokenPipeError, ConnectionResetError):
        pass


def shut_quietly(wire):
    try:
        wire.socket.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def ways_to_cut(whole, choice, most_pieces, random_ways):
    """Cuts of one request: byte by byte and at every place if it is short, and some random ones."""
    ways = [[whole]]
    if len(whole) <= most_pieces:
        ways.append([whole[place : place + 1] for place in range(len(whole))])
        ways += [[whole[:place], whole[place:]] for place in range(1, len(whole))]
    for _ in range(random_ways):
        places = sorted(choice.randint(1, max(1, len(whole) - 1)) for _ in range(choice.randint(1, 12)))
        ends = [0, *places, len(whole)]
        ways.append([whole[start:end] for start, end in zip(ends, ends[1:]) if start < end])
    return ways


class Splits:
    """Plays one flight cut in many ways to the unix socket at `address`. Each way has its own keys, so all can be on the wire at once."""

    def __init__(self, address, choice, random_ways=10):
        self.address = address
        self.choice = choice
        self.random_ways = random_ways
        self.spaces = 0

    def first_difference(self, flight, most_pieces=400):
        """(pieces, answer, answer to the whole) of the first cut that is answered otherwise, or None."""
        whole = request(flight, name_space(0), {})
        ways = ways_to_cut(whole, self.choice, most_pieces, self.random_ways)
        spaces = []
        for way in ways:
            self.spaces += 1
            spaces.append(name_space(self.spaces))
        first = None
        for start in range(0, len(ways), connections_at_once):
            chosen = list(zip(ways, spaces))[start : start + connections_at_once]
            answers = answers_to_pieces(self.address, [renamed(pieces, flight, space) for pieces, space in chosen])
            for (pieces, space), answer in zip(chosen, answers):
                said = normal(answer, space)
                first = said if first is None else first
                if said != first:
                    return pieces, said, first
        return None


def renamed(pieces, flight, space):
    """The same cut of the same flight with the keys of another name space, which are as long."""
    whole = request(flight, space, {})
    cut, start = [], 0
    for piece in pieces:
        cut.append(whole[start : start + len(piece)])
        start += len(piece)
    return cut


def normal(answer, space):
    in_base64 = base64.b64encode(space)
    return [part.replace(space, b"<space>").replace(in_base64, b"<space>") for part in Normaliser()(answer)]


def is_alone(command):
    """Whether a command leaves the keys of other connections in peace, and is short enough to be cut at every place."""
    data = render(command, name_space(0), {})
    return b"flush" not in data.lower() and len(data) < 2000


def compare(side, commands, seed, generator=classic_commands.generator, report=print):
    """Plays about `commands` commands in short flights. Returns the description of the first difference, or nothing."""
    report(f"splits: {commands} commands, seed {seed}, {side.name}")
    choice = random.Random(seed)
    generate, splits, played = generator(choice), Splits(side.address, choice), 0
    while played < commands:
        for flight in generate.batch(flights=1, length=3):
            flight = [command for command in flight if is_alone(command)]
            played += len(flight)
            if splits.first_difference(flight):
                report(text := describe(splits, flight))
                return [text]
    return []


def describe(splits, flight):
    for number in reversed(range(len(flight))):
        shorter = flight[:number] + flight[number + 1 :]
        if shorter and splits.first_difference(shorter):
            flight = shorter
    pieces, answer, whole = splits.first_difference(flight) or (["the difference does not show again"], [], [])
    return f"cut into {pieces}\nthe answer is {answer}\nin one piece it is {whole}"
