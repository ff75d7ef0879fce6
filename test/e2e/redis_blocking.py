"""Several clients that block, served by others: random scenarios, played to two servers one after the other.

A scenario is a list of steps; each is what one client sends at once, or that it hangs up. A client that still waits for an
answer is passed over. Nothing is left to time: behind each step the player waits until INFO says that exactly those
clients are blocked that have no answer; then, when it knows what the first server said, until the second has said as much.

Not generated:

- Two blocking commands of one client in one step, since in between it is neither blocked nor answered.
- A list or sorted set that is stored over a key of another type: Redis 7.0 forgets those who wait for it, 7.2 and kvserver serve them.
- SWAPDB while somebody waits for several keys or moves what it gets: Redis serves the keys of a swapped database in the order of
  a hash table.
"""

import random
import re
import select
import time

import pace
from redis_replies import Reader, comparable_replies
from wire import Wire

CLIENTS = 6
NOT_YET = 0.0005  # seconds between two looks at a server that has not settled
HANG_UP = "hangs up"
blocking = {b"blpop", b"brpop", b"blmove", b"brpoplpush", b"blmpop", b"bzpopmin", b"bzpopmax", b"bzmpop"}
brief = (b"0.001", b"0.01", b".005")


class Id:
    """Stands for the number of a client in what is sent; servers give it out."""

    def __init__(self, client):
        self.client = client

    def __repr__(self):
        return f"<id of {self.client}>"


class Scenarios:
    """Makes scenarios: [(client, [command, ...] or HANG_UP)]."""

    lists, sorted_sets = [b"l1", b"l2", b"l3"], [b"z1", b"z2"]
    any_key = lists + sorted_sets + [b"other"]

    def __init__(self, random):
        self.random = random

    def scenario(self):
        self.may_swap = self.random.random() < 0.2
        return [self.step() for _ in range(self.random.randint(4, 30))]

    def step(self):
        client, draw = self.random.randrange(CLIENTS), self.random.random()
        if draw < 0.03:
            return client, HANG_UP
        if draw < 0.40:
            return client, [*self.before(), self.wait(), *self.behind()]
        if draw < 0.44:
            return client, [self.brief_wait()]
        if draw < 0.58:
            return client, [[b"multi"], *(words for _ in range(self.random.randint(1, 4)) for words in self.inside()), [b"exec"]]
        return client, [words for _ in range(self.one_of(1, 1, 1, 2, 3)) for words in self.on_no_key(self.change())]

    def one_of(self, *choices):
        return self.random.choice(choices)

    def key(self, keys):
        return self.random.choice(self.any_key if self.random.random() < 0.07 else keys)

    def keys(self, keys):
        return [self.key(keys) for _ in range(1 if self.may_swap else self.one_of(1, 1, 2, 3))]

    def before(self):
        return self.one_of([], [], [], [], [[b"hello", b"3"]], [[b"hello", b"2"]], [[b"select", b"0"]], [[b"select", b"0"]], [[b"watch", b"l1"]],
                           [[b"select", b"1"]] if self.may_swap else [])

    def behind(self):
        """Pipelined behind a blocking command, so it is carried out when that has its answer."""
        if self.may_swap:
            return []
        return self.one_of([], [], [], [[b"ping"]], [[b"rpush", self.key(self.lists), b"behind"]], [[b"multi"], [b"llen", b"l1"], [b"exec"]])

    def wait(self, timeout=None):
        timeout = timeout or self.one_of(b"0", b"0", b"100", b"0.0", b"1e3")
        lists, sorted_sets = self.keys(self.lists), self.keys(self.sorted_sets)
        end, extreme = self.one_of(b"left", b"right"), self.one_of(b"min", b"max")
        count = self.one_of([], [b"count", b"2"], [b"count", b"10"])
        plain = [[b"blpop", *lists, timeout], [b"brpop", *lists, timeout], [b"bzpopmin", *sorted_sets, timeout],
                 [b"blmpop", timeout, b"%d" % len(lists), *lists, end, *count]]
        return self.one_of(*plain) if self.may_swap else self.one_of(
            *plain, [b"blmove", self.key(self.lists), self.key(self.lists), end, self.one_of(b"left", b"right"), timeout],
            [b"brpoplpush", self.key(self.lists), self.key(self.lists), timeout], [b"bzpopmax", *sorted_sets, timeout],
            [b"bzmpop", timeout, b"%d" % len(sorted_sets), *sorted_sets, extreme, *count])

    def brief_wait(self):
        return self.wait(self.random.choice(brief))

    @staticmethod
    def on_no_key(words):
        """A command that stores what it computes, behind one that removes what it would replace."""
        to = {b"sort": -1, b"zunionstore": 1, b"zrangestore": 1}.get(words[0])
        return [words] if to is None else [[b"del", words[to]], words]

    def inside(self):
        return [self.wait()] if self.random.random() < 0.3 else self.on_no_key(self.change(in_transaction=True))

    def change(self, in_transaction=False):
        list_key, sorted_key, source = self.key(self.lists), self.key(self.sorted_sets), self.key(self.any_key)
        to = self.random.choice(self.lists + self.sorted_sets)
        elements = [b"%d" % self.random.randint(0, 99) for _ in range(self.one_of(1, 1, 2, 3, 5))]
        scored = [word for element in elements for word in (self.one_of(b"1", b"2", b"-inf", b"0.5"), element)]
        push, add = [self.one_of(b"lpush", b"rpush"), list_key, *elements], [b"zadd", sorted_key, *scored]
        change = self.one_of(
            *[push] * 20, *[add] * 10, [b"zincrby", sorted_key, b"1", elements[0]], [b"linsert", list_key, b"before", b"1", b"0"],
            [b"rpushx", list_key, b"x"], [b"lpop", list_key], [b"lmpop", b"1", list_key, b"left"], [b"zpopmin", sorted_key],
            [b"lrange", list_key, b"0", b"-1"], [b"zrange", sorted_key, b"0", b"-1", b"withscores"],
            [b"lmove", list_key, self.key(self.lists), b"left", b"right"], [b"rpoplpush", list_key, self.key(self.lists)],
            # What makes a key in other ways than pushing, or makes it of another type.
            [b"set", to, b"text"], [b"sadd", to, *elements], [b"rename", source, to],
            [b"copy", source, to, *self.one_of([], [b"replace"], [b"db", b"1"])], [b"rpush", b"other", *elements], [b"zadd", b"other", *scored],
            [b"sort", b"other", b"by", b"nosort", b"store", to], [b"zunionstore", to, b"1", b"other"], [b"zrangestore", to, b"other", b"0", b"-1"],
            [b"move", source, b"1"], [b"swapdb", b"0", b"1"] if self.may_swap else [b"ping"], [b"select", self.one_of(b"0", b"1")],
            [b"del", list_key, sorted_key], [b"pexpire", to, b"1000000"], [b"flushdb"], [b"flushall"],
            [b"client", b"unblock", Id(self.random.randrange(CLIENTS)), *self.one_of([], [b"timeout"], [b"error"])], [b"watch", to], [b"ping"])
        return [b"ping"] if in_transaction and change[0] == b"watch" else change


def request(words, ids):
    words = [b"%d" % ids[word.client] if isinstance(word, Id) else word for word in words]
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


class Client:
    """One connection, and how many answers it still has to get."""

    def __init__(self, address):
        self.wire = Wire(address)
        self.wire.send(request([b"client", b"id"], {}))
        self.id = int(self.wire.read_line()[1:])
        self.data, self.outstanding, self.blocked_with, self.answers = b"", 0, 0, []

    def send(self, commands, ids):
        """`blocked_with`: what is outstanding when it is blocked, the answers to what comes before having been sent."""
        self.outstanding = len(commands)
        self.blocked_with = 0 if commands[0] == [b"multi"] else next(
            (len(commands) - place for place, words in enumerate(commands) if words[0] in blocking), 0)
        self.wire.send(b"".join(request(words, ids) for words in commands))

    def read_what_is_there(self):
        while select.select([self.wire.socket], [], [], 0)[0]:
            piece = self.wire.socket.recv(1 << 16)
            assert piece, f"the server hung up; not read yet: {self.data!r}"
            self.data += piece
        reader, end = Reader(self.data), 0
        try:
            while not reader.at_end():
                value = reader.value()
                self.answers.append(hidden(value))
                end, self.outstanding = reader.place, self.outstanding - 1
        except (ValueError, AssertionError):
            pass  # The rest of it is on its way.
        self.data = self.data[end:]

    def take_answers(self):
        answers, self.answers = self.answers, []
        return answers

    def close(self):
        self.wire.close()


def hidden(value):
    """Without the answer to HELLO, which names the server."""
    is_hello = isinstance(value[1], list) and (b"$", b"proto") in value[1]
    return (value[0], b"<the answer to HELLO>") if is_hello else value


class Player:
    """Plays scenarios to one server, all of whose clients are ours."""

    def __init__(self, server):
        self.server = server
        self.control = Wire(server.address)

    def ask(self, *words):
        self.control.send(request(words, {}))
        line = self.control.read_line()
        return self.control.read_exactly(int(line[1:]) + 2) if line[:1] == b"$" else line

    def blocked(self):
        return int(re.search(rb"blocked_clients:(\d+)", self.ask(b"INFO", b"clients"))[1])

    def play(self, scenario, model=None):
        """What every client was answered after every step, and what the keys hold at the end. `model` is what another server
        said to the same: then its answers are waited for, too."""
        self.ask(b"FLUSHALL")
        self.clients = [Client(self.server.address) for _ in range(CLIENTS)]
        record = []
        try:
            for number, (client, what) in enumerate(scenario):
                brief_waiter = self.take(client, what)
                record.append(self.settle(brief_waiter, model[number] if model else None))
                if model and record[-1] != model[number]:
                    return record
            return record + [self.contents()]
        finally:
            for client in self.clients:
                client.close()
            pace.wait_until(lambda: self.blocked() == 0, "nobody is blocked when all have hung up")

    def take(self, number, what):
        """Returns the client when it waits so briefly that it gets its answer anyway."""
        client = self.clients[number]
        if what == HANG_UP:
            client.close()
            self.clients[number] = Client(self.server.address)
        elif not client.outstanding:
            client.send(what, [each.id for each in self.clients])
            return client if any(word in brief for words in what for word in words) else None
        return None

    def settle(self, brief_waiter, model):
        """Waits until those without an answer are blocked, all of them, and until a brief wait is over; for a while longer
        if the model says that more will come."""
        answers, patience = [[] for _ in self.clients], time.monotonic() + pace.seconds(0.3)
        deadline = time.monotonic() + pace.seconds(20)
        while True:
            blocked = self.blocked()
            for client, found in zip(self.clients, answers):
                client.read_what_is_there()
                found += client.take_answers()
            waiting = [client for client in self.clients if client.outstanding]
            is_settled = blocked == len(waiting) and all(client.outstanding <= client.blocked_with for client in waiting)
            is_settled = is_settled and brief_waiter not in waiting
            if is_settled and (model is None or answers == model or time.monotonic() > patience):
                return answers
            if time.monotonic() > deadline:
                return [*answers, f"{blocked} are blocked"]
            time.sleep(NOT_YET)

    def contents(self):
        """Of every key in both databases, whatever its type."""
        commands = []
        for database in (b"0", b"1"):
            commands += [[b"select", database], [b"dbsize"]]
            for key in Scenarios.any_key:
                commands += [[b"type", key], [b"lrange", key, b"0", b"-1"], [b"zrange", key, b"0", b"-1", b"withscores"], [b"get", key]]
        with Wire(self.server.address) as wire:
            wire.send(b"".join(request(words, {}) for words in [*commands, [b"quit"]]))
            return comparable_replies([*commands, [b"quit"]], wire.read_to_close())

    def close(self):
        self.control.close()


def shrink(scenario, differs):
    """The fewest steps that still differ."""
    size = len(scenario)
    while size:
        for start in range(0, len(scenario), size):
            shorter = scenario[:start] + scenario[start + size :]
            if differs(shorter):
                scenario = shorter
                break
        else:
            size //= 2
    return scenario


def describe(scenario, records, names):
    """The steps, and what was said after the first that was answered differently."""
    place = next((place for place, pair in enumerate(zip(*records)) if pair[0] != pair[1]), None)
    if place is None:
        return f"the difference does not show again: it depends on time; {scenario}"
    lines = [f"client {client} {'sends ' if what != HANG_UP else ''}{what}" for client, what in scenario[: place + 1]]
    for name, record in zip(names, records):
        lines.append(f"{name} then answers the clients with" if place < len(scenario) else f"{name} then holds")
        lines += [f"    {answer}" for answer in record[place]]
    return "\n".join(lines)


def compare(servers, names, number, seed, report=print):
    """Plays `number` scenarios; the description of the first difference that lasts, or None."""
    report(f"blocking: {number} scenarios, seed {seed}, {names[0]} against {names[1]}")
    generate, players = Scenarios(random.Random(seed)), [Player(server) for server in servers]

    def records(scenario):
        model = players[0].play(scenario)
        return model, players[1].play(scenario, model)

    def differs(scenario):
        model, other = records(scenario)
        return model != other

    try:
        for _ in range(number):
            scenario = generate.scenario()
            if differs(scenario) and differs(scenario):
                scenario = shrink(scenario, differs)
                return describe(scenario, records(scenario), names)
    finally:
        for player in players:
            player.close()
    return None
