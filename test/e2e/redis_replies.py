"""RESP replies read and made comparable: each as one value, with what depends on time, on order or on a draw taken out."""

TIME_COMMANDS = {b"ttl": 1000, b"pttl": 1_000_000, b"expiretime": 1000, b"pexpiretime": 1_000_000}
UNORDERED_COMMANDS = {b"keys", b"scan", b"smembers", b"sunion", b"sinter", b"sdiff", b"hkeys", b"hvals", b"sscan", b"hello"}
PAIRED_COMMANDS = {b"hgetall", b"hscan", b"zscan"}
DRAWN_COMMANDS = {b"spop", b"srandmember", b"hrandfield", b"zrandmember", b"randomkey"}
EVERYTHING = 1000
"""A draw of so many gives all there is."""


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


def sorted_all(value):
    kind, content = value
    if isinstance(content, list) and (b"$", b"proto") in content:
        return kind, b"<the answer to HELLO>"
    if isinstance(content, list):
        return kind, sorted((sorted_all(each) for each in content), key=repr)
    return value


def sorted_pairs(value):
    """Fields with their values, or what a scan answers: a cursor and such fields."""
    kind, content = value
    if not isinstance(content, list):
        return value
    if len(content) == 2 and isinstance(content[1][1], list):
        return kind, [content[0], sorted_pairs(content[1])]
    return kind, sorted(zip(content[::2], content[1::2]), key=repr)


def drawn(words, value):
    """What was drawn by lot: all of it when everything was drawn, else how many; of a single one, whether there was one."""
    kind, content = value
    if not isinstance(content, list):
        return (kind, b"<drawn>") if kind == b"$" and content is not None else value
    if len(words) > 2 and words[2] == b"%d" % EVERYTHING and len(content) < EVERYTHING / 2:
        return sorted_pairs(value) if len(words) > 3 and content and kind == b"*" and b"*" != content[0][0] else sorted_all(value)
    return kind, len(content)


def is_unordered_sort(words):
    """Redis' sort is not stable, and compares nothing else when weights are texts; without sorting a set comes as it is kept."""
    options = [word.lower() for word in words[2:]]
    return b"by" in options and (b"alpha" in options or b"nosort" in options)


def comparable(words, value):
    name = words[0].lower()
    if name in TIME_COMMANDS:
        return coarse(value, TIME_COMMANDS[name])
    if name in DRAWN_COMMANDS:
        return drawn(words, value)
    if name in PAIRED_COMMANDS:
        return sorted_pairs(value)
    is_unordered = name in UNORDERED_COMMANDS or name in (b"sort", b"sort_ro") and is_unordered_sort(words)
    return sorted_all(value) if is_unordered else value


class Transactions:
    """Finds in an answer to EXEC the answers to the commands that were queued."""

    def __init__(self):
        self.queued = []

    def comparable(self, words, value):
        name, (kind, content) = words[0].lower(), value
        if value == (b"+", b"QUEUED"):
            self.queued.append(words)
            return value
        queued = self.queued
        if name in (b"exec", b"discard", b"reset"):
            self.queued = []
        if name == b"exec" and isinstance(content, list) and len(content) == len(queued):
            return kind, [comparable(*pair) for pair in zip(queued, content)]
        return comparable(words, value)


def comparable_replies(commands, data):
    """One reply a command, `commands` being the commands' words; what is left over stays as it came."""
    reader, transactions, replies = Reader(data), Transactions(), []
    for words in commands:
        if reader.at_end():
            break
        start = reader.place
        try:
            replies.append(transactions.comparable(words, reader.value()))
        except ValueError:
            reader.place = start
            break
    if not reader.at_end():
        replies.append(data[reader.place :])
    return [repr(reply).encode() for reply in replies]
