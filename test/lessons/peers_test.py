#!/usr/bin/env python3
"""Programs written from the tutorials' text, unaware of ours, meet the lessons' halves.

Each peer below is what a reader of such a tutorial types: plain sockets, one recv where the text has
one recv. And the last lesson's client meets kvserver itself. $KV_LESSON_PROGRAMS is the folder of the
lessons' programs, $KV_LESSON_KVSERVER that server.
"""

import contextlib
import os
import pathlib
import pickle
import socket
import struct
import subprocess
import unittest

from header import expected_lines

PROGRAMS = pathlib.Path(os.environ["KV_LESSON_PROGRAMS"])
DEADLINE_S = 30
LOOPBACK = "127.0.0.1"

socket.setdefaulttimeout(DEADLINE_S)


class Program:
    """A lesson's program that runs until the end of the with block at the latest."""

    def __init__(self, name, *arguments):
        self.process = subprocess.Popen(
            [PROGRAMS / name, *map(str, arguments)], stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def output(self):
        """Everything it still prints, once it has ended by itself with status 0."""
        printed, _ = self.process.communicate(timeout=DEADLINE_S)
        if self.process.returncode != 0:
            raise AssertionError(f"ended with status {self.process.returncode}: {printed}")
        return printed.splitlines()


class Server(Program):
    """A lesson's server half on a free port."""

    def __init__(self, name, *arguments):
        super().__init__(name, 0, *arguments)
        self.address = (LOOPBACK, int(self.process.stdout.readline().rpartition(":")[2]))

    def connect(self):
        return socket.create_connection(self.address)


@contextlib.contextmanager
def listening():
    """A listening socket of ours, for a lesson's client half to come to."""
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        listener.listen()
        yield listener


class UdpHello(unittest.TestCase):
    def test_our_server_answers_their_client(self):
        with Server("01_udp_hello_server") as server, \
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.sendto(b"good!", server.address)
            answer, sender = client.recvfrom(1024)
            self.assertEqual(answer, b"Hello!")
            self.assertEqual(sender, server.address)
            port = client.getsockname()[1]
            self.assertEqual(server.output(), [f"good! from 127.0.0.1:{port}"])

    def test_our_client_asks_their_server(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.bind((LOOPBACK, 0))
            port = server.getsockname()[1]
            with Program("01_udp_hello_client", port) as client:
                datagram, sender = server.recvfrom(1024)
                self.assertEqual(datagram, b"good!")
                server.sendto(b"Hello!", sender)
                self.assertEqual(client.output(), [f"Hello! from 127.0.0.1:{port}"])


class TcpHello(unittest.TestCase):
    SERVERS = {
        "02_tcp_hello_server": 1,
        "03_one_at_a_time_server": 2,
        "04_process_per_client_server": 2,
        "05_thread_per_client_server": 2,
        "07_select_server": 2,
        "08_epoll_server": 2,
    }

    def test_every_server_greets_their_client_and_hears_the_answer(self):
        for name, clients in self.SERVERS.items():
            with self.subTest(server=name), Server(name) as server:
                for _ in range(clients):
                    with server.connect() as client:
                        self.assertEqual(client.recv(1024), b"Hello, socket!")
                        client.send(b"Haved Received!")
                heard = [line for line in server.output() if line.endswith("Haved Received!")]
                self.assertEqual(len(heard), clients)

    def test_our_client_answers_their_server(self):
        with listening() as listener, \
                Program("02_tcp_hello_client", listener.getsockname()[1]) as client:
            connection, _ = listener.accept()
            with connection:
                connection.send(b"Hello, socket!")
                self.assertEqual(connection.recv(1024), b"Haved Received!")
            self.assertEqual(client.output(), ["Hello, socket!"])


class StickyPackets(unittest.TestCase):
    def test_our_receiver_finds_their_two_messages_in_one_read_or_two(self):
        with Server("10_sticky_sender_server") as server:
            with server.connect() as sender:
                sender.send(b"I'm ")
                sender.send(b"Lyon")
            *reads, end = server.output()
            self.assertEqual(end, "the sender has closed")
            self.assertEqual("".join(read.removeprefix("one read: ") for read in reads), "I'm Lyon")

    def test_our_sender_makes_one_message_of_two(self):
        with listening() as listener, \
                Program("10_sticky_sender_client", listener.getsockname()[1]) as sender:
            connection, _ = listener.accept()
            with connection:
                self.assertEqual(connection.recv(1024), b"I'm Lyon")
            sender.output()

    def test_our_slow_receiver_finds_the_rest_stuck_together(self):
        with Server("11_sticky_receiver_server") as server:
            with server.connect() as sender:
                sender.send(b"I'm ")
                sender.send(b"Lyon")
            self.assertEqual(server.output(), ["first read, of 1 byte: I", "second read: 'm Lyon"])

    def test_their_slow_receiver_finds_our_rest_stuck_together(self):
        with listening() as listener, \
                Program("11_sticky_receiver_client", listener.getsockname()[1]) as sender:
            connection, _ = listener.accept()
            with connection:
                self.assertEqual(connection.recv(1), b"I")
                sender.output()  # it has sent everything and closed
                self.assertEqual(connection.recv(1024), b"'m Lyon")


SEQ_1000 = "".join(f"{number}\n" for number in range(1, 1001)).encode()


def receive(connection, length):
    """A receive loop that counts correctly."""
    data = b""
    while len(data) < length:
        data += connection.recv(min(1024, length - len(data)))
    return data


class RemoteCommandWithOk(unittest.TestCase):
    def ask(self, connection, command):
        connection.send(command)
        length = int(connection.recv(1024).decode())
        connection.send(b"OK")
        return receive(connection, length)

    def test_our_server_answers_their_client(self):
        with Server("12_length_ok_data_server") as server:
            with server.connect() as client:
                self.assertEqual(self.ask(client, b"seq 1000"), SEQ_1000)
                self.assertEqual(self.ask(client, b"pwd").decode().strip(), os.getcwd())
                self.assertEqual(self.ask(client, b"id; id"), b"not on the list: id; id\n")
            server.output()

    def test_our_client_asks_their_server(self):
        with listening() as listener, \
                Program("12_length_ok_data_client", listener.getsockname()[1], "seq 1000") as client:
            connection, _ = listener.accept()
            with connection:
                self.assertEqual(connection.recv(1024), b"seq 1000")
                connection.send(str(len(SEQ_1000)).encode())
                self.assertEqual(connection.recv(1024), b"OK")
                connection.sendall(SEQ_1000)
            self.assertEqual(
                client.output(),
                ["seq 1000: 3893 bytes announced, 3893 received, last line: 1000"])

    def test_our_client_refuses_a_lying_length(self):
        for length in (b"-1", b"99999999999999999999", b"1e9", b"3893x"):
            with self.subTest(length=length), listening() as listener, \
                    Program("12_length_ok_data_client", listener.getsockname()[1], "pwd") as client:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(1024)
                    connection.send(length)
                    self.assertEqual(client.process.wait(timeout=DEADLINE_S), 1)


class RemoteCommandWithHeader(unittest.TestCase):
    def ask(self, connection, command):
        connection.send(command)
        length = struct.unpack("i", receive(connection, 4))[0]
        return receive(connection, length)

    def test_our_server_answers_their_client(self):
        with Server("13_fixed_header_server") as server:
            with server.connect() as client:
                self.assertEqual(self.ask(client, b"seq 1000"), SEQ_1000)
                self.assertEqual(self.ask(client, b"seq 1001"), b"not on the list: seq 1001\n")
            server.output()

    def test_our_client_asks_their_server(self):
        with listening() as listener, \
                Program("13_fixed_header_client", listener.getsockname()[1], "seq 1000") as client:
            connection, _ = listener.accept()
            with connection:
                self.assertEqual(connection.recv(1024), b"seq 1000")
                connection.send(struct.pack("i", len(SEQ_1000)))
                connection.sendall(SEQ_1000)
            self.assertEqual(client.output()[0], "seq 1000: 3893 of 3893 bytes, last line: 1000")

    def test_our_client_refuses_a_negative_length(self):
        with listening() as listener, \
                Program("13_fixed_header_client", listener.getsockname()[1], "pwd") as client:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1024)
                connection.send(struct.pack("i", -1))
                self.assertEqual(client.process.wait(timeout=DEADLINE_S), 1)


class UnframedReplies(unittest.TestCase):
    def test_our_server_answers_their_client(self):
        with Server("15_unframed_replies_server") as server:
            with server.connect() as client:
                client.send(b"set a 5\r\nhello")
                self.assertEqual(client.recv(1024), b"STORED\r\n")
                client.send(b"get a\r\n")
                self.assertEqual(client.recv(1024), b"hello")
                client.send(b"get b\r\n")
                self.assertEqual(client.recv(1024), b"None")
            server.output()


class Pickles(unittest.TestCase):
    class Hostile:
        def __reduce__(self):
            return os.system, ("echo visited",)

    def test_our_reader_understands_what_python_writes(self):
        with Server("24_pickle_server") as server:
            for value in (("set", "k", 42), self.Hostile()):
                with server.connect() as client:
                    client.send(pickle.dumps(value, protocol=0))
            lines = [line.strip() for line in server.output()]
            self.assertIn("restricted: ('set', 'k', 42)", lines)
            self.assertIn("restricted: refused, the pickle names posix.system", lines)


class RealServer(unittest.TestCase):
    def test_the_last_lessons_client_is_served_by_kvserver(self):
        with subprocess.Popen([os.environ["KV_LESSON_KVSERVER"], "--port", "0"],
                              stdout=subprocess.PIPE, text=True) as server:
            try:
                port = server.stdout.readline().rpartition(":")[2].strip()  # ready memcache://...
                with Program("25_all_together_client", port) as client:
                    self.assertEqual(client.output(), expected_lines(25)["client"])
            finally:
                server.terminate()

    def grade(self, server, *options):
        return subprocess.run(
            [os.environ["KV_LESSON_KVCHECK"], "--mode", "tutorial", *options, *map(str, server.address)],
            stdout=subprocess.PIPE, text=True, check=False)

    def test_kvcheck_gives_the_last_lessons_server_full_marks(self):
        with Server("25_all_together_server", 0) as server:
            graded = self.grade(server)
            self.assertEqual(graded.returncode, 0, graded.stdout)

    def test_the_starter_passes_stage_1_and_is_told_what_to_do_in_stage_2(self):
        with Server("starter") as server:
            self.assertEqual(self.grade(server, "--stage", "1").returncode, 0)
            second = self.grade(server, "--stage", "2", "--timeout", "0.2")
            self.assertEqual(second.returncode, 1)
            self.assertIn("What to fix, in this order:\n  1. set-then-get (stage 2): ", second.stdout)


if __name__ == "__main__":
    unittest.main()
