#!/usr/bin/env python3
"""Servers that do it right get full marks: the sample without a mistake, memcached, kvserver."""

import unittest

import servers
from grading import names, report


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
