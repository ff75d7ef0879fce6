"""RESP replies read and made comparable: each as one value, with what depends on time or on order taken out."""

TIME_COMMANDS = {b"ttl": 1000, b"pttl": 1_000_000, b"expiretime": 1000, b"pexpiretime": 1_000_000}
UNORDERED_COMMANDS = {b"keys", b"scan"}


class Reader:
    """Takes replies off what a server has sent, RESP2 and RESP3."""

    def __init__(self, data):
        self.data, self.place = data, 0

    def at_end(self):
        return self.place >= len(self.data)

    def line(self):
        end = self.data.index(b"\r\n", self.place)
        line, self.place = self.data[self.place : end], end + 2
        return line

    def value(self):
        """(type, what it holds): nested values are lists of the same."""
        line = self.line()
        kind, rest = line[:1], line[1:]
        if kind in b"+-:_#,(":
            return kind, rest
        count = int(rest)
        if count < 0:
            return kind, None
        if kind in b"$=!":
            start = self.place
            self.place += count + 2
            assert self.data[self.place - 2 : self.place] == b"\r\n", f"no line end behind {line!r}"
            return kind, self.data[start : start + count]
        assert kind in b"*%~>|", f"not a reply: {line!r}"
        return kind, [self.value() for _ in range(count * (2 if kind in b"%|" else 1))]


def coarse(value, step):
    """A time still to come, rounded so far down that a second more or less does not show."""
    kind, content = value
    if kind == b":" and int(content) >= step:
        return kind, b"<time %d>" % (int(content) // step)
    return value


def coarse_all(value):
    """The same for every number in a transaction's answer, which does not say which command it belongs to."""
    kind, content = value
    if isinstance(content, list):
        return kind, [coarse_all(each) for each in content]
    return coarse(value, 1_000_000) if kind == b":" and int(content) >= 900_000 else coarse(value, 1000)


def sorted_all(value):
    kind, content = value
    if isinstance(content, list) and (b"$", b"proto") in content:
        return kind, b"<the answer to HELLO>"
    if isinstance(content, list):
        return kind, sorted((sorted_all(each) for each in content), key=repr)
    return value


def comparable(name, value):
    if name == b"exec":
        return sorted_all(coarse_all(value))
    if name in TIME_COMMANDS:
        return coarse(value, TIME_COMMANDS[name])
    if name in UNORDERED_COMMANDS:
        return sorted_all(value)
    return sorted_all(value) if name == b"hello" else value


def comparable_replies(names, data):
    """One reply a command, `names` being the commands' names; what is left over stays as it came."""
    reader, replies = Reader(data), []
    for name in names:
        if reader.at_end():
            break
        start = reader.place
        try:
            replies.append(comparable(name.lower(), reader.value()))
        except ValueError:
            reader.place = start
            break
    if not reader.at_end():
        replies.append(data[reader.place :])
    return [repr(reply).encode() for reply in replies]
