"""A raw socket with deadlines: the smallest client there can be, so that a test says exactly which bytes travel."""

import errno
import socket

import pace


class Wire:
    """One connection to `address`: (host, port) or the path of a unix socket."""

    def __init__(self, address, within=10):
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        if family == socket.AF_INET and ":" in address[0]:
            family = socket.AF_INET6
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(pace.seconds(within))
        self.socket.connect(address)
        if family != socket.AF_UNIX:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pending = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, data):
        self.socket.sendall(data)

    def end_of_input(self):
        """Tells the server that nothing more will be sent; its answers still arrive. It may have hung up already."""
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError as error:
            if error.errno != errno.ENOTCONN:
                raise

    def read_exactly(self, size):
        while len(self.pending) < size:
            piece = self.socket.recv(max(4096, size - len(self.pending)))
            if not piece:
                raise AssertionError(f"closed after {self.pending!r:.300}, {size} bytes were expected")
            self.pending += piece
        data, self.pending = self.pending[:size], self.pending[size:]
        return data

    def read_line(self):
        """One line without its \\r\\n."""
        while b"\r\n" not in self.pending:
            piece = self.socket.recv(4096)
            if not piece:
                raise AssertionError(f"closed in the middle of a line: {self.pending!r:.300}")
            self.pending += piece
        line, self.pending = self.pending.split(b"\r\n", 1)
        return line

    def read_to_close(self):
        """Everything until the server closes. A reset counts as a close: it only means that we had sent more."""
        data, self.pending = [self.pending], b""
        try:
            while piece := self.socket.recv(65536):
                data.append(piece)
        except (ConnectionResetError, BrokenPipeError):
            pass
        return b"".join(data)

    def expect(self, expected):
        actual = self.read_exactly(len(expected))
        assert actual == expected, f"expected {expected!r:.300}, got {actual!r:.300}"

    def expect_close(self, after=b""):
        """The server says `after` and nothing else, then closes."""
        actual = self.read_to_close()
        assert actual == after, f"expected {after!r:.300} and a close, got {actual!r:.300} and a close"

    def ask(self, request, expected):
        self.send(request)
        self.expect(expected)

    def is_served(self):
        """Whether a harmless question gets its answer."""
        self.ask(b"get nothing_is_stored_here\r\n", b"END\r\n")
        return True

    def vanish(self):
        """Ends the connection with a reset, as a crashed peer would."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.socket.close()

    def close(self):
        self.socket.close()
