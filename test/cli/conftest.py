"""One of each server for all tests that only talk to it, emptied before each."""

import pytest
from shell import OwnServer, Peer, kvcli, serves


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: takes minutes; run with the full suite")


def make(kind):
    if kind in ("memcached", "redis-server"):
        return Peer(kind)
    scheme = kind.removeprefix("kvserver-")
    if not serves(scheme):
        pytest.skip(f"this kvserver has no {scheme}://")
    return OwnServer(scheme)


@pytest.fixture(scope="session", params=["memcached", "redis-server", "kvserver-memcache", "kvserver-redis"])
def any_server(request):
    server = make(request.param)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def memcached_server():
    server = Peer("memcached")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def redis_server():
    server = Peer("redis-server", "--enable-debug-command", "yes")
    yield server
    server.stop()


def emptied(server):
    status, _, error = kvcli(server.uri, "flushall" if server.uri.startswith("redis") else "flush_all")
    assert status == 0, error
    return server.uri


@pytest.fixture(scope="session")
def kvserver_redis_server():
    server = make("kvserver-redis")
    yield server
    server.stop()


@pytest.fixture
def uri(any_server):
    return emptied(any_server)


@pytest.fixture
def memcached(memcached_server):
    return emptied(memcached_server)


@pytest.fixture
def redis(redis_server):
    return emptied(redis_server)


@pytest.fixture
def kvserver(kvserver_redis_server):
    """Its redis:// listener."""
    return emptied(kvserver_redis_server)
