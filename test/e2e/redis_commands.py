"""Random Redis commands, good and bad.

Not generated, because an answer would depend on the clock or on other keys, or because kvserver differs on purpose:

- Empty keys and keys of more than 64 KiB: kvserver's keys have 1 byte to 64 KiB.
- A BITFIELD that writes over the end of the largest value, or lengthens a value and then fails (OVERFLOW FAIL): Redis does the
  first, and takes the second for no change when the key is watched.
- LCS of strings that make a table of more than 1 MiB, which is Redis' bound under that limit: they are two short ones here.
- Values of more than 1 MiB: over --max-item-size kvserver answers an error and goes on; Redis, told the same limit by
  proto-max-bulk-len, closes the connection.
- Patterns of more than 4,096 bytes, MSET and MSETNX of more than 65,536 pairs: errors here.
- `*-2` and more than 1,048,576 arguments: protocol errors here; Redis ignores the first and waits for the second.
- A bulk string that is not followed by CR LF: a protocol error here; Redis skips two bytes, whatever they are.
- HTTP, SSH and PROXY lines: closed without an answer; Redis does so for POST and Host: only.
- OBJECT ENCODING of a value that was changed in place: Redis keeps it as "raw", kvserver says what it would be anew.
- SELECT of a word that is no number: a private space here, an error in Redis.
- OBJECT REFCOUNT: Redis shares small numbers among keys.
- CLUSTER, READONLY, READWRITE, ASKING: refused as by a Redis that is no cluster, but also between MULTI and EXEC.
- HELLO between MULTI and EXEC: kvserver writes the whole answer to EXEC in one version.
- Times to live that end while the test runs.
- DELETE and FLUSH: kvserver's own. Commands kvserver does not have.
- COMMAND, INFO, CONFIG, CLIENT LIST, MEMORY, SLOWLOG, LATENCY: they describe the server. A command's time has the wait for the lock
  in it; the times are kept in buckets, so that usec and the percentiles are right to some percent.
- CLIENT PAUSE: it pauses the clients of redis://, and CLIENT UNPAUSE goes through a pause of everything. DEBUG has SLEEP alone.
- SCAN with a cursor of its own: the cursor is the server's. One call with a COUNT of everything is compared.

Every batch begins with FLUSHALL, so DBSIZE and FLUSHDB are generated; redis_collections.py says what else is not.
"""

from dataclasses import dataclass

from commands import Key
from redis_collections import Collections

integers = [b"0", b"1", b"-1", b"2", b"10", b"100", b"-100", b"9223372036854775807", b"-9223372036854775808",
            b"9223372036854775806", b"4294967296"]
odd_integers = [b"", b" 1", b"1 ", b"+1", b"01", b"-0", b"1.5", b"x", b"9223372036854775808", b"-9223372036854775809",
                b"1e3", b"0x10", b"--1", b"1\0", b"99999999999999999999999"]
floats = [b"0", b"1", b"-1", b"0.5", b"-0.1", b"3.0e3", b"1e17", b"200.00000000000001", b"+1.5", b"0x1p3", b".5", b"5."]
odd_floats = [b"", b" 1.5", b"1.5 ", b"x", b"nan", b"inf", b"-inf", b"1e5000", b"1,5", b"1.5.5", b"--1", b"1" * 513, b"0x", b"e5",
              b"0x-1", b"-0x1", b"0xinf", b"0x.8", b"0x1P1"]
past_times = [b"0", b"-1", b"-1000"]
odd_times = odd_integers + [b"9223372036854775807", b"-9223372036854775808", b"9223372036854775", b"9223372036854776"]
moments = [b"4102444800", b"4102448400", b"9999999999"]
patterns = [b"*", b"?", b"a*", b"*b", b"[ab]", b"[^a]", b"[a-c]", b"[c-a]", b"\\a", b"a", b"**", b"*a*", b"[", b"[a", b"[^", b"a?", b"",
            b"\\", b"[\\a]", b"[a-]", b"*[b-d]*", b"???", b"*\\*"]
texts = [b"", b"x", b"hello", b"hello world", b"\r\n", b"\0", b"\xff\xfe", b"a" * 44, b"a" * 45, b"a" * 1000, b"10", b"1.5"]

kept_whole = {b"spop", b"hrandfield", b"blpop", b"brpop", b"blmove", b"brpoplpush", b"blmpop", b"bzpopmin", b"bzpopmax", b"bzmpop"}
"""A word less would leave the answer to chance or ask for endlessly many, a word more would wait for a second."""


@dataclass(frozen=True)
class Words:
    """A command as clients send it: an array of bulk strings."""

    words: tuple

    def rendered(self, space):
        return [word if isinstance(word, bytes) else word.render(space, None) for word in self.words]

    def render(self, space, _):
        words = self.rendered(space)
        return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


@dataclass(frozen=True)
class Inline(Words):
    """A command as people type it."""

    def render(self, space, _):
        return b" ".join(quoted(word) for word in self.rendered(space)) + b"\r\n"


def quoted(word):
    if word and all(33 <= byte <= 126 and byte not in b"\"'\\" for byte in word):
        return word
    return b'"' + b"".join(b"\\x%02x" % byte for byte in word) + b'"'


class RedisCommands(Collections):
    """Makes flights: lists of units that travel together on one connection. A unit is one command, or several that are sent
    and shrunk together. The tables here are those of strings, keys and connections; Collections has the others.
    """

    def __init__(self, random):
        self.random = random

    def batch(self, flights=3, length=25):
        return [self.flight(self.random.randint(1, 2 * length)) for _ in range(flights)]

    def flight(self, length):
        beginning = [self.hello()] if self.chance(0.3) else []
        beginning += [self.framed(words) for words in self.beginnings()] if self.chance(0.6) else []
        return beginning + [command for _ in range(length) for command in self.command_or_transaction()]

    def one_of(self, *choices):
        return self.random.choice(choices)

    def chance(self, probability):
        return self.random.random() < probability

    def key(self):
        if self.chance(0.07):
            return self.any_key()
        return Key(self.one_of(b"a", b"b", b"c", b"d", b"\xff\0\r\n" if self.chance(0.1) else b"e"))

    def value(self):
        if self.chance(0.3):
            return self.random.choice(integers)
        if self.chance(0.15):
            return self.random.choice(floats + odd_floats + odd_integers)
        return self.random.choice(texts)

    def integer(self):
        return self.random.choice(odd_integers if self.chance(0.15) else integers)

    def index(self):
        return self.integer() if self.chance(0.1) else b"%d" % self.random.randint(-12, 12)

    def bit_offset(self):
        return self.one_of(self.integer(), b"8388607", b"8388608", b"%d" % self.random.randint(0, 100), b"%d" % self.random.randint(0, 12))

    def bit_range(self):
        """A start and an end, and perhaps their unit."""
        span = [b"%d" % self.random.randint(-60, 60), self.index(), *self.one_of([], [b"BIT"], [b"bit"], [b"byte"], [b"x"])]
        return span[: self.one_of(1, 2, 3, 3)] if self.chance(0.7) else []

    def field_type(self):
        if self.chance(0.1):
            return self.one_of(b"i0", b"i65", b"u64", b"u0", b"x8", b"i", b"", b"I8", b"u08", b"i-1")
        return self.one_of(b"i", b"u") + b"%d" % self.one_of(1, 2, 3, 4, 5, 7, 8, 9, 16, 31, 32, 33, 62, 63)

    def field_offset(self):
        return self.one_of(b"%d" % self.random.randint(0, 70), b"#%d" % self.random.randint(0, 9), b"0", b"8388608",
                           b"-1", b"#x", b"x" if self.chance(0.3) else b"#0")

    def field_number(self):
        return self.integer() if self.chance(0.4) else b"%d" % self.random.randint(-300, 300)

    def bit_fields(self):
        words = []
        for _ in range(self.one_of(0, 1, 1, 2, 3, 5)):
            encoding, offset = self.field_type() if self.chance(0.9) else b"i64", self.field_offset()
            words += self.one_of([b"GET", encoding, offset], [b"set", encoding, offset, self.field_number()],
                                 [b"INCRBY", encoding, offset, self.field_number()],
                                 [b"overflow", self.one_of(b"WRAP", b"sat", b"FAIL", b"x" if self.chance(0.1) else b"fail")])
        # One that does not fail, so that a value that has been lengthened has changed.
        return [*words, b"OVERFLOW", b"wrap", b"SET", b"u3", b"0", b"5"] if {b"FAIL", b"fail"} & set(words) else words

    def lcs(self):
        """Of keys of its own, which have short values."""
        keys = [self.one_of(Key(b"t1"), Key(b"t2"), Key(b"t3")) for _ in range(2)]
        text = bytes(self.random.choice(b"abcde") for _ in range(self.random.randint(0, 40)))
        options = [word for _ in range(self.one_of(0, 1, 1, 2, 3)) for word in self.one_of(
            [b"LEN"], [b"idx"], [b"IDX"], [b"WITHMATCHLEN"], [b"MINMATCHLEN", self.one_of(b"0", b"1", b"2", b"4", b"-1", self.integer())],
            [b"x"] if self.chance(0.1) else [])]
        return self.one_of([b"set", keys[0], text], [b"lcs", *keys, *options], [b"lcs", *keys, *options])

    def float(self):
        return self.random.choice(odd_floats if self.chance(0.2) else floats)

    def time_to_come(self):
        """900 s behind a full thousand, so that a few seconds do not show; so many that two are rarely the same: whether a new
        expiry is later than the same one set before depends on the clock.
        """
        return 900 + 1000 * self.random.randint(1, 100_000)

    def seconds(self):
        return self.random.choice(odd_times + past_times) if self.chance(0.2) else b"%d" % self.time_to_come()

    def milliseconds(self):
        return self.random.choice(odd_times + past_times) if self.chance(0.2) else b"%d000" % self.time_to_come()

    def moment(self):
        return self.random.choice(odd_times + past_times if self.chance(0.2) else moments)

    def moment_in_ms(self):
        return self.random.choice(odd_times + past_times if self.chance(0.2) else [moment + b"000" for moment in moments])

    def expiry(self):
        return self.one_of((b"EX", self.seconds()), (b"px", self.milliseconds()), (b"EXAT", self.moment()),
                           (b"pxat", self.moment_in_ms()))

    def set_options(self):
        words = []
        for _ in range(self.one_of(0, 0, 0, 1, 1, 2, 2, 3)):
            words += self.one_of((b"NX",), (b"XX",), (b"get",), (b"KEEPTTL",), self.expiry(), self.expiry(),
                                 (b"EX",) if self.chance(0.2) else (b"nx",), (b"PERSIST",) if self.chance(0.1) else (b"Get",))
        return words

    def expire_options(self):
        return [self.one_of(b"NX", b"xx", b"GT", b"lt", b"NO" if self.chance(0.1) else b"gt")
                for _ in range(self.one_of(0, 0, 0, 1, 1, 2))]

    def spoiled(self, words):
        """One word more or less, now and then, or a name in other letters."""
        if self.chance(0.03):
            words = words[:-1]
        elif self.chance(0.03):
            words = [*words, self.one_of(b"x", b"1", b"NX")]
        if self.chance(0.1) and words:
            words = [words[0].upper(), *words[1:]]
        return words

    def command_or_transaction(self):
        if self.chance(0.95):
            return [self.command()]
        key = self.key()
        watched = [self.framed([self.one_of(b"setnx", b"append"), key, self.value()])] if self.chance(0.5) else []
        watched += [self.framed([b"watch", key])] if self.chance(0.7) else []
        between = [self.command() for _ in range(self.random.randint(0, 2))]
        between += self.one_of([], [], [self.framed([b"append", key, b""])],
                               [self.framed([b"set", key, self.value()]), self.framed([b"del", key])],
                               [self.framed([b"append", key, b"x"]), self.framed([b"getdel", key])])
        if self.chance(0.5):
            watched, between = self.watched_collection()
        queued = [self.command() for _ in range(self.random.randint(0, 5))]
        ending = self.framed([self.one_of(b"exec", b"exec", b"exec", b"discard")])
        return [*watched, *between, self.framed([b"multi"]), *queued, ending]

    def command(self):
        return self.unit(self.words() if self.chance(0.4) else self.anything())

    def unit(self, words):
        """Of one command's words, or of several commands' words, which stay as they are."""
        if isinstance(words[0], list):
            return [part for command in words for part in self.framed(command)]
        return self.framed(words if words[0] in kept_whole else self.spoiled(list(words)) or [b"ping"])

    def framed(self, words):
        kind = Inline if self.chance(0.05) else Words
        return [kind(tuple(words))]

    def words(self):
        key, value = self.key(), self.value()
        pairs = [word for _ in range(self.random.randint(1, 3)) for word in (self.key(), self.value())]
        keys = [self.key() for _ in range(self.random.randint(1, 4))]
        return self.one_of(
            [b"get", key], [b"get", key], [b"get", key],
            [b"set", key, value, *self.set_options()], [b"set", key, value, *self.set_options()], [b"set", key, value],
            [b"setnx", key, value], [b"setex", key, self.seconds(), value], [b"psetex", key, self.milliseconds(), value],
            [b"getset", key, value], [b"getdel", key],
            [b"getex", key, *self.one_of([], [b"PERSIST"], self.expiry(), self.expiry(), [*self.expiry(), b"persist"], [b"NX"])],
            [b"mget", *keys], [b"mset", *pairs], [b"msetnx", *pairs],
            [b"append", key, value], [b"strlen", key], [b"getrange", key, self.index(), self.index()],
            [b"substr", key, self.index(), self.index()],
            [b"setrange", key, self.one_of(self.index(), b"1048575", b"1048576", b"2000000"), value],
            [b"setbit", key, self.bit_offset(), self.one_of(b"0", b"1", b"1", self.integer())], [b"getbit", key, self.bit_offset()],
            [b"bitcount", key, *self.bit_range()], [b"bitpos", key, self.one_of(b"0", b"1", b"2", b"x"), *self.bit_range()],
            [b"bitop", self.one_of(b"and", b"OR", b"xor", b"NOT", b"nand"), key, *keys], [b"bitop", b"not", key, self.key()],
            [b"bitfield", key, *self.bit_fields()], [b"bitfield", key, *self.bit_fields()], [b"bitfield_ro", key, *self.bit_fields()],
            self.lcs(), self.lcs(),
            [b"incr", key], [b"decr", key], [b"incrby", key, self.integer()], [b"decrby", key, self.integer()],
            [b"incrbyfloat", key, self.float()], [b"incrbyfloat", key, self.float()],
            [b"del", *keys], [b"unlink", *keys], [b"exists", *keys], [b"touch", *keys], [b"type", key],
            [b"rename", key, self.key()], [b"renamenx", key, self.key()],
            [b"copy", key, self.key(), *self.one_of([], [], [b"REPLACE"], [b"db", b"0"], [b"DB", b"x"], [b"db", b"1"], [b"no"])],
            [b"expire", key, self.seconds(), *self.expire_options()], [b"pexpire", key, self.milliseconds(), *self.expire_options()],
            [b"expireat", key, self.moment(), *self.expire_options()],
            [b"pexpireat", key, self.moment_in_ms(), *self.expire_options()],
            [b"ttl", key], [b"pttl", key], [b"expiretime", key], [b"pexpiretime", key], [b"persist", key],
            [b"keys", Key(self.random.choice(patterns))],
            [b"scan", self.one_of(b"0", b"0", b"", b"+0", b"x", b"1x", b"-", b" 1"), b"match", Key(self.random.choice(patterns)), b"COUNT",
             self.one_of(b"1000000", b"1000000", b"0", b"-1", b"x"), *self.one_of([], [b"type", b"string"], [b"TYPE", b"list"], [b"x"])],
            [b"object", self.one_of(b"freq", b"nonsense"), key], [b"ping"], [b"ping", value], [b"echo", value],
            [b"select", self.one_of(b"0", b"1", b"-1", b"4294967296")], [b"unwatch"], [b"watch"],
            [self.one_of(b"multi", b"exec", b"discard")],
            [self.one_of(b"nonsense", b"get ", b"", b"a" * 200, b"gett\r\n"), *keys], [b"config"], [b"client", b"nonsense"],
            [b"client", b"getname"], [b"client", b"setname", self.one_of(b"me", b"not me", b"\n")], [b"reset"],
            [b"auth", *self.one_of([b"x"], [b"default", b"x"], [b"me", b"x"], [b"a", b"b", b"c"])])

    def hello(self):
        return self.framed([b"hello", *self.one_of([], [b"2"], [b"3"], [b"3"], [b"4"], [b"x"], [b"2", b"SETNAME", b"x"], [b"2", b"nonsense"],
                                                   [b"3", b"auth", b"x"], [b"3", b"AUTH", b"default", b"x", b"setname", b"a b"])])


generator = RedisCommands
