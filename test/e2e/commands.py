"""What a generated command is made of: bytes, and two things that get their value only when it is sent."""

import base64
from dataclasses import dataclass


@dataclass(frozen=True)
class Key:
    """A key. Every replay has its own name space in front of it, so that no replay meets what another one stored."""

    name: bytes
    is_base64: bool = False

    def render(self, space, _):
        raw = space + self.name
        return base64.b64encode(raw) if self.is_base64 else raw


@dataclass(frozen=True)
class Cas:
    """A cas number this server gave to the key earlier: the last one, or (age 1) the one before."""

    key: bytes
    age: int = 0

    def render(self, space, cas_of_key):
        known = cas_of_key.get(space + self.key, [])
        return known[-1 - self.age] if len(known) > self.age else b"987654321987654321"


space_size = 6
"""Bytes of a name space: a multiple of three, so that its base64 form is the same in front of every key."""


def name_space(number):
    """Sixteen million different ones: a run with many cuts uses some hundred thousand."""
    return b"%06x" % number


class Ending(list):
    """A command after which nothing more can be sent on its connection."""


send_gathered = [b"get nothing\r\n" * 2]
"""Makes memcached send the answers it has gathered: a value that does not come, or a get of a key that is too long, would
take them with it. Twice, since a wrong length may have swallowed the first.
"""


def request(flight, space, cas_of_key):
    """All bytes of a flight, the commands that travel together on one connection."""
    endings = [command for command in flight if isinstance(command, Ending)]
    others = [command for command in flight if not isinstance(command, Ending)]
    return b"".join(render(command, space, cas_of_key) for command in [*others, send_gathered, *endings])


def render(command, space, cas_of_key):
    """The bytes of one command for one server."""
    return b"".join(part if isinstance(part, bytes) else part.render(space, cas_of_key) for part in command)


def joined(words, separator=b" "):
    """Puts blanks between words, which may be of several parts: a line without its end."""
    line = []
    for word in words:
        line += [separator] if line else []
        line += list(word) if isinstance(word, (list, tuple)) else [word]
    return line
