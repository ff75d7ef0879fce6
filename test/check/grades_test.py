#!/usr/bin/env python3
"""What kvcheck makes of good servers and of bad ones.

The sample without a mistake, memcached and kvserver get full marks. Each mistake planted in the sample is named by
the case that was made for it, and every case of kvcheck is there because some mistake needs it."""

import concurrent.futures
import unittest

import sample_server
import servers
from servers import kvcheck, names, report
from servers import sample_server as running_sample

# mistake, the case that must fail, the mode in which it is tried
MISTAKES = [
    ("waits-for-end", "set-then-get", "memcache"),
    ("no-crlf-after-value", "set-then-get", "memcache"),
    ("no-end", "set-then-get", "tutorial"),
    ("crlf-after-value", "set-then-get", "unframed"),
    ("bare-newlines", "set-then-get", "memcache"),
    ("c-terminator", "set-then-get", "memcache"),
    ("leaves-terminator", "set-then-get", "memcache"),
    ("splits-at-lf", "set-then-get", "unframed"),
    ("silent-miss", "miss", "tutorial"),
    ("keeps-first-value", "overwrite", "memcache"),
    ("overwrites-in-place", "overwrite", "tutorial"),
    ("one-value", "two-keys", "memcache"),
    ("folds-case", "keys-keep-their-case", "memcache"),
    ("empty-is-missing", "empty-value", "unframed"),
    ("forgets-rest-of-buffer", "two-in-one-segment", "memcache"),
    ("answers-backwards", "pipeline-of-100", "memcache"),
    ("one-recv-is-one-message", "one-byte-at-a-time", "memcache"),
    ("one-recv-is-one-message", "line-split-in-the-middle", "unframed"),
    ("value-in-one-recv", "value-split-in-the-middle", "tutorial"),
    ("newline-in-one-piece", "cr-and-lf-split", "memcache"),
    ("strips-value", "value-with-crlf", "memcache"),
    ("value-until-newline", "value-with-crlf", "memcache"),
    ("c-string", "value-with-every-byte", "memcache"),
    ("decodes-text", "value-with-every-byte", "unframed"),
    ("splits-lines-first", "value-like-a-command", "memcache"),
    ("length-of-16-bits", "value-of-64-kib", "memcache"),
    ("short-write", "slow-reader", "memcache"),
    ("table-per-client", "two-clients-share", "memcache"),
    ("shared-request", "interleaved-requests", "memcache"),
    ("one-client-at-a-time", "silent-client", "memcache"),
    ("lock-while-reading", "half-a-request", "tutorial"),
    ("lock-while-writing", "reader-that-stops", "memcache"),
    ("ten-clients", "hundred-idle-clients", "memcache"),
    ("no-lock", "fifty-writers", "memcache"),
    ("shared-argument", "fifty-writers", "tutorial"),
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
]


# The sample needs seconds for these, being Python; they are played where they are to fail.
LONG_CASES = {"fifty-writers", "thousand-connections"}


def listed(mode):
    return [line.split()[0] for line in kvcheck("--mode", mode, "--list").stdout.splitlines()]


def grade(mistake):
    bug, expected, mode = mistake
    only = [f"--only={case}" for case in listed(mode) if case not in LONG_CASES - {expected}]
    with running_sample(mode, bug) as port:
        # A wait that is too short can only fail more cases, and the right server is graded with
        # the usual one elsewhere.
        return report(port, mode, "--timeout=0.5", *only)


class PlantedMistakes(unittest.TestCase):
    def test_each_mistake_is_named_by_the_case_made_for_it(self):
        with concurrent.futures.ThreadPoolExecutor(max_workers=8) as pool:
            for mistake, graded in zip(MISTAKES, pool.map(grade, MISTAKES)):
                with self.subTest(" / ".join(mistake)):
                    self.assertIn(mistake[1], names(graded, "failed"))

    def test_no_planted_mistake_is_left_untried(self):
        self.assertEqual(set(sample_server.BUGS), {bug for bug, _, _ in MISTAKES})

    def test_every_case_has_a_mistake_that_makes_it_fail(self):
        self.assertEqual(set(listed("memcache")), {case for _, case, _ in MISTAKES})


class GoodServers(unittest.TestCase):
    def expect_full_marks(self, port, mode):
        # Nothing waits that long on a server that does it right, however slow the machine is.
        graded = report(port, mode, "--timeout", servers.PATIENCE)
        complaints = [f"{case['name']}: {case['what']}" for case in graded["cases"]
                      if case["outcome"] == "failed"]
        self.assertEqual([], complaints)
        self.assertEqual([], names(graded, "not tried"))
        self.assertGreaterEqual(graded["passed"], 25)

    def test_the_sample_server_without_a_mistake(self):
        for mode in "memcache", "tutorial", "unframed":
            with self.subTest(mode), servers.sample_server(mode) as port:
                self.expect_full_marks(port, mode)

    def test_memcached(self):
        with servers.memcached() as port:
            self.expect_full_marks(port, "memcache")

    def test_kvserver_in_every_mode(self):
        listeners = [("memcache", "memcache"), ("memcache", "tutorial"), ("simple", "unframed")]
        for scheme, mode in listeners:
            with self.subTest(mode), servers.kvserver(scheme) as port:
                self.expect_full_marks(port, mode)


if __name__ == "__main__":
    unittest.main()
