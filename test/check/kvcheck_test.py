#!/usr/bin/env python3
"""How kvcheck grades good and bad servers, and kvcheck as a program: exit status, score, drawings.

The correct sample server, memcached and kvserver get full marks. Each bug planted in the sample counts as one mistake:
the case written for it comes first among the things to fix. Every case is needed to find some bug."""

import concurrent.futures
import os
import pty
import re
import socket
import subprocess
import unittest

import sample_server
import servers
from servers import PROGRAMS, ROOT, kvcheck, names, report, unused_port
from servers import sample_server as running_sample

# bug, the case that must fail, the mode
MISTAKES = [
    ("waits-for-end", "miss", "memcache"),
    ("no-crlf-after-value", "set-then-get", "memcache"),
    ("no-end", "set-then-get", "tutorial"),
    ("crlf-after-value", "set-then-get", "unframed"),
    ("bare-newlines", "miss", "memcache"),
    ("c-terminator", "miss", "memcache"),
    ("leaves-terminator", "set-then-get", "memcache"),
    ("splits-at-lf", "set-then-get", "unframed"),
    ("silent-miss", "miss", "tutorial"),
    ("keeps-first-value", "overwrite", "memcache"),
    ("overwrites-in-place", "overwrite", "tutorial"),
    ("one-value", "two-keys", "unframed"),
    ("folds-case", "keys-keep-their-case", "memcache"),
    ("empty-is-missing", "empty-value", "unframed"),
    ("forgets-rest-of-buffer", "two-in-one-segment", "memcache"),
    ("answers-backwards", "two-in-one-segment", "memcache"),
    ("sixteen-reads", "one-byte-at-a-time", "memcache"),
    ("one-recv-is-one-message", "line-split-in-the-middle", "unframed"),
    ("value-in-one-recv", "value-split-in-the-middle", "tutorial"),
    ("newline-in-one-piece", "cr-and-lf-split", "memcache"),
    ("strips-value", "value-with-crlf", "memcache"),
    ("value-until-newline", "value-with-crlf", "memcache"),
    ("c-string", "value-with-every-byte", "memcache"),
    ("decodes-text", "value-with-every-byte", "unframed"),
    ("splits-lines-first", "value-with-crlf", "memcache"),
    ("sees-commands-in-values", "value-like-a-command", "memcache"),
    ("length-of-16-bits", "value-of-64-kib", "memcache"),
    ("short-write", "slow-reader", "memcache"),
    ("table-per-client", "two-clients-share", "memcache"),
    ("shared-request", "interleaved-requests", "memcache"),
    ("one-client-at-a-time", "silent-client", "memcache"),
    ("lock-while-reading", "half-a-request", "tutorial"),
    ("lock-while-writing", "reader-that-stops", "memcache"),
    ("ten-clients", "hundred-idle-clients", "memcache"),
    ("no-lock", "fifty-writers", "memcache"),
    ("shared-argument", "two-clients-share", "tutorial"),
    ("closes-on-unknown", "unknown-command", "memcache"),
    ("silent-on-unknown", "unknown-command", "unframed"),
    ("dies-of-empty-line", "empty-line", "tutorial"),
    ("dies-of-missing-words", "missing-words", "memcache"),
    ("short-key-buffer", "key-of-250-bytes", "memcache"),
    ("key-overflow", "key-of-251-bytes", "memcache"),
    ("cuts-keys", "key-of-251-bytes", "tutorial"),
    ("endless-line", "endless-line", "memcache"),
    ("trusts-terminator", "length-too-short", "memcache"),
    ("stores-half-values", "length-too-long", "unframed"),
    ("dies-of-negative", "negative-length", "memcache"),
    ("atoi", "length-not-a-number", "unframed"),
    ("dies-of-nonsense", "length-not-a-number", "memcache"),
    ("dies-of-huge", "huge-length", "memcache"),
    ("wraps-length", "huge-length", "unframed"),
    ("drops-half-close", "half-close-gets-its-reply", "memcache"),
    ("never-closes", "goodbye-is-answered", "memcache"),
    ("dies-of-half-line", "vanishes-in-mid-command", "memcache"),
    ("dies-of-reset", "reset-in-mid-value", "memcache"),
    ("sigpipe", "reset-in-mid-reply", "memcache"),
    ("leaks-descriptors", "thousand-connections", "memcache"),
    ("waits-for-crlf", "set-then-get", "tutorial"),
    ("closes-after-reply", "miss", "tutorial"),
    ("no-flush", "miss", "tutorial"),
    ("forgets-flags", "set-then-get", "tutorial"),
    ("small-buffer", "pipeline-of-100", "tutorial"),
    ("error-ends-everybody", "crowd-and-a-hostile-one", "tutorial"),
    ("delete-is-always-1", "delete", "resp"),
    ("mget-skips-misses", "mset-then-mget", "resp"),
    ("flush-keeps-keys", "flush", "resp"),
]

# Twelve typical students' servers: the bug, the case to fix first, and words of the reported cause.
STUDENTS = [
    ("waits-for-crlf", "set-then-get", "waits for CR LF after the value"),
    ("closes-after-reply", "miss", "closes the connection after one reply"),
    ("no-flush", "miss", "its reply waits in a buffer"),
    ("no-end", "set-then-get", "complete but for its last line, END CR LF"),
    ("no-crlf-after-value", "set-then-get", "Between the value and END"),
    ("bare-newlines", "miss", "Lines end with CR LF"),
    ("forgets-flags", "set-then-get", "the flags, here 0"),
    ("one-recv-is-one-message", "line-split-in-the-middle", "parsed before its CR LF had arrived"),
    ("c-string", "value-with-every-byte", "a function for C strings"),
    ("one-client-at-a-time", "silent-client", "one client at a time is served to its end"),
    ("lock-while-reading", "half-a-request", "the lock of the table is held while reading"),
    ("dies-of-negative", "negative-length", "a signed length was checked against an upper bound only"),
]


# The sample, being Python, needs seconds for these; they run only where they are to fail.
LONG_CASES = {"fifty-writers", "thousand-connections", "crowd-and-a-hostile-one"}


def listed(mode):
    return [line.split()[0] for line in kvcheck("--mode", mode, "--list").stdout.splitlines()]


def grade(mistake):
    bug, expected, mode = mistake
    only = [f"--only={case}" for case in listed(mode) if case not in LONG_CASES - {expected}]
    with running_sample(mode, bug) as port:
        # A timeout that is too short can only fail more cases; the correct server is graded
        # with the default elsewhere.
        return report(port, mode, "--timeout=1", *only)


class PlantedMistakes(unittest.TestCase):
    def test_each_mistake_is_named_by_the_case_made_for_it(self):
        with concurrent.futures.ThreadPoolExecutor(max_workers=8) as pool:
            for mistake, graded in zip(MISTAKES, pool.map(grade, MISTAKES)):
                with self.subTest(" / ".join(mistake)):
                    self.assertEqual(mistake[1], graded["fix"][0]["case"], graded["fix"])

    def test_a_students_only_mistake_is_the_only_thing_to_fix_and_its_cause_is_named(self):
        students = [(bug, case, "tutorial") for bug, case, _ in STUDENTS]
        with concurrent.futures.ThreadPoolExecutor(max_workers=8) as pool:
            for (bug, case, cause), graded in zip(STUDENTS, pool.map(grade, students)):
                with self.subTest(bug):
                    self.assertEqual([case], [mistake["case"] for mistake in graded["fix"]], graded["fix"])
                    self.assertIn(cause, graded["fix"][0]["cause"])

    def test_a_mistake_that_changes_every_reply_costs_one_case(self):
        for bug in "no-end", "bare-newlines", "waits-for-crlf":
            with self.subTest(bug):
                graded = grade((bug, "", "tutorial"))
                self.assertEqual(graded["of"] - 1, graded["passed"], graded["fix"])

    def test_no_planted_mistake_is_left_untried(self):
        self.assertEqual(set(sample_server.BUGS), {bug for bug, _, _ in MISTAKES})

    def test_every_case_has_a_mistake_that_makes_it_fail(self):
        self.assertEqual(set(listed("memcache")) | set(listed("resp")), {case for _, case, _ in MISTAKES})


class GoodServers(unittest.TestCase):
    def expect_full_marks(self, port, mode):
        # On a correct server no wait takes that long, however slow the machine is.
        graded = report(port, mode, "--timeout", servers.PATIENCE)
        complaints = [f"{case['name']}: {case['what']}" for case in graded["cases"]
                      if case["outcome"] == "failed"]
        self.assertEqual([], complaints)
        self.assertEqual([], names(graded, "not tried"))
        self.assertGreaterEqual(graded["passed"], 25)

    def test_the_sample_server_without_a_mistake(self):
        for mode in "memcache", "tutorial", "unframed", "resp":
            with self.subTest(mode), running_sample(mode) as port:
                self.expect_full_marks(port, mode)

    def test_memcached(self):
        with servers.memcached() as port:
            self.expect_full_marks(port, "memcache")

    def test_kvserver_in_every_mode(self):
        listeners = [("memcache", "memcache"), ("memcache", "tutorial"), ("simple", "unframed"),
                     ("miniredis", "resp")]
        for scheme, mode in listeners:
            with self.subTest(mode), servers.kvserver(scheme) as port:
                self.expect_full_marks(port, mode)


class ExitStatus(unittest.TestCase):
    def test_full_marks_are_0_and_the_score_comes_last(self):
        with running_sample("memcache") as port:
            finished = kvcheck("--only", "miss", "--only", "two-keys", "127.0.0.1", port)
        self.assertEqual(0, finished.returncode, finished.stdout)
        self.assertEqual("2 of 2", finished.stdout.splitlines()[-1])

    def test_the_server_may_be_named_as_elsewhere(self):
        with running_sample("memcache") as port:
            for address in f"127.0.0.1:{port}", f"localhost:{port}", f"memcache://127.0.0.1:{port}":
                self.assertEqual(0, kvcheck("--only", "miss", address).returncode)

    def test_a_failed_case_is_1(self):
        with running_sample("memcache", "no-end") as port:
            finished = kvcheck("--timeout", "0.2", "--only", "miss", "--only", "set-then-get", "127.0.0.1", port)
        self.assertEqual(1, finished.returncode)
        self.assertEqual("1 of 2", finished.stdout.splitlines()[-1])

    def test_no_server_is_3(self):
        finished = kvcheck("127.0.0.1", unused_port())
        self.assertEqual((3, ""), (finished.returncode, finished.stdout))
        self.assertIn("Connection refused", finished.stderr)

    def test_wrong_words_are_5(self):
        for words in ([], ["127.0.0.1"], ["127.0.0.1", "http"], ["127.0.0.1", "0"], ["127.0.0.1", "65536"],
                      ["127.0.0.1", "1", "2"], ["127.0.0.1:0"], ["memcache+unix:///x"], ["--mode", "redis", "127.0.0.1", "1"], ["--stage", "0", "127.0.0.1", "1"],
                      ["--stage", "9", "127.0.0.1", "1"],
                      ["--only", "nonesuch", "127.0.0.1", "1"], ["--timeout", "0", "127.0.0.1", "1"],
                      ["--frobnicate"]):
            with self.subTest(words):
                finished = kvcheck(*words)
                self.assertEqual((5, ""), (finished.returncode, finished.stdout))
                self.assertEqual(1, len(finished.stderr.splitlines()))


class Explanation(unittest.TestCase):
    def explain(self, mode, bug, case, **options):
        with running_sample(mode, bug) as port:
            return kvcheck("--mode", mode, "--timeout", "0.2", "--only", case, "127.0.0.1", port, **options).stdout

    def test_a_failure_draws_the_bytes_with_their_boundaries_and_the_first_difference(self):
        text = self.explain("memcache", "c-string", "value-with-every-byte")
        self.assertIn("|command line---", text)
        self.assertIn("expected:", text)
        self.assertIn("came:", text)
        self.assertIn("^^ first difference", text)
        self.assertIn("a function for C strings", text)

    def test_a_missing_end_is_recognised(self):
        self.assertIn("complete but for its last line", self.explain("memcache", "no-end", "set-then-get"))

    def test_a_missing_line_end_after_the_value_is_recognised(self):
        text = self.explain("memcache", "no-crlf-after-value", "set-then-get")
        self.assertIn("Between the value and END there must be CR LF", text)

    def test_a_dead_server_is_blamed_on_the_case_that_killed_it_and_the_rest_is_not_tried(self):
        with running_sample("memcache", "dies-of-missing-words") as port:
            graded = report(port, "memcache")
        self.assertEqual(["missing-words"], names(graded, "failed"))
        self.assertIn("endless-line", names(graded, "not tried"))

    def test_a_pipe_gets_no_colour(self):
        self.assertNotIn("\x1b", self.explain("memcache", "no-end", "set-then-get"))


class Stages(unittest.TestCase):
    def test_a_stage_plays_its_cases_and_those_before_it_and_says_what_comes_next(self):
        with running_sample("tutorial", "one-client-at-a-time") as port:
            finished = kvcheck("--mode", "tutorial", "--stage", "2", "127.0.0.1", port)
        self.assertEqual(0, finished.returncode, finished.stdout)
        self.assertIn("Next: kvcheck --mode tutorial --stage 3 --explain", finished.stdout)
        self.assertEqual("6 of 6", finished.stdout.splitlines()[-1])

    def test_until_first_failure_stops_there(self):
        with running_sample("tutorial", "folds-case") as port:
            graded = report(port, "tutorial", "--until-first-failure")
        self.assertEqual(["keys-keep-their-case"], names(graded, "failed"))
        self.assertEqual(4, graded["passed"])

    def test_the_summary_names_what_to_fix_and_how_many_cases_follow(self):
        with running_sample("tutorial", "one-client-at-a-time") as port:
            text = kvcheck("--mode", "tutorial", "--timeout", "0.3", "--stage", "5", "127.0.0.1", port).stdout
        self.assertRegex(text, r"What to fix, in this order:\n  1\. silent-client \(stage 5\): most likely one client at")
        self.assertRegex(text, r"\d more cases fail because of it")
        self.assertIn("as silent-client: fix that first", text)

    def test_a_server_of_another_mode_is_recognised(self):
        with running_sample("tutorial") as port:
            graded = report(port, "memcache", "--timeout", "0.3", "--stage", "2")
        self.assertIn("try --mode tutorial", graded["fix"][0]["cause"])

    def test_each_stage_has_a_page(self):
        pages = [kvcheck("--stage", stage, "--explain").stdout for stage in range(1, 9)]
        for number, page in enumerate(pages, 1):
            self.assertTrue(page.startswith(f"## Stage {number}: "), page)
            for part in "Hint: ", "\nThe grader ", "Graded by:\n":
                self.assertIn(part, page)
        self.assertEqual("".join(pages), kvcheck("--explain").stdout)

    def test_the_examples_of_the_pages_are_true(self):
        with running_sample("tutorial") as port:
            for page in re.findall(r"```\n(> .*?)```", (ROOT / "client/check/stages.md").read_text(), re.S):
                with socket.create_connection(("127.0.0.1", port)) as client:
                    for line in page.splitlines():
                        wire = line[2:].encode().decode("unicode_escape").encode("latin-1")
                        if line.startswith("> "):
                            client.sendall(wire)
                        else:
                            self.assertEqual(wire, client.recv(len(wire), socket.MSG_WAITALL))


class OnATerminal(unittest.TestCase):
    def on_a_terminal(self, **environment):
        terminal, other_end = pty.openpty()
        with running_sample("memcache") as port, open(terminal, "rb", buffering=0) as screen:
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
