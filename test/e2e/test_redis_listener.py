"""redis:// as a listener: ports, limits, stops, both dialects on one store, and input nobody should send."""

import pytest

import pace
from redis_replies import Reader
from servers import run_to_end


def request(*words):
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


@pytest.fixture
def both(start):
    """A server with both dialects: memcache:// is listener 0, redis:// is listener 1."""
    return start("--listen", "memcache://127.0.0.1:0", "--listen", "redis://127.0.0.1:0")


def test_the_redis_port_option_takes_any_free_port(start):
    server = start("--port", "0", "--redis-port", "0", ready_lines=2)
    assert [uri.split(":")[0] for uri in server.uris] == ["memcache", "redis"]
    with server.connect(1) as wire:
        wire.ask(b"PING\r\n", b"+PONG\r\n")


def test_naming_one_port_leaves_the_other_out(start):
    server = start("--listen", "simple://127.0.0.1:0", "--redis-port", "0", "--port", "off", ready_lines=2)
    assert [uri.split(":")[0] for uri in server.uris] == ["simple", "redis"]


def test_every_listener_off_is_a_usage_error():
    status, _, stderr = run_to_end("--port", "off", "--redis-port", "off")
    assert status == 2 and "nothing would be served" in stderr


def test_a_unix_socket_speaks_redis(start, tmp_path):
    server = start("--listen", f"redis+unix://{tmp_path}/socket")
    with server.connect() as wire:
        wire.ask(b"PING\r\n", b"+PONG\r\n")


def test_one_client_too_many_is_told_so(start):
    server = start("--listen", "redis://127.0.0.1:0", "--max-clients", "1")
    with server.connect() as one:
        one.ask(b"PING\r\n", b"+PONG\r\n")
        with server.connect() as other:
            other.expect_close(b"-ERR max number of clients reached\r\n")


def test_shutdown_is_refused_unless_it_was_allowed(start):
    with start("--listen", "redis://127.0.0.1:0").connect() as wire:
        wire.send(b"SHUTDOWN\r\n")
        assert wire.read_line().startswith(b"-ERR SHUTDOWN is not allowed")
        wire.ask(b"PING\r\n", b"+PONG\r\n")


def test_shutdown_stops_a_server_that_allows_it(start):
    server = start("--listen", "redis://127.0.0.1:0", "--allow-shutdown")
    with server.connect() as wire:
        wire.send(b"SHUTDOWN NOSAVE\r\n")
        wire.expect_close()
    assert server.wait() == 0


def test_the_memory_limit_is_changed_while_the_server_runs(both):
    with both.connect(1) as wire:
        wire.ask(request(b"CONFIG", b"SET", b"maxmemory", b"100kb"), b"+OK\r\n")
        wire.ask(request(b"SET", b"k", b"v" * 200_000), b"-OOM command not allowed when used memory > 'maxmemory'.\r\n")
        wire.ask(request(b"CONFIG", b"SET", b"maxmemory", b"0"), b"+OK\r\n")
        wire.ask(request(b"SET", b"k", b"v" * 200_000), b"+OK\r\n")


# One store under both dialects


def test_what_memcached_stores_redis_reads(both):
    with both.connect(0) as memcache, both.connect(1) as redis:
        memcache.ask(b"set k 42 1000 5\r\nhello\r\n", b"STORED\r\n")
        redis.ask(b"GET k\r\n", b"$5\r\nhello\r\n")
        redis.send(b"TTL k\r\n")
        assert int(redis.read_line()[1:]) in range(990, 1001)


def test_what_redis_stores_memcached_reads(both):
    with both.connect(0) as memcache, both.connect(1) as redis:
        redis.ask(b"SET k hello PX 1000000\r\n", b"+OK\r\n")
        memcache.ask(b"get k\r\n", b"VALUE k 0 5\r\nhello\r\nEND\r\n")
        memcache.send(b"mg k t\r\n")
        assert int(memcache.read_line().split(b"t")[1]) in range(990, 1001)


def test_flags_and_expiry_stay_while_redis_changes_a_value(both):
    with both.connect(0) as memcache, both.connect(1) as redis:
        memcache.ask(b"set n 42 1000 1\r\n5\r\n", b"STORED\r\n")
        redis.ask(b"INCR n\r\n", b":6\r\n")
        redis.ask(b"APPEND n 0\r\n", b":2\r\n")
        redis.ask(b"RENAME n m\r\n", b"+OK\r\n")
        memcache.ask(b"get m\r\n", b"VALUE m 42 2\r\n60\r\nEND\r\n")
        redis.send(b"TTL m\r\n")
        assert int(redis.read_line()[1:]) in range(990, 1001)


def cas_of(memcache, key):
    memcache.send(b"gets %s\r\n" % key)
    cas = memcache.read_line().split(b" ")[4]
    memcache.read_line(), memcache.read_line()
    return cas


def test_cas_changes_with_every_change_that_redis_makes_and_with_expire(both):
    with both.connect(0) as memcache, both.connect(1) as redis:
        redis.ask(b"SET k 1\r\n", b"+OK\r\n")
        seen = [cas_of(memcache, b"k")]
        for change, answer in ((b"SET k 2", b"+OK\r\n"), (b"INCR k", b":3\r\n"), (b"EXPIRE k 100", b":1\r\n"), (b"PERSIST k", b":1\r\n")):
            redis.ask(change + b"\r\n", answer)
            seen.append(cas_of(memcache, b"k"))
        assert len(set(seen)) == len(seen)
        memcache.ask(b"cas k 0 0 1 %s\r\nx\r\n" % seen[-2], b"EXISTS\r\n")
        memcache.ask(b"cas k 0 0 1 %s\r\nx\r\n" % seen[-1], b"STORED\r\n")
        redis.ask(b"GET k\r\n", b"$1\r\nx\r\n")


def queue_watching(redis, key):
    redis.ask(b"WATCH %s\r\nMULTI\r\nSET k done\r\n" % key, b"+OK\r\n+OK\r\n+QUEUED\r\n")


changes_of_k = {
    "append": (b"append k 0 0 1\r\nx\r\n", b"STORED\r\n"),
    "a set": (b"set k 0 0 1\r\n5\r\n", b"STORED\r\n"),
    "a set under the same cas number": (b"ms k 1 E%(cas)s\r\n5\r\n", b"HD\r\n"),
    "touch": (b"touch k 100\r\n", b"TOUCHED\r\n"),
    "gat": (b"gat 100 k\r\n", b"VALUE k 0 1\r\n5\r\nEND\r\n"),
    "mg with a new expiry": (b"mg k T100\r\n", b"HD\r\n"),
    "md": (b"md k\r\n", b"HD\r\n"),
    "md that leaves it as stale": (b"md k I\r\n", b"HD\r\n"),
    "ma": (b"ma k\r\n", b"HD\r\n"),
    "ma of 0": (b"ma k D0\r\n", b"HD\r\n"),
    "flush_all": (b"flush_all\r\n", b"OK\r\n"),
    "flush_all after a while": (b"flush_all 5\r\ndebugtime 5\r\n", b"OK\r\nOK\r\n"),
    "expiry": (b"debugtime 1000\r\n", b"OK\r\n"),
}


@pytest.mark.parametrize("change, answer", changes_of_k.values(), ids=changes_of_k)
def test_a_change_by_a_memcached_client_stops_a_transaction(start, change, answer):
    server = start("--listen", "memcache://127.0.0.1:0", "--listen", "redis://127.0.0.1:0", "--virtual-clock")
    with server.connect(0) as memcache, server.connect(1) as redis:
        memcache.ask(b"debugtime p\r\nset k 0 1000 1\r\n5\r\n", b"OK\r\nSTORED\r\n")
        queue_watching(redis, b"k")
        memcache.ask(change.replace(b"%(cas)s", cas_of(memcache, b"k")), answer)
        redis.ask(b"EXEC\r\n", b"*-1\r\n")


changes_of_a_missing_key = {
    "made": (b"set k 0 0 1\r\n5\r\n", b"STORED\r\n"),
    "made under the cas number 0": (b"ms k 1 E0\r\n5\r\n", b"HD\r\n"),
    "made by the client that is to fill it": (b"mg k N100\r\n", b"HD W\r\n"),
    "made and deleted again": (b"set k 0 0 1\r\n5\r\ndelete k\r\n", b"STORED\r\nDELETED\r\n"),
    "made and flushed": (b"set k 0 0 1\r\n5\r\nflush_all\r\n", b"STORED\r\nOK\r\n"),
    "made with no time left": (b"set k 0 -1 1\r\n5\r\n", b"STORED\r\n"),
}


@pytest.mark.parametrize("change, answer", changes_of_a_missing_key.values(), ids=changes_of_a_missing_key)
def test_a_watched_key_that_a_memcached_client_makes_stops_a_transaction(both, change, answer):
    with both.connect(0) as memcache, both.connect(1) as redis:
        queue_watching(redis, b"k")
        memcache.ask(change, answer)
        redis.ask(b"EXEC\r\n", b"*-1\r\n")


no_changes_of_k = {
    "get": (b"get k\r\n", b"VALUE k 0 1\r\n5\r\nEND\r\n"),
    "mg": (b"mg k v\r\n", b"VA 1\r\n5\r\n"),
    "mg that wins": (b"mg k R2000\r\n", b"HD W\r\n"),
    "add": (b"add k 0 0 1\r\n5\r\n", b"NOT_STORED\r\n"),
    "cas": (b"cas k 0 0 1 999999\r\n5\r\n", b"EXISTS\r\n"),
    "md of another number": (b"md k C999999\r\n", b"EX\r\n"),
    "an append that is too large": (b"append k 0 0 20\r\n" + b"x" * 20 + b"\r\n", b"NOT_STORED\r\n"),
    "a flush to come": (b"flush_all 500\r\n", b"OK\r\n"),
}


@pytest.mark.parametrize("request_bytes, answer", no_changes_of_k.values(), ids=no_changes_of_k)
def test_a_memcached_client_that_changes_nothing_stops_no_transaction(start, request_bytes, answer):
    server = start("--listen", "memcache://127.0.0.1:0", "--listen", "redis://127.0.0.1:0", "--max-item-size", "20")
    with server.connect(0) as memcache, server.connect(1) as redis:
        memcache.ask(b"set k 0 1000 1\r\n5\r\n", b"STORED\r\n")
        queue_watching(redis, b"k")
        memcache.ask(request_bytes, answer)
        redis.ask(b"EXEC\r\n", b"*1\r\n+OK\r\n")


# Every command inside MULTI


words_of = {
    b"client|kill": [b"id", b"999"], b"client|no-evict": [b"on"], b"client|no-touch": [b"on"], b"client|reply": [b"on"],
    b"client|setinfo": [b"lib-name", b"x"], b"config|get": [b"*"], b"config|set": [b"maxmemory", b"1gb"], b"command|docs": [b"get"],
    b"command|getkeys": [b"get", b"k"], b"command|getkeysandflags": [b"get", b"k"], b"command|info": [b"get"], b"hello": [b"3"],
    b"auth": [b"default", b"x"], b"scan": [b"0"], b"select": [b"0"], b"keys": [b"*"], b"debugtime": [b"p"],
}


def all_commands(redis):
    """Every command and subcommand: its words, and where its keys are."""
    def rows_of(value):
        for _, (name, arity, _, first, last, step, _, _, _, subcommands) in value:
            if not subcommands[1] or name[1] == b"command":
                yield name[1], abs(int(arity[1])), int(first[1])
            yield from rows_of(subcommands[1])

    redis.send(request(b"COMMAND") + request(b"QUIT"))
    for name, arity, first_key in rows_of(Reader(redis.read_to_close()).value()[1]):
        words = name.split(b"|")
        words += words_of.get(name, [b"k" if len(words) + i == first_key else b"1" for i in range(arity - len(words))])
        yield words


def test_every_command_is_carried_out_inside_a_transaction_under_its_lock(start):
    """In builds that check the order of locks a command that took one against it would end the server."""
    server = start("--listen", "redis://127.0.0.1:0", "--virtual-clock")
    with server.connect() as redis:
        commands = list(all_commands(redis))
    immediate = {b"multi", b"exec", b"discard", b"watch", b"quit", b"reset"}
    assert len(commands) > 80
    for words in commands:
        with server.connect() as redis:
            redis.ask(b"SET k 1\r\nWATCH k\r\nMULTI\r\n", b"+OK\r\n+OK\r\n+OK\r\n")
            redis.send(request(*words))
            answer = redis.read_line()
            if words[0] in immediate:
                continue
            assert answer == b"+QUEUED", (words, answer)
            redis.send(request(b"EXEC") + request(b"QUIT"))
            kind, replies = Reader(redis.read_to_close()).value()
            assert (kind, len(replies)) == (b"*", 1), words
    with server.connect() as redis:
        redis.ask(b"PING\r\n", b"+PONG\r\n")


def test_a_key_that_memcached_cannot_name_is_redis_own(both):
    with both.connect(0) as memcache, both.connect(1) as redis:
        redis.ask(request(b"SET", b"two words", b"x"), b"+OK\r\n")
        redis.ask(request(b"SET", b"k" * 251, b"x"), b"+OK\r\n")
        redis.ask(b"DBSIZE\r\n", b":2\r\n")
        memcache.ask(b"get two words\r\n", b"END\r\n")


def test_flush_all_is_for_both(both):
    with both.connect(0) as memcache, both.connect(1) as redis:
        redis.ask(b"SET k 1\r\n", b"+OK\r\n")
        memcache.ask(b"flush_all\r\n", b"OK\r\n")
        redis.ask(b"DBSIZE\r\n", b":0\r\n")


# Input nobody should send


@pytest.fixture
def redis(start):
    return start("--listen", "redis://127.0.0.1:0")


def test_announced_bytes_that_do_not_come_take_no_memory(redis):
    wires = [redis.connect() for _ in range(50)]
    for wire in wires:
        wire.ask(b"PING\r\n", b"+PONG\r\n")
    before = redis.resident_kib()  # with a thread for each
    for number, wire in enumerate(wires):
        wire.send(b"*1048576\r\n$1\r\nx\r\n$1000000\r\n" if number % 2 else b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1000000\r\n")
    with redis.connect() as good:
        good.ask(b"PING\r\n", b"+PONG\r\n")
    assert redis.resident_kib() - before < 20_000
    for wire in wires:
        wire.close()


protocol_errors = {
    "a thousand million words": (b"*1000000000\r\n", b"invalid multibulk length"),
    "less than none": (b"*-2\r\n", b"invalid multibulk length"),
    "two gigabytes": (b"*1\r\n$2147483648\r\n", b"invalid bulk length"),
    "a million arrays inside each other": (b"*1\r\n" * 1_000_000, b"expected '$', got '*'"),
    "an integer": (b"*1\r\n:5\r\n", b"expected '$', got ':'"),
    "a dictionary": (b"*2\r\n$3\r\nGET\r\n%1\r\n", b"expected '$', got '%'"),
}


@pytest.mark.parametrize("data, why", protocol_errors.values(), ids=protocol_errors)
def test_what_cannot_be_followed_is_a_protocol_error_at_once_and_a_close(redis, data, why):
    with redis.connect() as good:
        good.ask(b"PING\r\n", b"+PONG\r\n")
        before = redis.resident_kib()
        with redis.connect() as wire:
            try:
                wire.send(data)
            except OSError:
                pass  # It was closed before all was sent.
            wire.expect_close(b"-ERR Protocol error: " + why + b"\r\n")
        assert redis.resident_kib() - before < 2_000 * pace.slow_factor
        good.ask(b"PING\r\n", b"+PONG\r\n")


still_open = {  # Redis 7.0 takes floats of up to 5,119 bytes, and of no more than its long double holds.
    "arity": (b"GET", b"-ERR wrong number of arguments for 'get' command"),
    "unknown": (b"NONSENSE", b"-ERR unknown command 'NONSENSE', with args beginning with: "),
    "no integer": (b"INCR text", b"-ERR value is not an integer or out of range"),
    "overflow": (b"INCR most", b"-ERR increment or decrement would overflow"),
    "no float": (b"INCRBYFLOAT f " + b"1" * 5120, b"-ERR value is not a valid float"),
    "wrong type": (b"APPEND list x", b"-WRONGTYPE Operation against a key holding the wrong kind of value"),
}


@pytest.mark.parametrize("command, error", still_open.values(), ids=still_open)
def test_a_wrong_command_is_redis_own_error_and_the_connection_stays_open(start, command, error):
    server = start("--listen", "redis://127.0.0.1:0", "--listen", "miniredis://127.0.0.1:0")
    with server.connect(1) as miniredis:
        miniredis.ask(b"*3\r\n+SET\r\n+list\r\n*1\r\n:1\r\n", b":1\r\n")
    with server.connect() as wire:
        wire.ask(b"MSET text x most 9223372036854775807\r\n", b"+OK\r\n")
        wire.ask(command + b"\r\n", error + b"\r\n")
        wire.ask(b"PING\r\n", b"+PONG\r\n")


def test_many_words_count_against_the_memory_limit(start):
    server = start("--listen", "redis://127.0.0.1:0", "--memory-limit", "10m")
    before = server.resident_kib()
    with server.connect() as wire:
        wire.send(b"*1000001\r\n$3\r\nDEL\r\n" + b"$20\r\n12345678901234567890\r\n" * 1_000_000)
        assert wire.read_line() == b"-OOM command not allowed when used memory > 'maxmemory'."
        wire.ask(b"PING\r\n", b"+PONG\r\n")
    assert server.resident_kib() - before < 60_000 * pace.slow_factor


@pytest.mark.parametrize("opening", [b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 20\r\n\r\nSET k hacked\r\n",
                                     b"GET / HTTP/1.0\r\n\r\n", b"Host: x\r\nSET k hacked\r\n", b"SSH-2.0-OpenSSH_9.2p1\r\nSET k hacked\r\n",
                                     b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"])
def test_another_protocol_is_closed_and_nothing_in_it_is_carried_out(redis, opening):
    with redis.connect() as wire:
        wire.send(opening)
        wire.expect_close()
    with redis.connect() as wire:
        wire.ask(b"EXISTS k\r\n", b":0\r\n")


def test_a_monitor_that_does_not_read_hinders_nobody(redis):
    with redis.connect() as monitor, redis.connect() as wire:
        monitor.ask(b"MONITOR\r\n", b"+OK\r\n")
        for _ in range(20):
            wire.send(request(b"SET", b"k", b"v" * 100_000) * 5)
            wire.expect(b"+OK\r\n" * 5)
        wire.ask(b"PING\r\n", b"+PONG\r\n")


def test_a_client_asks_for_no_answers(redis):
    with redis.connect() as wire:
        wire.send(b"CLIENT REPLY OFF\r\nSET k 1\r\nINCR k\r\n")
        wire.ask(b"CLIENT REPLY ON\r\n", b"+OK\r\n")
        wire.ask(b"CLIENT REPLY SKIP\r\nINCR k\r\nGET k\r\n", b"$1\r\n3\r\n")


def clients_of(redis):
    redis.send(request(b"INFO", b"clients") + request(b"ECHO", b"end"))
    while not (line := redis.read_line()).startswith(b"connected_clients:"):
        pass
    while redis.read_line() != b"end":
        pass
    return int(line.split(b":")[1])


def test_what_changes_something_waits_while_a_pause_lasts(start):
    server = start("--listen", "redis://127.0.0.1:0")
    with server.connect() as boss, server.connect() as writer:
        boss.ask(request(b"CLIENT", b"PAUSE", b"600000", b"WRITE"), b"+OK\r\n")
        writer.send(b"PING\r\nSET k v\r\n")
        writer.expect(b"+PONG\r\n")
        boss.ask(b"GET k\r\n", b"$-1\r\n")
        boss.ask(b"CLIENT UNPAUSE\r\n", b"+OK\r\n")
        writer.expect(b"+OK\r\n")


def test_a_client_that_hangs_up_waits_no_longer_and_its_request_is_dropped(start):
    server = start("--listen", "redis://127.0.0.1:0")
    with server.connect() as boss, server.connect() as writer:
        boss.ask(request(b"CLIENT", b"PAUSE", b"600000", b"WRITE"), b"+OK\r\n")
        writer.send(b"PING\r\nSET k v\r\n")
        writer.expect(b"+PONG\r\n")
        writer.close()
        pace.wait_until(lambda: clients_of(boss) == 1, "the client that waited is gone")
        boss.ask(b"CLIENT UNPAUSE\r\nGET k\r\n", b"+OK\r\n$-1\r\n")


def test_a_stop_ends_a_pause_and_carries_out_what_waits(start):
    server = start("--listen", "redis://127.0.0.1:0", "--drain-timeout", "60")
    with server.connect() as redis:
        redis.ask(b"CLIENT PAUSE 600000\r\nSET k v\r\n", b"+OK\r\n")
        server.stop(within=10)
        assert redis.read_to_close() == b"+OK\r\n"


def test_a_stop_ends_a_sleep(start):
    server = start("--listen", "redis://127.0.0.1:0", "--drain-timeout", "60")
    with server.connect() as sleeper, server.connect() as other:

        def is_asleep():
            other.send(b"CLIENT LIST\r\n")
            return b" cmd=debug " in other.read_exactly(int(other.read_line()[1:]) + 2)

        sleeper.send(b"DEBUG SLEEP 600\r\n")
        pace.wait_until(is_asleep, "the sleep has begun")
        server.stop(within=10)
        assert sleeper.read_to_close() == b"+OK\r\n"


def test_a_sleep_is_in_the_slow_log_and_holds_up_nobody(start):
    server = start("--listen", "redis://127.0.0.1:0")
    with server.connect() as sleeper, server.connect() as other:
        sleeper.send(b"CLIENT SETNAME me\r\nMULTI\r\nDEBUG SLEEP 0.3\r\nEXEC\r\n")
        other.ask(b"SET k v\r\n", b"+OK\r\n")
        sleeper.expect(b"+OK\r\n+OK\r\n+QUEUED\r\n*1\r\n+OK\r\n")
        other.send(request(b"SLOWLOG", b"GET") + request(b"QUIT"))
        (_, (_, _, microseconds, words, address, name)), *_ = Reader(other.read_to_close()).value()[1]
        assert 300_000 <= int(microseconds[1]) < 10_000_000
        assert ([word for _, word in words[1]], name[1]) == ([b"DEBUG", b"SLEEP", b"0.3"], b"me")
        assert address[1].startswith(b"127.0.0.1:")
