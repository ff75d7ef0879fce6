#!/usr/bin/env python3
"""A small key-value server that can be given one classic bug.

    sample_server.py [--mode memcache|tutorial|unframed|resp] [--bug NAME] [--list]

One thread per client, a dictionary and a lock. It takes any free port of 127.0.0.1 and prints
`ready PORT` when bound. Without --bug it is correct, so that a failure with a bug is due to the bug.
Each bug is one `if self.has(...)` next to the correct code.
"""

import argparse
import contextlib
import os
import signal
import socket
import struct
import sys
import threading
import time

MAX_LINE = 2048
MAX_KEY = 250
MAX_VALUE = 1 << 20

# name -> what the programmer did
BUGS = {
    "one-recv-is-one-message": "takes what one recv returned for one whole request",
    "forgets-rest-of-buffer": "throws away what came after the first request",
    "newline-in-one-piece": "looks for CR LF in the newest piece only",
    "value-in-one-recv": "reads the value with a single recv",
    "answers-backwards": "collects the requests of one read and answers the last one first",
    "waits-for-end": "reads until the client closes before it answers anything",
    "strips-value": "calls strip() on the value",
    "value-until-newline": "reads the value up to its line end instead of counting",
    "c-string": "handles the value with functions that stop at NUL",
    "decodes-text": "decodes the value as text and drops what it cannot decode",
    "splits-lines-first": "splits all input into lines, values too",
    "length-of-16-bits": "keeps the length in 16 bits",
    "short-write": "calls send once and ignores how much it took",
    "no-crlf-after-value": "forgets CR LF after the value of a get reply",
    "no-end": "forgets END after a value",
    "crlf-after-value": "adds CR LF to an unframed value",
    "bare-newlines": "ends its lines with LF alone",
    "c-terminator": "sends the terminating NUL of its string literals",
    "leaves-terminator": "does not read CR LF after the value",
    "splits-at-lf": "takes LF for the line end and keeps the CR",
    "silent-miss": "answers nothing to a miss",
    "empty-is-missing": "takes an empty value for a missing one",
    "keeps-first-value": "inserts without replacing",
    "overwrites-in-place": "copies a shorter value over a longer one and keeps the tail",
    "folds-case": "turns the whole line to lower case",
    "one-value": "keeps one value for all keys",
    "one-client-at-a-time": "serves a client to its end before it accepts the next",
    "ten-clients": "has room for ten clients, the others wait",
    "table-per-client": "each client has a table of its own, as after fork",
    "lock-while-reading": "holds the lock while it reads a value",
    "lock-while-writing": "holds the lock while it writes a reply",
    "no-lock": "changes the table without a lock",
    "shared-argument": "hands all threads the address of the same variable",
    "shared-request": "keeps the request being read in a global",
    "closes-on-unknown": "closes the connection at an unknown command",
    "silent-on-unknown": "does not answer an unknown command",
    "dies-of-empty-line": "reads words[0] of an empty line",
    "dies-of-missing-words": "reads words[1] that is not there",
    "key-overflow": "copies the key into char[251]",
    "short-key-buffer": "copies the key into char[64]",
    "cuts-keys": "cuts keys to 250 bytes",
    "endless-line": "has no bound on a line",
    "trusts-terminator": "skips two bytes after the value unchecked",
    "stores-half-values": "takes the end of the stream for the end of the value",
    "dies-of-negative": "checks the upper bound of a length only",
    "atoi": "takes a word that is not a number for 0, and 5x for 5",
    "dies-of-nonsense": "does not catch the error of int()",
    "dies-of-huge": "allocates what the client announces",
    "wraps-length": "keeps the length in 32 bits",
    "drops-half-close": "closes as soon as recv returns 0, with requests unanswered",
    "never-closes": "leaks the descriptor of a client that has left",
    "leaks-descriptors": "leaks the descriptor, but shuts down the connection",
    "dies-of-half-line": "treats what came before the end of the stream as a line",
    "dies-of-reset": "does not catch the error of recv",
    "sigpipe": "does not ignore SIGPIPE",
    "waits-for-crlf": "waits for CR LF after a value that has none",
    "closes-after-reply": "closes the connection after one reply",
    "no-flush": "leaves its replies in a buffer until the client has left",
    "forgets-flags": "writes key and length into the VALUE line and no flags",
    "small-buffer": "keeps no more than 1,024 bytes of what came in",
    "sixteen-reads": "gives up a line after sixteen reads",
    "sees-commands-in-values": "answers what looks like a command inside a value",
    "delete-is-always-1": "answers 1 to the delete of a missing key",
    "mget-skips-misses": "leaves missing keys out of the array",
    "flush-keeps-keys": "counts the keys and keeps them",
    "error-ends-everybody": "closes all connections when one client makes a mistake",
}


class Closed(Exception):
    """The client has closed its side, or the connection must end."""


def die():
    """Ends the process, as an error in C or an uncaught exception in a C++ thread does."""
    os._exit(139)


class Server:
    def __init__(self, mode, bug):
        self.mode, self.bug = mode, bug
        self.table, self.lock = {}, threading.Lock()
        self.leaked = []
        self.argument = None
        self.request = None
        self.slots = threading.Semaphore(10)
        self.clients = []

    def has(self, bug):
        return self.bug == bug

    def run(self):
        if self.has("leaks-descriptors"):
            import resource
            resource.setrlimit(resource.RLIMIT_NOFILE, (512, 512))
        # Python ignores SIGPIPE; a C program does not.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL if self.has("sigpipe") else signal.SIG_IGN)
        listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        print("ready", listener.getsockname()[1], flush=True)
        while True:
            client = listener.accept()[0]
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.has("one-client-at-a-time"):
                self.serve(client)
                continue
            self.argument = client
            self.clients.append(client)
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        if self.has("shared-argument"):
            time.sleep(0.005)  # the new thread starts a little after the next accept
            client = self.argument
        if self.has("ten-clients"):
            self.slots.acquire()
        try:
            Session(self, client).run()
        except (Closed, OSError):
            pass
        finally:
            if self.has("ten-clients"):
                self.slots.release()
            self.part_from(client)

    def part_from(self, client):
        if self.has("never-closes"):
            self.leaked.append(client)
        elif self.has("leaks-descriptors"):
            self.leaked.append(client)
            try:
                client.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        else:
            client.close()


class Session:
    """One client, from its first byte to its last."""

    def __init__(self, server, client):
        self.server, self.client, self.has = server, client, server.has
        self.table = {} if self.has("table-per-client") else server.table
        self.buffer = bytearray()
        self.backlog = []  # of answers-backwards
        self.unflushed = b""  # of no-flush

    # Bytes in.

    def receive(self):
        try:
            piece = self.client.recv(65536)
        except ConnectionResetError:
            if self.has("dies-of-reset"):
                die()
            raise Closed from None
        if not piece:
            self.client.sendall(self.unflushed)
            raise Closed
        return piece

    def read_more(self):
        if self.backlog:
            self.send_backlog()
        piece = self.receive()
        if self.has("drops-half-close"):
            # Checks that the client is still there before answering.
            time.sleep(0.02)
            self.client.setblocking(False)
            try:
                if not self.client.recv(1, socket.MSG_PEEK):
                    raise Closed
            except BlockingIOError:
                pass
            finally:
                self.client.setblocking(True)
        if self.has("waits-for-end"):
            try:
                while True:
                    piece += self.receive()
            except Closed:
                pass
        self.buffer += piece
        if self.has("small-buffer"):
            del self.buffer[1024:]
        return piece

    def read_line(self):
        end = b"\n" if self.has("splits-at-lf") else b"\r\n"
        if self.has("newline-in-one-piece") and end not in self.buffer:
            while end not in self.read_more():
                pass
        reads = 0
        while end not in self.buffer:
            reads += 1
            if self.has("sixteen-reads") and reads > 16:
                raise Closed
            if len(self.buffer) > MAX_LINE and not self.has("endless-line"):
                self.send(b"CLIENT_ERROR line too long\r\n")
                raise Closed
            try:
                piece = self.read_more()
            except Closed:
                if self.has("dies-of-half-line") and self.buffer:
                    die()
                raise
            if self.has("one-recv-is-one-message") and end not in piece:
                break
        at = self.buffer.find(end)
        if at < 0:
            at = len(self.buffer)
        line = bytes(self.buffer[:at])
        del self.buffer[:at + len(end)]
        return line

    def read_exactly(self, count):
        while len(self.buffer) < count:
            try:
                self.read_more()
            except Closed:
                if self.has("stores-half-values"):
                    break
                raise
            if self.has("value-in-one-recv"):
                break
        block = bytes(self.buffer[:count])
        del self.buffer[:count]
        return block

    def read_value(self, length):
        if self.has("value-until-newline"):
            return self.read_line() if self.server.mode == "memcache" else self.read_exactly(length)
        if self.has("splits-lines-first"):
            lines = [self.read_line()]
            while len(b"\r\n".join(lines)) < length and len(lines) < 2:
                lines.append(self.read_line())
            return b"\r\n".join(lines)
        value = self.read_exactly(length)
        if self.has("waits-for-crlf"):
            self.read_exactly(2)
        if self.server.mode == "memcache" and not self.has("leaves-terminator"):
            if self.read_exactly(2) != b"\r\n" and not self.has("trusts-terminator"):
                self.skip_line()
                return None
        return self.altered(value)

    def skip_line(self):
        """Resynchronises: drops input after a bad data block up to its line end."""
        if not self.buffer.endswith(b"\n"):
            self.read_line()
        self.buffer.clear()

    def altered(self, value):
        if self.has("sees-commands-in-values") and b"\r\nget " in value:
            self.send(b"END\r\n")
        if self.has("strips-value"):
            return value.strip()
        if self.has("c-string"):
            return value.split(b"\0")[0]
        if self.has("decodes-text"):
            return value.decode("utf-8", "ignore").encode()
        return value

    # Bytes out.

    def send(self, reply):
        if self.has("bare-newlines") and not reply.startswith(b"VALUE "):
            reply = reply.replace(b"\r\n", b"\n")
        if self.has("c-terminator"):
            reply += b"\0"
        if self.has("answers-backwards"):
            self.backlog.append(reply)
            if not self.buffer:
                self.send_backlog()
            return
        if self.has("no-flush"):
            self.unflushed += reply
            return
        if self.has("short-write"):
            try:
                self.client.send(reply, socket.MSG_DONTWAIT)
            except BlockingIOError:
                pass
            return
        self.client.sendall(reply)
        if self.has("closes-after-reply"):
            raise Closed

    def send_backlog(self):
        replies, self.backlog = b"".join(reversed(self.backlog)), []
        self.client.sendall(replies)

    # Requests.

    def run(self):
        while self.server.mode == "resp":
            self.execute_array(*self.read_array())
        while True:
            line = self.read_line()
            if self.has("folds-case"):
                line = line.lower()
            words = line.split(b" ")
            self.execute(words if line else [])
            if self.has("forgets-rest-of-buffer"):
                self.buffer.clear()

    def execute(self, words):
        wanted = {b"get": 2, b"set": 5 if self.server.mode == "memcache" else 3}
        if not words:
            self.empty_line()
        elif words[0] not in wanted:
            self.unknown()
        elif len(words) != wanted[words[0]]:
            if self.has("dies-of-missing-words"):
                die()
            self.send(b"ERROR\r\n")
        elif words[0] == b"get":
            self.get(self.key_from(words[1]))
        else:
            self.set(self.key_from(words[1]), words[-1])

    def empty_line(self):
        if self.has("dies-of-empty-line"):
            die()
        if self.server.mode == "memcache":
            self.send(b"ERROR\r\n")

    def unknown(self):
        if self.has("closes-on-unknown"):
            raise Closed
        if not self.has("silent-on-unknown"):
            self.send(b"ERROR\r\n")

    def key_from(self, word):
        if self.has("one-value"):
            return b"the key"
        if self.has("cuts-keys"):
            return word[:MAX_KEY]
        if (self.has("key-overflow") and len(word) > MAX_KEY) or (
                self.has("short-key-buffer") and len(word) > 63):
            die()
        return word

    def length_from(self, word):
        """None: not a length that this server accepts."""
        if self.has("atoi"):
            digits = word[:len(word) - len(word.lstrip(b"0123456789"))]
            return int(digits or b"0")
        if not word.lstrip(b"-").isdigit():
            if self.has("dies-of-nonsense"):
                die()
            return None
        length = int(word)
        if self.has("length-of-16-bits"):
            return length & 0xFFFF
        if self.has("wraps-length") and length > 0:
            length = struct.unpack("<i", struct.pack("<q", length & 0x7FFFFFFF)[:4])[0]
        if length < 0:
            if self.has("dies-of-negative"):
                die()
            return None
        if length > MAX_VALUE:
            if self.has("dies-of-huge"):
                die()
            return None
        return length

    def set(self, key, word):
        length = self.length_from(word)
        if length is None and self.has("error-ends-everybody"):
            for client in self.server.clients:
                with contextlib.suppress(OSError):
                    if client is not self.client:
                        client.shutdown(socket.SHUT_RDWR)
        if length is None:
            self.send(b"CLIENT_ERROR bad data chunk\r\n")
            raise Closed
        if len(key) > MAX_KEY:
            self.read_value(length)
            self.send(b"CLIENT_ERROR key too long\r\n")
            return
        if self.has("lock-while-reading"):
            with self.server.lock:
                self.table[key] = self.read_value(length)
            self.send(b"STORED\r\n")
            return
        if self.has("shared-request"):
            self.server.request = (key, length)
            self.read_value_of_shared_request()
            return
        value = self.read_value(length)
        if value is None:
            self.send(b"CLIENT_ERROR bad data chunk\r\n")
            return
        self.store(key, value)
        self.send(b"STORED\r\n")

    def read_value_of_shared_request(self):
        if not self.buffer:
            self.read_more()
        key, length = self.server.request
        value = self.read_value(length)
        self.store(key, value or b"")
        self.send(b"STORED\r\n")

    def store(self, key, value):
        if self.has("no-lock"):
            changed = dict(self.server.table)  # makes the effect of a rehash without a lock visible
            time.sleep(0.001)
            changed[key] = value
            self.server.table = changed
            return
        with self.server.lock:
            if self.has("keeps-first-value"):
                self.table.setdefault(key, value)
            elif self.has("overwrites-in-place"):
                self.table[key] = value + self.table.get(key, b"")[len(value):]
            else:
                self.table[key] = value

    def get(self, key):
        if self.has("no-lock"):
            self.table = self.server.table
        with self.server.lock:
            value = self.table.get(key)
            if self.has("lock-while-writing"):
                self.send(self.reply_of(key, value))
                return
        self.send(self.reply_of(key, value))

    def reply_of(self, key, value):
        if value is None or (self.has("empty-is-missing") and not value):
            if self.has("silent-miss"):
                return b""
            return b"None" if self.server.mode == "unframed" else b"END\r\n"
        if self.server.mode == "unframed":
            return value + (b"\r\n" if self.has("crlf-after-value") else b"")
        after_value = b"" if self.has("no-crlf-after-value") else b"\r\n"
        end = b"" if self.has("no-end") else b"END\r\n"
        flags = b"" if self.has("forgets-flags") else b" 0"
        line = b"VALUE %s%s %d\r\n" % (key, flags, len(value))
        if self.has("bare-newlines"):
            line, after_value, end = (piece.replace(b"\r", b"") for piece in (line, after_value, end))
        return line + value + after_value + end

    # RESP.

    def read_array(self):
        words = []
        for _ in range(self.read_count(b"*")):
            words.append(self.read_exactly(self.read_count(b"$")))
            if self.read_exactly(2) != b"\r\n":
                self.refuse("string longer than its length")
        return words

    def read_count(self, sign):
        line = self.read_line()
        count = self.length_from(line[1:]) if line.startswith(sign) else None
        return self.refuse("no length") if count is None else count

    def refuse(self, why):
        self.send(b"-ERR %s\r\n" % why.encode())
        raise Closed

    def execute_array(self, name, *words):
        commands = {b"GET": (1, self.get_string), b"SET": (2, self.set_string), b"DELETE": (1, self.delete),
                    b"FLUSH": (0, self.flush), b"MGET": (len(words), self.get_strings),
                    b"MSET": (len(words), self.set_strings)}
        count, execute = commands.get(name.upper(), (None, None))
        with self.server.lock:
            reply = execute(*words) if count == len(words) else b"-ERR unknown command, or wrong number of words\r\n"
        self.send(reply)

    def get_string(self, key):
        value = self.table.get(key)
        return b"$-1\r\n" if value is None else b"$%d\r\n%s\r\n" % (len(value), value)

    def get_strings(self, *keys):
        if self.has("mget-skips-misses"):
            keys = [key for key in keys if key in self.table]
        return b"*%d\r\n" % len(keys) + b"".join(map(self.get_string, keys))

    def set_string(self, key, value):
        self.table[key] = value
        return b":1\r\n"

    def set_strings(self, *words):
        self.table.update(zip(words[::2], words[1::2]))
        return b":%d\r\n" % (len(words) // 2)

    def delete(self, key):
        removed = self.table.pop(key, None) is not None
        return b":%d\r\n" % (removed or self.has("delete-is-always-1"))

    def flush(self):
        removed = len(self.table)
        if not self.has("flush-keeps-keys"):
            self.table.clear()
        return b":%d\r\n" % removed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mode", choices=["memcache", "tutorial", "unframed", "resp"], default="memcache")
    parser.add_argument("--bug", choices=BUGS, metavar="NAME")
    parser.add_argument("--list", action="store_true", help="list the bugs")
    arguments = parser.parse_args()
    if arguments.list:
        for name, mistake in BUGS.items():
            print(f"{name:26}{mistake}")
        return
    Server(arguments.mode, arguments.bug).run()


if __name__ == "__main__":
    sys.exit(main())
