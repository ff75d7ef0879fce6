"""kvserver has the command table of Debian's redis-server, and answers a few calls of every row as that does.

The calls are made from what redis-server's COMMAND DOCS says of a command's arguments: the shortest valid one, one more for each
option and choice, and some that are wrong. Each is asked of both servers in the same state, and what it leaves there is compared.
"""

import pytest

from redis_replies import Reader, sorted_all
from servers import KvServer, RedisServer

kvservers_own = {"delete", "flush", "debugtime", "client|no-touch", "client|setinfo"}
"""The tutorial's two, the virtual clock's, and two that Redis has since 7.2."""

has_no_row_in_redis = {"quit"}

means_nothing_here = {"allow_busy", "no_auth", "no_multi", "skip_slowlog"}
"""Flags of a server that runs scripts, has passwords and logs what is slow."""

of_clusters = ("request_policy:", "response_policy:")


@pytest.fixture(scope="module")
def servers():
    started = RedisServer("--proto-max-bulk-len", "1mb"), KvServer("--listen", "redis://127.0.0.1:0")
    yield started
    for server in started:
        server.stop()


def request(*words):
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in map(encoded, words))


def encoded(word):
    return word if isinstance(word, bytes) else word.encode()


def replies(server, requests):
    with server.connect() as wire:
        wire.send(b"".join(request(*words) for words in requests) + request("QUIT"))
        reader = Reader(wire.read_to_close())
    return [reader.value() for _ in requests]


def plain(reply):
    """A reply without its types: strings, numbers and lists."""
    kind, content = reply
    if isinstance(content, list):
        return [plain(each) for each in content]
    if content is None:
        return None
    return int(content) if kind == b":" else content.decode()


def as_map(flat):
    return dict(zip(flat[::2], flat[1::2]))


# The table


def table_of(server):
    """What COMMAND says of every command and subcommand, without what has no meaning here."""
    table = {}

    def add(rows):
        for name, arity, flags, first, last, step, categories, tips, _, subcommands in rows:
            table[name] = {"arity": arity, "flags": set(flags) - means_nothing_here, "keys": (first, last, step),
                           "categories": set(categories), "tips": {tip for tip in tips if not tip.startswith(of_clusters)}}
            add(subcommands)

    add(plain(replies(server, [["COMMAND"]])[0]))
    return table


def documents_of(server):
    """COMMAND DOCS by name, subcommands beside the others."""
    documents = {}

    def add(flat):
        for name, document in as_map(flat).items():
            documents[name] = as_map(document)
            add(documents[name].get("subcommands", []))

    add(plain(replies(server, [["COMMAND", "DOCS"]])[0]))
    return documents


def test_the_command_table_is_that_of_redis(servers):
    theirs, ours = (table_of(server) for server in servers)
    assert len(ours) > 170
    assert set(ours) - set(theirs) <= kvservers_own | has_no_row_in_redis
    different = [f"{name}: {what} is {ours[name][what]}, in Redis {theirs[name][what]}"
                 for name in ours if name in theirs for what in ours[name] if ours[name][what] != theirs[name][what]]
    assert not different, "\n".join(different)


def shape(arguments):
    """What a program needs to know of arguments. Names are our own; the name of a token alone as well."""
    return [(argument["type"], argument.get("token"), sorted(argument.get("flags", [])), shape(argument.get("arguments", [])))
            for argument in map(as_map, arguments)]


def test_the_arguments_of_newer_groups_are_those_of_redis(servers):
    """Older rows list "[EX seconds] [PX milliseconds]" one after another."""
    theirs, ours = (documents_of(server) for server in servers)
    for name, document in ours.items():
        if name in theirs:
            assert (name, document["group"], document["since"]) == (name, theirs[name]["group"], theirs[name]["since"])
    new = [name for name in ours if ours[name]["group"] in ("list", "hash", "set", "sorted-set")]
    new += ["sort", "sort_ro", "move", "swapdb", "client|unblock"]
    different = [f"{name}: {shape(ours[name].get('arguments', []))}\n   Redis: {shape(theirs[name].get('arguments', []))}"
                 for name in new if shape(ours[name].get("arguments", [])) != shape(theirs[name].get("arguments", []))]
    assert not different, "\n".join(different)


calls_with_keys = """
    get a | mset a 1 b 2 | copy a b | blpop a 0 | blpop a b c 0 | blpop a | bzpopmax a b 0 | brpoplpush a b 0 | blmove a b left right 0
    lmpop 1 a left | lmpop 2 a b left | lmpop 2 a left | lmpop 3 a left | lmpop 0 a left | lmpop -1 a left | lmpop x a left
    lmpop 99999999999999999999 a left | lmpop 9223372036854775807 a left | lmpop 1 a
    blmpop 0 1 a left | blmpop 0 2 a b left | blmpop 0 9 a left | zmpop 1 a min | bzmpop 0 2 a b max count 3
    zunion 2 a b | zunion 2 a b weights 1 2 | zunion 3 a b | zinter 1 a | zinter 0 a | zdiff 2 a b withscores
    zintercard 2 a b limit 1 | sintercard 1 a | sintercard 2 a
    zunionstore d 2 a b | zunionstore d 1 a b | zunionstore d 3 a b | zunionstore d x a b | zinterstore d 2 a b | zdiffstore d 1 a
    sinterstore d a b | sunion a b c | zrangestore d s 0 1 | smove a b m | sort a | sort a by x* limit 0 1 get # store d
    sort a store | sort a store b store c | sort a by store store b | sort a get store store b | sort a limit store x store b
    sort a foo store b | sort_ro a | sort_ro a store b | move a 1 | swapdb 0 1 | select 1 | object encoding a | client unblock 3 error
    nonsense a | sort | lmove a b left
"""


def test_the_keys_of_a_call_are_those_that_redis_finds(servers):
    calls = [call.split() for line in calls_with_keys.strip().splitlines() for call in line.split("|")]
    theirs, ours = (replies(server, [["COMMAND", "GETKEYS", *call] for call in calls]) for server in servers)
    different = [f"{' '.join(call)}: {our}, in Redis {their}" for call, our, their in zip(calls, ours, theirs) if our != their]
    assert not different, "\n".join(different)


# A few calls of every row

compared_groups = ["string", "list", "hash", "set", "sorted-set", "generic"]
compared_beside = ["select", "swapdb", "echo", "ping", "client|unblock"]
not_compared = {
    "object|refcount": "Redis shares small numbers among keys",
    "randomkey": "a key of many",
    "scan": "the order and the cursor are the server's own",
    "object|help": "the lines are our own",
}

state = [
    ["SET", "string", "10"], ["SET", "text", "hello"],
    ["RPUSH", "list", "1", "2", "3"], ["RPUSH", "list2", "3", "4"],
    ["HSET", "hash", "f", "1", "g", "text"],
    ["SADD", "set", "1", "2", "m"], ["SADD", "set2", "2", "x"],
    ["ZADD", "zset", "1", "m", "2", "n", "2.5", "o"], ["ZADD", "zset2", "1", "n"],
]

state_of_one = [["SET", "string", "10"], ["RPUSH", "list", "1"], ["HSET", "hash", "f", "1"], ["SADD", "set", "1"], ["ZADD", "zset", "1", "m"]]
"""Where a command chooses at random there is one to choose."""

questions = [*[[command, key] for key in ("string", "text", "list", "list2", "hash", "set", "set2", "zset", "zset2", "new")
               for command in ("TYPE", "PTTL")],
             ["GET", "string"], ["GET", "text"], ["LRANGE", "list", "0", "-1"], ["LRANGE", "list2", "0", "-1"], ["HGETALL", "hash"],
             ["SMEMBERS", "set"], ["SMEMBERS", "set2"], ["ZRANGE", "zset", "0", "-1", "WITHSCORES"],
             ["ZRANGE", "zset2", "0", "-1", "WITHSCORES"], ["GET", "new"], ["LRANGE", "new", "0", "-1"], ["HGETALL", "new"],
             ["SMEMBERS", "new"], ["ZRANGE", "new", "0", "-1", "WITHSCORES"]]
"""What a call has left."""

keys_of_group = {"string": ["string", "text"], "list": ["list", "list2"], "hash": ["hash"], "set": ["set", "set2"],
                 "sorted-set": ["zset", "zset2"], "generic": ["list", "new"]}

words_by_name = {"cursor": "0", "field": "f", "member": "m", "element": "3", "pivot": "2", "version": "2", "timeout": "0.01",
                 "start": "0", "stop": "-1", "end": "-1", "client-id": "999999", "seconds": "1900", "milliseconds": "1900000", "index2": "0", "pattern": "*"}

words_of_lex = {"min": "[a", "max": "[z"}


class Calls:
    """Makes calls of one command from the description of its arguments."""

    def __init__(self, name, document):
        self.name, self.document = name, document
        self.arguments = list(map(as_map, document.get("arguments", [])))
        self.number_places = []

    def call(self, chosen=None, choice=0, keys=None):
        """`chosen`: the place of the optional argument to give. `choice`: which of a choice's tokens."""
        self.keys = list(keys or keys_of_group.get(self.document["group"], ["string"]))
        self.words, self.choice, self.number_places = self.name.split("|"), choice, []
        for place, argument in enumerate(self.arguments):
            if "optional" not in argument.get("flags", []) or place == chosen:
                self.add(argument)
        return self.words

    def add(self, argument):
        kind, name = argument["type"], argument["name"]
        if kind == "pure-token":
            self.words.append(argument["token"])
            return
        if argument.get("token"):
            self.words.append(argument["token"])
        parts = list(map(as_map, argument.get("arguments", [])))
        if kind == "oneof":
            self.add(parts[min(self.choice, len(parts) - 1)])
        elif kind == "block":
            for part in parts:
                self.add(part)
        else:
            if kind in ("integer", "double", "unix-time"):
                self.number_places.append(len(self.words))
            self.words.append(self.word(kind, name))

    def word(self, kind, name):
        if kind == "key":
            if name in ("destination", "newkey", "dst") and "source" not in str(self.arguments):
                return "new"
            return self.keys.pop(0) if self.keys else "new"
        if "lex" in self.name and name in words_of_lex:
            return words_of_lex[name]
        return words_by_name.get(name, {"integer": "1", "double": "1.5", "unix-time": "4102444800"}.get(kind, "x"))

    def valid(self):
        yield self.call()
        yield self.call(keys=["new"])
        most_choices = max([len(argument.get("arguments", [])) for argument in self.arguments if argument["type"] == "oneof"], default=1)
        for choice in range(most_choices):
            for place, argument in enumerate(self.arguments):
                if "optional" in argument.get("flags", []) or argument["type"] == "oneof":
                    yield self.call(place, choice)

    def wrong(self):
        yield self.name.split("|")
        yield [*self.call(), "x"]
        yield [*self.call(), "x", "NONSENSE", "1"]
        yield self.call()[:-1]
        for wrong_type in ("string", "list", "hash", "zset"):
            yield self.call(keys=[wrong_type] * 3)
        for number in ("x", "-1", "1.5", "", "9223372036854775807", "9223372036854775808", "nan", "0"):
            for place, _ in enumerate(self.arguments):
                words = list(self.call(place))
                for at in self.number_places:
                    yield [*words[:at], number, *words[at + 1 :]]

    def all(self):
        """Each once, none that would wait for long."""
        seen = []
        for words in [*self.valid(), *self.wrong()]:
            if words and words not in seen and not self.waits(words) and not self.names_a_space(words):
                seen.append(words)
        return seen

    def names_a_space(self, words):
        """SELECT of a word that is no number: a private space here, an error in Redis."""
        return self.name == "select" and words[1:] in (["x"], ["1.5"], ["nan"])

    def waits(self, words):
        """A timeout of 0, or a large one."""
        place = next((i for i, argument in enumerate(self.arguments) if argument["name"] == "timeout"), None)
        if place is None:
            return False
        timeout = words[1] if place == 0 and len(words) > 1 else words[-1]
        return timeout in ("0", "1", "1.5", "9223372036854775807")


def compared_calls(server, group):
    """The calls of each command of a group, or of the others that are compared; and what tips Redis gives of its answers."""
    documents, table = documents_of(server), table_of(server)
    for name, document in documents.items():
        if name in not_compared or name not in table or "subcommands" in document:
            continue
        if document["group"] == group or (group == "others" and name in compared_beside):
            yield name, Calls(name, document).all(), table[name]["tips"]


def with_coarse_time(reply):
    """1900 seconds are the only ones that times in the calls say; a little less is the same."""
    kind, content = reply
    return (kind, b"%d" % (int(content) // 1_000_000)) if kind == b":" and int(content) > 1_000_000 else reply


def answers(server, call, tips):
    """What the call is answered, and what the questions are after it."""
    before = [["FLUSHALL"], *(state_of_one if "nondeterministic_output" in tips else state)]
    all_replies = replies(server, [*before, call, ["SELECT", "0"], *questions])
    answer, left = all_replies[len(before)], all_replies[len(before) + 2 :]
    if "nondeterministic_output_order" in tips:
        answer = sorted_all(answer)
    return with_coarse_time(answer), [sorted_all(with_coarse_time(reply)) for reply in left]


def difference(servers, call, tips):
    (their_answer, their_state), (our_answer, our_state) = (answers(server, call, tips) for server in servers)
    text = " ".join(word or '""' for word in call)
    if our_answer != their_answer:
        return f"{text}\n    kvserver: {our_answer}\n    Redis:    {their_answer}"
    for theirs, ours, question in zip(their_state, our_state, questions):
        if ours != theirs:
            return f"{text}, then {' '.join(question)}\n    kvserver: {ours}\n    Redis:    {theirs}"
    return None


@pytest.mark.parametrize("group", [*compared_groups, "others"])
def test_every_row_is_answered_as_by_redis(servers, group):
    ours = set(table_of(servers[1]))
    different, compared = {}, 0
    for name, calls, tips in compared_calls(servers[0], group):
        if name not in ours:
            continue
        for call in calls:
            compared += 1
            if found := difference(servers, call, tips):
                different.setdefault(name, []).append(found)
    report = "\n".join(line for found in different.values() for line in found[:4])
    assert not different, f"{sum(map(len, different.values()))} of {compared} calls of {len(different)} commands: {report}"
