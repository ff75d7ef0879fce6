"""Replies made comparable: what a server is free to choose is replaced by a name, everything else stays as it came.

Free to choose are the VERSION text, the numbers of cas (only equality and order of appearance count) and, in the meta
dialect, what depends on the clock or on the allocator.
"""

import base64
import re

ttl_step = 1000
"""Generated times to live are n * 1000 + 900 s: rounding the remaining time down to 1000 s hides how fast a server was."""

header = re.compile(rb"(?:VALUE \S+ \d+ (\d+)(?: (\d+))?|VA (\d+)((?: .*)?))$")


class Normaliser:
    """Remembers the cas numbers of one server in order of appearance."""

    def __init__(self):
        self.cas_names = {}
        self.cas_of_key = {}

    def name_cas(self, number):
        return self.cas_names.setdefault(number, b"<cas %d>" % len(self.cas_names))

    def remember(self, key, number):
        """Keeps the last two cas numbers of a key: the current one, and one that is out of date."""
        known = self.cas_of_key.setdefault(key, [])
        if not known or known[-1] != number:
            known.append(number)

    def __call__(self, reply):
        """The reply as a list of comparable lines and data blocks."""
        parts, rest = [], reply
        while rest:
            line, end, rest = rest.partition(b"\n")
            line += end
            size = self.data_size(line)
            parts.append(self.normal_line(line))
            if size is not None:
                parts.append(rest[: size + 2])
                rest = rest[size + 2 :]
        return parts

    @staticmethod
    def data_size(line):
        found = header.match(line.rstrip(b"\r\n"))
        return found and int(found[1] or found[3])

    def normal_line(self, line):
        words = line.split(b" ")
        last = words[-1].rstrip(b"\r\n")
        if words[0] == b"VERSION":
            return b"VERSION <any>\r\n" if re.fullmatch(rb"VERSION \S+\r\n", line) else line
        if words[0] == b"VALUE" and len(words) == 5:
            self.remember(words[1], last)
            return b" ".join(words[:4] + [self.name_cas(last) + b"\r\n"])
        if words[0] == b"ME" and len(words) > 2:
            return self.normal_debug_line(line)
        if line[:3] in (b"HD ", b"VA "):
            return self.normal_meta_line(line)
        return line

    def normal_meta_line(self, line):
        words = line.rstrip(b"\r\n").split(b" ")
        flags = words[2:] if words[0] == b"VA" else words[1:]
        by_letter = {flag[:1]: flag[1:] for flag in flags}
        if b"k" in by_letter and b"c" in by_letter:
            key = by_letter[b"k"]
            self.remember(base64.b64decode(key) if b"b" in by_letter else key, by_letter[b"c"])
        return b" ".join(words[: len(words) - len(flags)] + [self.normal_flag(flag) for flag in flags]) + line[len(line.rstrip(b"\r\n")) :]

    def normal_flag(self, flag):
        if re.fullmatch(rb"c\d+", flag):
            return b"c" + (self.name_cas(flag[1:]) if flag != b"c0" else b"0")
        if re.fullmatch(rb"t\d+", flag):
            return b"t<%d>" % (int(flag[1:]) // ttl_step)
        if re.fullmatch(rb"l\d+", flag):
            return b"l<any>"
        return flag

    def normal_debug_line(self, line):
        """memcached 1.6.18 shows the seconds that are left as a negative number; without the sign is as good."""
        line = re.sub(rb" exp=-?(\d{2,})", lambda found: b" exp=<%d>" % (int(found[1]) // ttl_step), line)
        line = re.sub(rb" cas=(\d+)", lambda found: b" cas=" + self.name_cas(found[1]), line)
        return re.sub(rb" (la|cls|size)=\d+", rb" \1=<any>", line)
