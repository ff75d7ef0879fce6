#!/usr/bin/env python3
"""kvcheck as a program: its exit status, its score, and what it draws."""

import os
import pty
import subprocess
import unittest

from servers import PROGRAMS, kvcheck, names, report, sample_server, unused_port


class ExitStatus(unittest.TestCase):
    def test_full_marks_are_0_and_the_score_comes_last(self):
        with sample_server("memcache") as port:
            finished = kvcheck("--only", "miss", "--only", "two-keys", "127.0.0.1", port)
        self.assertEqual(0, finished.returncode, finished.stdout)
        self.assertEqual("2 of 2", finished.stdout.splitlines()[-1])

    def test_a_failed_case_is_1(self):
        with sample_server("memcache", "no-end") as port:
            finished = kvcheck("--timeout", "0.2", "--only", "miss", "--only", "set-then-get", "127.0.0.1", port)
        self.assertEqual(1, finished.returncode)
        self.assertEqual("1 of 2", finished.stdout.splitlines()[-1])

    def test_no_server_is_3(self):
        finished = kvcheck("127.0.0.1", unused_port())
        self.assertEqual((3, ""), (finished.returncode, finished.stdout))
        self.assertIn("Connection refused", finished.stderr)

    def test_wrong_words_are_5(self):
        for words in ([], ["127.0.0.1"], ["127.0.0.1", "http"], ["127.0.0.1", "0"], ["127.0.0.1", "65536"],
                      ["127.0.0.1", "1", "2"], ["--mode", "redis", "127.0.0.1", "1"],
                      ["--only", "nonesuch", "127.0.0.1", "1"], ["--timeout", "0", "127.0.0.1", "1"],
                      ["--frobnicate"]):
            with self.subTest(words):
                finished = kvcheck(*words)
                self.assertEqual((5, ""), (finished.returncode, finished.stdout))
                self.assertEqual(1, len(finished.stderr.splitlines()))


class Explanation(unittest.TestCase):
    def explain(self, mode, bug, case, **options):
        with sample_server(mode, bug) as port:
            return kvcheck("--mode", mode, "--timeout", "0.2", "--only", case, "127.0.0.1", port, **options).stdout

    def test_a_failure_draws_the_bytes_with_their_boundaries_and_the_first_difference(self):
        text = self.explain("memcache", "c-string", "value-with-every-byte")
        self.assertIn("|command line---", text)
        self.assertIn("expected:", text)
        self.assertIn("came:", text)
        self.assertIn("^^ first difference", text)
        self.assertIn("What usually causes this: a function for C strings", text)

    def test_a_missing_end_is_recognised(self):
        self.assertIn("whole but for its last line", self.explain("memcache", "no-end", "set-then-get"))

    def test_a_missing_line_end_after_the_value_is_recognised(self):
        text = self.explain("memcache", "no-crlf-after-value", "set-then-get")
        self.assertIn("Between the value and END there must be CR LF", text)

    def test_a_dead_server_is_blamed_on_the_case_that_killed_it_and_the_rest_is_not_tried(self):
        with sample_server("memcache", "dies-of-missing-words") as port:
            graded = report(port, "memcache")
        self.assertEqual(["missing-words"], names(graded, "failed"))
        self.assertIn("endless-line", names(graded, "not tried"))

    def test_a_pipe_gets_no_colour(self):
        self.assertNotIn("\x1b", self.explain("memcache", "no-end", "set-then-get"))


class OnATerminal(unittest.TestCase):
    def on_a_terminal(self, **environment):
        terminal, other_end = pty.openpty()
        with sample_server("memcache") as port, open(terminal, "rb", buffering=0) as screen:
            command = [PROGRAMS / "kvcheck", "--only", "miss", "127.0.0.1", str(port)]
            process = subprocess.Popen(command, stdout=other_end, env=environment)
            os.close(other_end)
            process.wait()
            return screen.read(65536)

    def test_there_is_colour(self):
        self.assertIn(b"\x1b[32mok", self.on_a_terminal())

    def test_no_color_is_honoured(self):
        self.assertNotIn(b"\x1b", self.on_a_terminal(NO_COLOR="1"))


if __name__ == "__main__":
    unittest.main()
