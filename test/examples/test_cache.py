"""A pytest suite that carries its server: one for all tests, each of which begins with an empty store. Needs kvserver on
PATH and python3-redis; with --port 0 instead, a memcached client does as well."""

import json
import subprocess

import pytest
import redis


@pytest.fixture(scope="session")
def uri():
    # On any free port: the server says on which, in one line, when it is ready. It ends with us, however we end.
    server = subprocess.Popen(["kvserver", "--redis-port", "0", "--virtual-clock", "--announce", "-", "--exit-with-parent"],
                              stdout=subprocess.PIPE, text=True)
    yield json.loads(server.stdout.readline())["uris"][0]
    server.terminate()
    server.communicate()


@pytest.fixture
def cache(uri):
    client = redis.Redis.from_url(uri)
    client.flushall()
    yield client
    client.close()


def test_it_keeps_what_it_is_given(cache):
    cache.set("greeting", "hello")
    assert cache.get("greeting") == b"hello"


def test_it_begins_empty(cache):
    assert cache.get("greeting") is None


def test_it_forgets_in_time(cache):
    cache.set("session", "open", ex=60)
    cache.execute_command("DEBUGTIME", 61)  # a minute later, without waiting for it
    assert cache.get("session") is None
