"""Random classic commands, good and bad, from memcached's protocol.txt.

Not generated, because an answer would depend on the clock, on how the bytes were cut into packets, or because kvserver
differs on purpose. The reasons:

- `set` with two arguments: kvserver stores it, the tutorial's three-word form.
- A value between 1 MiB less 512 bytes and 1 MiB: memcached counts its bookkeeping, kvserver counts the value.
- A line over 2,048 bytes that is not a get: memcached closes without a word, and only if the end of the line is late.
- A get of more than 2,048 bytes with blanks before it: kvserver allows the length only to a line that begins with its name.
- Control characters and NUL in a command line: memcached takes most of them as part of a key and ends the line at NUL;
  protocol.txt forbids them and kvserver refuses.
- Times to live of 1 s to 15 minutes, and a flush_all delayed by less: the clock decides.
- A delayed flush_all after an immediate one: memcached then brings back what the first one flushed.
- Times of 2^31 and more, but those of 32 bits in a storage command: kvserver refuses them elsewhere, as memcached does since 1.6.40.
- Flags, times and lengths of more than 32 bits: memcached cuts them to 32 and takes them. -0 for flags: it takes it.
- gat with a good key before a bad one: memcached touches the good one before it sees the bad one and refuses. Where the
  meta commands show whether an item was hit, get with such keys.
- incr and decr of a value that is all blanks: memcached reads on behind its end. Of digits before a NUL: it ends there. Of
  -0: it takes it for 0. Of a number that does not end in the first 64 bytes of a value: to kvserver that is none. While a
  key may hold more than half a MiB: to both that is no number, but memcached counts its bookkeeping.
- A minus sign inside a value: in a number of 2^63 or more memcached looks for one on behind its end, where older values lie.
- stats: counters. bget: an alias of get that no document names.

A refused storage command takes its block with it, as in memcached since 1.6.40; Debian's runs the block. So the block of a
command that may be refused is one that is run in silence. Its size stands for flags and time too: a word too many does not
announce another size.
"""

from commands import Cas, Ending, Key, joined, send_gathered, space_size

good_exptimes = [b"0"] * 8 + [b"900", b"1900", b"2592000", b"2000000000", b"-1", b"-100", b"2592001"]
odd_numbers = [b"", b"x", b"1x", b"x1", b"-", b"--1", b"1.5", b"0x10", b"1e3", b"1,000", b"\xd9\xa1", b"''", b"00", b"007",
               b"+5", b"-1", b"-2147483648", b"-2147483649", b"2147483647", b"2147483648", b"4294967295", b"4294967296",
               b"9223372036854775807", b"9223372036854775808", b"18446744073709551615", b"18446744073709551616",
               b"99999999999999999999999999", b"noreply"]
numbers = [b"0", b"1", b"2", b"9", b"10", b"99", b"100", b"18446744073709551615", b"18446744073709551614",
           b"9223372036854775807", b"4294967296", b"00", b"007", b"0000000000000000000001", b"18446744073709551616",
           b"1 ", b"10   ", b"1 2", b" 1", b"  12", b"-1", b"1x", b"x", b"1.5", b"", b"1\r\n", b"1\n"]
deltas = [b"0", b"1", b"1", b"2", b"5", b"10", b"1000", b"18446744073709551615", b"9223372036854775808"]
words = b"a b key value END STORED VALUE k 0 1 5 noreply hello world".split()
store_verbs = [b"set"] * 6 + [b"add", b"replace", b"append", b"prepend"] * 2
large_sizes = [2000, 10_000, 100_000, 524_287, 524_288, 1_000_000]
before_a_nul = b"\0\t\n\v\f\r +0123456789"
"""What memcached reads as a number, or passes over on the way to one, before a NUL."""
silent_block = b"mg nothing q".ljust(900)
too_large = [1_048_577, 1_100_000, 2_097_152]


class ClassicCommands:
    """Makes flights: lists of commands that travel together on one connection.

    `is_tidy` flights hold binary values and are always well formed; in the others a value is short text, since after a
    wrong length it is read as commands.
    """

    shows_hits = False
    """Whether a command can tell that an item was read."""

    counting = (b"incr", b"decr")

    def __init__(self, random, has_large_values=True):
        self.random = random
        self.has_large_values = has_large_values
        self.is_tidy = True
        self.flushes_later = False
        self.may_hold_much = False

    def batch(self, flights=4, length=12):
        """Some flights that share keys; the cas numbers seen in one can be used in the next."""
        self.flushes_later = self.random.random() < 0.3
        self.may_hold_much = False
        return [self.flight(self.random.randint(1, 2 * length)) for _ in range(flights)]

    def flight(self, length):
        self.is_tidy = self.random.random() < 0.5
        commands = [self.command() for _ in range(length)]
        ending = self.random.random()
        if ending < 0.05:
            commands.append(Ending(self.unfinished()))
        elif ending < 0.1:
            commands.append(Ending([self.one_of(b"quit", b"quit", b"quit now", b"quit noreply"), b"\r\n"]))
        return commands

    # The words of a command

    def one_of(self, *choices):
        return self.random.choice(choices)

    def chance(self, probability):
        return self.random.random() < probability

    def key(self):
        name = self.random.choice([b"a", b"b", b"c", b"d", b"e"])
        if self.chance(0.03):
            name = self.one_of(b"\xc3\xa9t\xc3\xa9", b"\xff\xfe", b"noreply", b"-1", b"a" * 244)
        if not self.is_tidy and self.chance(0.05):
            name = self.one_of(b"a" * 245, b"a" * 244, b"b" * 300)
        return Key(name)

    def short_key(self):
        key = self.key()
        while self.is_too_long(key):
            key = self.key()
        return key

    def value_for(self, key):
        return silent_block if self.is_too_long(key) else self.value()

    def value(self):
        if self.chance(0.35):
            return self.random.choice(numbers)
        if not self.is_tidy:
            return b" ".join(self.random.choice(words) for _ in range(self.random.randint(0, 6)))
        if self.has_large_values and self.chance(0.01):
            size = self.random.choice(large_sizes + (too_large if self.chance(0.3) else []))
            self.may_hold_much = self.may_hold_much or size > 50_000
            return self.without_minus(b"z" + self.random.randbytes(999)) * (size // 1000) + b"z" * (size % 1000)
        if self.chance(0.2):
            return self.one_of(b"\r\n.", b".\r", b".\n", b".\0", b"END\r\n", b"\r\nEND\r\n", b"\xff" + bytes(range(256)), b"\r\n\r\n\0")
        return self.without_minus(self.random.randbytes(self.random.randint(0, 40)).lstrip(before_a_nul))

    @staticmethod
    def without_minus(value):
        return value.replace(b"-", b"_")

    def flags(self):
        return self.one_of(b"0", b"0", b"0", b"1", b"42", b"65535", b"4294967295")

    def exptime(self):
        return self.random.choice(good_exptimes)

    def stored_exptime(self):
        return self.one_of(b"2147483648", b"4294967295") if self.chance(0.05) else self.exptime()

    def cas(self, key):
        return self.one_of(Cas(key.name), Cas(key.name), Cas(key.name), Cas(key.name, 1), Cas(b"a"), b"0",
                           b"987654321987654321", b"18446744073709551615")

    def noreply(self):
        return [b"noreply"] if self.chance(0.12) else []

    def line(self, *line_words):
        """Blanks and a line end; sometimes unusual ones that mean the same."""
        if line_words[0] in self.counting and self.may_hold_much:
            return self.fetch()
        if line_words[0] == b"set" and sum(word != b"" for word in line_words) == 3:
            line_words += (b"0",)
        if line_words[0].startswith(b"g") and any(map(self.is_too_long, line_words)):
            if self.shows_hits or line_words[0].startswith(b"gat"):
                line_words = [word for word in line_words if not isinstance(word, Key) or self.is_too_long(word)]
            return send_gathered + self.untidy_line(line_words)
        return self.untidy_line(line_words)

    @staticmethod
    def is_too_long(word):
        return isinstance(word, Key) and len(word.name) + space_size > 250

    def untidy_line(self, line_words):
        if self.is_tidy or self.chance(0.8):
            return joined(line_words) + [b"\r\n"]
        separator = self.one_of(b" ", b"  ", b"    ")
        start = b"" if len(line_words) > 20 else self.one_of(b"", b"", b" ", b"   ")
        end = self.one_of(b"", b"", b" ", b"  ")
        return [start] + joined(line_words, separator) + [end, self.one_of(b"\r\n", b"\r\n", b"\n")]

    # Commands

    def command(self):
        if not self.is_tidy and self.chance(0.4):
            return self.bad_command()
        kind = self.random.random()
        if kind < 0.30:
            return self.store()
        if kind < 0.36:
            return self.compare_and_store()
        if kind < 0.64:
            return self.fetch()
        if kind < 0.72:
            return self.line(b"delete", self.key(), *self.noreply())
        if kind < 0.90:
            return self.line(self.one_of(b"incr", b"decr"), self.key(), self.random.choice(deltas), *self.noreply())
        if kind < 0.97:
            return self.line(b"touch", self.key(), self.exptime(), *self.noreply())
        return self.server_command()

    def store(self):
        key = self.key()
        value = self.value_for(key)
        verb = self.random.choice(store_verbs)
        if verb.endswith(b"pend"):
            value = self.without_minus(value)
        return self.line(verb, key, self.flags(), self.stored_exptime(), b"%d" % len(value), *self.noreply()) + [value, b"\r\n"]

    def compare_and_store(self):
        key = self.key()
        value = self.value_for(key)
        return self.line(b"cas", key, self.flags(), self.stored_exptime(), b"%d" % len(value), self.cas(key),
                         *self.noreply()) + [value, b"\r\n"]

    def fetch(self):
        verb = self.one_of(b"get", b"get", b"gets", b"gets", b"gat", b"gats")
        exptime = [self.exptime()] if verb.startswith(b"gat") else []
        count = self.one_of(1, 1, 1, 2, 3, 5, 20, 21, 22, 23, 24, 25, 60)
        return self.line(verb, *exptime, *[self.key() for _ in range(count)])

    def server_command(self):
        if self.chance(0.4):
            return self.line(b"version", *([b"please"] if self.chance(0.1) else []))
        if self.chance(0.3):
            return self.line(b"verbosity", self.one_of(b"0", b"1"), *self.noreply())
        delays = [b"1000", b"2000000000"] if self.flushes_later else [b"0", b"-1", None, None]
        delay = self.random.choice(delays)
        return self.line(b"flush_all", *([delay] if delay else []), *self.noreply())

    # What is wrong with a command

    def bad_command(self):
        return self.one_of(self.bad_arity, self.bad_number, self.bad_data, self.unknown, self.misplaced_noreply,
                           self.bad_key)()

    def whole_line(self, verb=None):
        """The words of a good line, and its data if it has some."""
        key, size = self.short_key(), b"%d" % len(silent_block)
        verb = verb or self.one_of(b"get", b"gets", b"gat", b"gats", b"set", b"add", b"replace", b"append", b"prepend",
                                   b"cas", b"delete", b"incr", b"decr", b"touch", b"flush_all", b"verbosity")
        if verb in (b"get", b"gets", b"delete"):
            return [verb, key], []
        if verb in (b"gat", b"gats"):
            return [verb, b"0", key], []
        if verb in (b"incr", b"decr"):
            return [verb, key, b"1"], []
        if verb == b"touch":
            return [verb, key, b"0"], []
        if verb == b"flush_all":
            return ([verb, b"1000"] if self.flushes_later else [verb, b"0"]), []
        if verb == b"verbosity":
            return [verb, b"0"], []
        cas = [self.cas(key)] if verb == b"cas" else []
        return [verb, key, size, size, size, *cas], [silent_block, b"\r\n"]

    def bad_arity(self):
        line_words, data = self.whole_line()
        if self.chance(0.5):
            line_words = line_words[: self.random.randint(1, len(line_words))]
        else:
            line_words += [self.one_of(b"0", b"x", b"noreply", b"1")] * self.one_of(1, 1, 2, 3, 30)
        if line_words[0] == b"flush_all" and self.flushes_later and len(line_words) == 1:
            line_words.append(b"1000")
        return self.line(*line_words) + data

    def bad_number(self):
        line_words, data = self.whole_line()
        while len(line_words) < 2 or line_words[0] in (b"get", b"gets"):
            line_words, data = self.whole_line()
        if line_words[0] == b"flush_all":
            return self.line(b"flush_all", self.one_of(b"x", b"1x", b"-", b"1.5"))
        places = [1] if line_words[0] in (b"gat", b"gats", b"verbosity") else range(2, max(3, len(line_words)))
        place = self.random.choice(list(places))
        if place < len(line_words):
            line_words[place] = self.random.choice(odd_numbers)
        else:
            line_words.append(self.random.choice(odd_numbers))
        if place == 4 and self.announces_much(line_words[4]):
            line_words[4] = b"-5"
        if line_words[place] in (b"007", b"+5") and line_words[0] not in (b"incr", b"decr") and place < 4:
            line_words[place] = b"0900"  # an exptime of some seconds would make the clock decide
        is_flags = place == 2 and line_words[0] != b"touch"
        if place < 5 and line_words[0] not in (b"incr", b"decr") and self.is_cut_to_32_bits(line_words[place], not is_flags):
            line_words[place] = b"2147483647" if place < 4 else b"x"
        # With a word missing, noreply would be the cas number and another word the size of a block, which kvserver alone skips.
        shifts = line_words[0] == b"cas" and line_words[place] == b""
        return self.line(*line_words, *([] if shifts else self.noreply())) + data

    @staticmethod
    def announces_much(number):
        """A length that is legal and swallows the rest of the flight: only at its end (unfinished)."""
        return number.isdigit() and 100 < int(number)

    @staticmethod
    def is_cut_to_32_bits(number, is_signed):
        limits = (-(2**31), 2**31 - 1) if is_signed else (0, 2**32 - 1)
        return number.removeprefix(b"-").isdigit() and not limits[0] <= int(number) <= limits[1] and abs(int(number)) < 2**65

    def bad_data(self):
        value = self.value()
        length = max(0, len(value) + self.one_of(-3, -2, -1, 1, 2, 3, 10))
        end = self.one_of(b"\r\n", b"\r\n", b"\n", b"\r", b"", b"\n\r", b"xx", b"x \r\n")
        if value.endswith(b"b") and end == b"":
            end = b"xx"  # or it makes bget of the get that follows
        if self.chance(0.4):
            length = len(value)
        return self.line(self.random.choice(store_verbs), self.short_key(), b"0", b"0", b"%d" % length, *self.noreply()) + [value, end]

    def unknown(self):
        line_words, data = self.whole_line()
        verb = self.one_of(b"", b"GET", b"Set", b"g", b"ge", b"gett", b"s", b"sett", b"appendd", b"mx", b"m", b"foo", b"noreply", b"-1",
                           b"STORED", b"END", line_words[0].upper(), line_words[0][:-1] or b"x", line_words[0] + b"x")
        if verb == b"get" and len(line_words) == 1:
            verb = b"foo"
        return self.line(verb, *line_words[1:]) + data

    def misplaced_noreply(self):
        line_words, data = self.whole_line()
        line_words.insert(self.random.randint(1, len(line_words)), self.one_of(b"noreply", b"noreply", b"NOREPLY", b"norepl", b"noreplyx"))
        if line_words[0] == b"flush_all" and not self.flushes_later and self.chance(0.5):
            line_words = [b"flush_all", b"noreply"]
        return self.line(*line_words) + data

    def bad_key(self):
        line_words, data = self.whole_line()
        long_key = Key(self.one_of(b"x" * 245, b"x" * 251, b"x" * 500))
        line_words = [long_key if isinstance(word, Key) else word for word in line_words]
        if line_words[0] in (b"get", b"gets") and self.chance(0.5):
            line_words.insert(self.random.randint(1, len(line_words)), self.key())
        return self.line(*line_words) + data

    def unfinished(self):
        """The end of a flight: half a command, or a value that never comes."""
        key = self.short_key()
        return self.one_of(
            [b"get"], [b"get ", key], [b"set ", key, b" 0 0 5"], [b"set ", key, b" 0 0 5\r\n"], [b"set ", key, b" 0 0 5\r\nhel"],
            [b"set ", key, b" 0 0 5\r\nhello"], [b"set ", key, b" 0 0 5\r\nhello\r"], [b"\r"], [b" "],
            [b"add ", key, b" 0 0 2147483645\r\nabc"], [b"add ", key, b" 0 0 1048577\r\nabc"], [b"set ", key, b" 0 0 1000000\r\nabc"])


def generator(random):
    return ClassicCommands(random)
