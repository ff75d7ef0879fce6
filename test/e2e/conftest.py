"""Fixtures: a server that must still be alive, end with status 0 and have no sanitizer report when the test is over.

KV_TARGET=memcached runs the tests that know only the protocol against Debian's memcached: a test that fails there is wrong.
"""

import os

import pytest

from servers import KvServer, Memcached


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: takes minutes; run with the full suite")


@pytest.fixture
def start():
    """Starts kvserver with the given options, as often as wanted; every one is stopped and checked after the test."""
    started = []

    def start_one(*options, **limits):
        started.append(KvServer(*options, **limits))
        return started[-1]

    yield start_one
    try:
        for server in started:
            server.stop()
    finally:
        for server in started:
            server.kill()


@pytest.fixture
def server(start):
    return start()


@pytest.fixture
def peer():
    """Debian's memcached."""
    memcached = Memcached()
    yield memcached
    memcached.stop()


@pytest.fixture(scope="module")
def speaks_memcache():
    """A server whose only known property is that it speaks the memcached protocol; shared by the tests of a module."""
    target = Memcached() if os.environ.get("KV_TARGET") == "memcached" else KvServer()
    yield target
    try:
        target.stop()
    finally:
        target.kill()
