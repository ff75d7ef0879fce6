"""Random meta commands mg ms md ma mn me with all their flags, good and bad, mixed with classic ones.

What classic_commands.py says is not generated holds here too, and:

- the flag E (a cas number of the client's choice), mg's C, ms's s and md's x: memcached has them since after 1.6.18;
- an ma that makes its item in silence: memcached's says HD until 1.6.18;
- an opaque that is too long, on a key that exists or with N: memcached does its work before it refuses;
- t together with a time to live that has passed: memcached shows the difference of two clocks as a huge number;
- N with a base64 key: memcached forgets that the key it stores is binary, and shows its bytes as they are;
- T with an ma: when the number gets longer memcached gives the new time to the item that it replaces;
- a blank or LF in a base64 key: after MA and MP memcached forgets that it is binary, and shows what looks like a line's end;
- an opaque or key with control characters, and a tab or NUL anywhere.

A flight asks with `mn` before each ma, incr and decr: as long as the answer of an mg that holds an item has not left, memcached
writes the new number to another item, which has neither the blanks that pad a shorter number nor the old one's marks.
"""

from classic_commands import ClassicCommands, odd_numbers, silent_block
from commands import Key

ttls = [b"0", b"0", b"900", b"1900", b"10900"]
past_ttls = [b"-1", b"-100", b"2592001"]
recaches = [b"0", b"400", b"1400", b"20400"]
odd_tokens = [b"", b"x", b"1x", b"-", b"1.5", b"-99999999999", b"99999999999", b"18446744073709551616", b"0x10"]
mn = [b"mn\r\n"]
let_go = mn * 2
"""Makes memcached send what it has gathered, and let go of the items in it. Twice, as a wrong length may swallow the first."""


class MetaCommands(ClassicCommands):
    shows_hits = True
    counting = (b"ma", b"incr", b"decr")

    def line(self, *line_words):
        if line_words[0] == b"ma":
            line_words = [word for word in line_words if isinstance(word, Key) or word[:1] != b"T"]
            if any(not isinstance(word, Key) and word[:1] == b"N" for word in line_words):
                line_words = [word for word in line_words if word != b"q"]
        return (let_go if line_words[0] in self.counting else []) + super().line(*line_words)

    # Tokens

    def meta_key(self):
        """The key token and the flags that go with it."""
        if self.chance(0.2):
            name = self.one_of(b"a", b"a", b"\0\r\1bin", b"\xff" * 9, b"n" * 180)
            return Key(name, is_base64=True), [b"b"]
        return self.key(), []

    def opaque(self):
        return b"O" + self.one_of(b"1", b"opaque", b"-", b"", b"x" * 31, b"123")

    def cas_flag(self, key):
        return [b"C", self.cas(key)]

    def ttl_flag(self, letter, may_be_past=True):
        past = may_be_past and self.chance(0.1)
        return letter + self.random.choice(past_ttls if past else ttls)

    def vivify(self, base, may_be_past):
        return [] if base else [self.ttl_flag(b"N", may_be_past)]

    def some(self, *flags, probability=0.3):
        """A random part of the flags in a random order."""
        chosen = [flag for flag in flags if self.chance(probability)]
        self.random.shuffle(chosen)
        return chosen

    # Commands

    def command(self):
        if self.chance(0.15):
            return super().command()
        if not self.is_tidy and self.chance(0.25):
            return self.bad_meta()
        kind = self.random.random()
        if kind < 0.40:
            return self.line(*self.meta_get())
        if kind < 0.70:
            return self.meta_set()
        if kind < 0.80:
            return self.line(*self.meta_delete())
        if kind < 0.92:
            return self.line(*self.meta_arithmetic())
        return mn if kind < 0.95 else self.line(*self.meta_debug())

    def meta_get(self):
        key, base = self.meta_key()
        shows_ttl = self.chance(0.3)
        flags = self.some(b"c", b"f", b"h", b"k", b"l", b"s", b"u", b"v", b"q", self.opaque(), b"R" + self.random.choice(recaches),
                          *self.vivify(base, not shows_ttl))
        if self.chance(0.15):
            flags.append(self.ttl_flag(b"T", not shows_ttl))
        if shows_ttl:
            flags.insert(0, b"t")
        if self.chance(0.2):
            flags += [flag for flag in (b"k", b"c") if flag not in flags]
        return [b"mg", key, *self.shuffled(base + flags)]

    def meta_set(self):
        key, base = self.meta_key()
        value = self.value_for(key)[:1_000_000]  # of a larger one memcached drops what the key had in every mode
        flags = self.some(b"c", b"k", b"q", b"I", self.opaque(), b"F" + self.flags(), self.ttl_flag(b"T"),
                          b"M" + self.one_of(b"E", b"A", b"P", b"R", b"S"), self.cas_flag(key), probability=0.25)
        if b"MA" in flags or b"MP" in flags:
            value = self.without_minus(value)
        return self.line(b"ms", key, b"%d" % len(value), *self.shuffled(base + flags)) + [value, b"\r\n"]

    def meta_delete(self):
        key, base = self.meta_key()
        flags = self.some(b"k", b"q", b"I", b"I", self.opaque(), self.ttl_flag(b"T"), self.cas_flag(key))
        return [b"md", key, *self.shuffled(base + self.without_doubles(flags))]

    def meta_arithmetic(self):
        key, base = self.meta_key()
        flags = self.some(b"t", b"c", b"v", b"v", b"k", b"q", self.opaque(), *self.vivify(base, False), self.ttl_flag(b"T", False),
                          b"J" + self.one_of(b"0", b"13", b"18446744073709551615"), b"D" + self.one_of(b"0", b"1", b"10", b"18446744073709551615"),
                          b"M" + self.one_of(b"I", b"+", b"D", b"-"), self.cas_flag(key))
        return [b"ma", key, *self.shuffled(base + self.without_doubles(flags))]

    def meta_debug(self):
        key, base = self.meta_key()
        return [b"me", key, *base]

    def shuffled(self, flags):
        flags = list(flags)
        self.random.shuffle(flags)
        return flags

    @staticmethod
    def without_doubles(flags):
        return [flag for place, flag in enumerate(flags) if flag not in flags[:place]]

    # What is wrong with a command

    def bad_meta(self):
        kind = self.one_of(self.bad_flag, self.bad_flag, self.bad_set_length, self.bad_base64, self.too_many_flags, self.no_key)
        return kind()

    def good_words(self):
        make = self.one_of(self.meta_get, self.meta_delete, self.meta_arithmetic, self.meta_debug, self.meta_set_words)
        return make()

    def meta_set_words(self):
        key, base = self.meta_key()
        return [b"ms", key, b"%d" % len(silent_block), *base]

    def ended(self, line_words):
        """The line, and after ms a block that is swallowed after most errors, and run in silence after the others."""
        return self.line(*line_words) + ([silent_block, b"\r\n"] if line_words[0] == b"ms" else [])

    def bad_flag(self):
        flag = self.one_of(b"?", b"z", b"\xe9", b"K", b"5", b"M", b"MX", b"MEE", b"O" + b"x" * 32, b"O" + b"x" * 31, b"q", b"v", b"k k",
                           b"b", b"S5", b"Pproxy", b"Lproxy", b"T", b"F-1", b"Fx",
                           *(letter + self.random.choice(odd_tokens) for letter in (b"T", b"N", b"R", b"C", b"J", b"D", b"F")))
        if self.is_cut_to_32_bits(flag[1:], is_signed=flag[:1] != b"F") and flag[:1] not in (b"C", b"J", b"D"):
            flag = b"Tx"
        line_words = self.good_words()
        if line_words[0] == b"me":
            return self.ended(line_words)
        line_words = [word for word in line_words if word != b"t"]
        if flag == b"b" or len(flag) > 32:
            line_words = [word for word in line_words if isinstance(word, Key) or word[:1] != b"N"]
        if len(flag) > 32:
            line_words = [Key(b"never_stored") if isinstance(word, Key) else word for word in line_words if word != b"b"]
        line_words.insert(self.random.randint(min(len(line_words), 3), len(line_words)), flag)
        return self.ended(line_words)

    def bad_set_length(self):
        key, base = self.meta_key()
        while self.is_too_long(key):
            key, base = self.meta_key()
        number = self.random.choice([number for number in odd_numbers if not self.announces_much(number) and not self.is_cut_to_32_bits(number, is_signed=True)])
        if self.chance(0.3):
            return self.line(b"ms", key, self.one_of(b"1", b"3", b"0"), *base) + [b"ok", self.one_of(b"\r\n", b"\n", b"xx", b"")]
        return self.ended([b"ms", key, number, *base])

    def bad_base64(self):
        key = self.one_of(b"Zg", b"Z===", b"====", b"a b", b"\xff\xff\xff\xff", b"Z!9v", b"Zm9vYg=", b"-_-_")
        verb = self.one_of(b"mg", b"md", b"ma", b"me", b"ms")
        return self.ended([verb, key, *([b"%d" % len(silent_block)] if verb == b"ms" else []), b"b", *self.some(b"k", b"q", self.opaque())])

    def too_many_flags(self):
        line_words = self.good_words()
        flags = (b"c f h k l u v q" if line_words[0] == b"ms" else b"c f h k l s u v q").split()
        return self.ended(line_words + [self.random.choice(flags) for _ in range(self.one_of(2, 15, 17, 18, 19, 25))])

    def no_key(self):
        return self.line(self.one_of(b"mg", b"ms", b"md", b"ma", b"me", b"mn extra"))


def generator(random):
    return MetaCommands(random)
