"""Compares kvserver, memcached and Redis under hostile and heavy loads; scripts/stress.sh calls this.

A line for each load and server: a bystander's GET latency, the memory, and the time of a stop, each with its bound. With
--quick every load is small, and only survival, answers and the stop are asserted."""

import argparse
import contextlib
import os
import pathlib
import pickle
import resource
import sys
import time

from loads import Failure, Programs
from stage import (FULL, Background, Bystander, Connection, Figure, Load, Stage, Target, ZeroMqPeer, repeat, resp, set_keys,
                   set_request)

DRAIN = 5  # seconds: kvserver's --drain-timeout
MIB = 1 << 20


# --- the loads ----------------------------------------------------------------------------------------------------

def evicting(stage, server, ttl=0, setters=1, short_lived=False):
    stage.fill(server, stage.count(1_200_000), ttl)
    time.sleep(stage.seconds(2))  # the first have expired
    others = [Background(set_keys, server, "lock", 1, 10**9, 1 / 20)] if short_lived else []
    time.sleep(stage.seconds(1.5) if short_lived else 0)
    works = [(set_keys, server, f"new{number}-", ttl, 10**9) for number in range(setters)]
    figures, found = stage.watched(server, 8, *works)
    for other in others:
        other.result()
    return figures | {"sets/s": Figure(sum(rate for rate, _ in found)),
                      "refused": Figure(sum(refused for _, refused in found), at_most=0)}


def transactions(stage, server, commands, writers=0):
    """Commands between MULTI and EXEC, as a client's pipeline() sends them; none may fail."""
    stage.fill(server, 120_000)
    writing = [Background(set_keys, server, "w", 0, 10**6, 0.0005) for _ in range(writers)]
    client, rounds = Connection(server, "redis"), stage.count(3000)
    bystander, failed = Bystander(server), 0
    for number in range(rounds):
        words = [[word.replace(b"#", b"%d" % number) for word in command] for command in commands]
        failed += b"\r\n-" in client.until_mark(resp("MULTI") + b"".join(resp(*command) for command in words) + resp("EXEC"))
    for writer in writing:
        writer.result()
    return bystander.figures() | {f"failed of {rounds}": Figure(failed, at_most=0)}


def requests(stage, server, message, clients=1, scheme="redis", replies=1, before=b"", items=0, seconds=6, p99=None, **bars):
    """The same requests repeatedly; `before` and `items` are stored first."""
    stage.fill(server, stage.count(items))
    client = Connection(server, scheme)
    client.lines(before) if scheme == "memcache" else client.until_mark(before)
    message = message(stage) if callable(message) else message
    figures, done = stage.watched(server, seconds, *[(repeat, server, message, scheme, replies)] * clients, p99=p99, **bars)
    return figures | {"done": Figure(sum(done))}


def lowered_limit(stage, server):
    stage.fill(server, stage.count(1_000_000))
    client, bystander = Connection(server, "redis"), Bystander(server)
    time.sleep(0.1)
    client.lines(resp("CONFIG", "SET", "maxmemory", "2mb" if stage.quick else "8mb"))
    longest, end = 0, time.monotonic() + stage.seconds(4)
    while time.monotonic() < end:
        began = time.monotonic()
        client.lines(resp("SET", "x", "y"))
        longest = max(longest, time.monotonic() - began)
    return bystander.figures() | {"longest SET ms": Figure(1e3 * longest, at_most=100)}


def resized_values(stage, server):
    """Values of one size after another, by 8 clients from the fifth on; then FLUSHALL."""
    sizes = ((1_300_000, 100), (200_000, 1000), (400_000, 1000), (1_300_000, 60), (200_000, 2000), (60_000, 9000),
             (1_300_000, 100), (100_000, 4000))
    for place, (items, size) in enumerate(sizes):
        stage.fill(server, stage.count(items), size=size, name=f"{place}-", clients=8 if place >= 4 else 1,
                   at_once=max(1, 200_000 // size))
    limit, peak = stage.limit(FULL), server.mib()
    Connection(server).lines(b"flush_all\r\n" if server.scheme == "memcache" else resp("FLUSHALL"))
    time.sleep(stage.seconds(2))
    return {"peak / limit": Figure(peak / limit, at_most=1.5),
            "after flush / limit": Figure(server.mib("VmRSS") / limit, at_most=1.2)}


def short_of_memory(stage, server):
    """More clients than fit into the address space."""
    clients = []
    with contextlib.suppress(OSError):
        for _ in range(stage.count(1500)):
            clients.append(Connection(server, "redis"))
            clients[-1].socket.settimeout(2)
    for client in clients:
        with contextlib.suppress(OSError, Failure):
            client.lines(b"PING\r\n")
    for client in clients:
        client.socket.close()
    return {"alive": Figure("yes" if server.lives() else "no")}


# Memory: each sets up a situation, and the peak is measured.

def unread(stage, server, limit, request, clients, items=0, again=False):
    """Clients that send requests and do not read; then, if `again`, everything is flushed and stored again."""
    stage.fill(server, stage.count(items))
    keep = [Connection(server, "redis", 4096) for _ in range(stage.count(clients))]
    for client in keep:
        client.send(request)
    time.sleep(stage.seconds(6))
    if again:
        Connection(server, "redis").lines(resp("FLUSHALL"))
        stage.fill(server, stage.count(items))
    return server.memory(stage.limit(limit), len(keep))


def versions_held(stage, server, limit):
    """Readers that do not read, each of another version of a large value."""
    writer, keep = Connection(server, "redis"), []
    for _ in range(stage.count(60)):
        writer.lines(resp("SET", "k", b"x" * (16 * MIB)))
        keep.append(Connection(server, "redis", 4096))
        keep[-1].send(resp("GET", "k"))
        time.sleep(0.02)
    return server.memory(limit, len(keep))


def unread_monitors(stage, server, limit):
    keep, writer = [Connection(server, "redis", 4096) for _ in range(stage.count(100))], Connection(server, "redis")
    for client in keep:
        client.send(resp("MONITOR"))
    for size, number in ((100, 2000), (1_000_000, 100), (10_000, 500)):
        for _ in range(stage.count(number)):
            writer.lines(resp("SET", "k", b"v" * size))
    return server.memory(limit, len(keep))


def queued_in_multi(stage, server, limit):
    """As many requests as can be queued for EXEC, at most 600,000."""
    client = Connection(server, "redis")
    client.lines(resp("MULTI"))
    for _ in range(stage.count(600)):
        if any(reply != b"+QUEUED\r\n" for reply in client.lines(resp("PING") * 1000, 1000)):
            break
    return server.memory(limit, 1)


def many_requests(stage, server, limit, message, times, clients=1):
    """The same requests from each of the clients, all of which stay connected."""
    keep = [Connection(server, "redis") for _ in range(stage.count(clients) if clients > 1 else 1)]
    for client in keep:
        for number in range(stage.count(times) if times > 1 else 1):
            client.until_mark(message(number) if callable(message) else message)
    return server.memory(limit, len(keep))


def keys_in_exec(stage, server, limit):
    stage.fill(server, stage.count(100_000))
    Connection(server, "redis").until_mark(resp("MULTI") + resp("KEYS", "*") * stage.count(50) + resp("EXEC"))
    return server.memory(limit, 1)


def half_requests(stage, server, limit):
    words = b"*1001\r\n$4\r\nMGET\r\n" + (b"$60\r\n" + b"k" * 60 + b"\r\n") * 740
    keep = []
    for scheme, half in (("redis", words), ("memcache", b"get " + b"k" * 65_000)):
        for _ in range(stage.count(500)):
            keep.append(Connection(server, scheme if scheme in server.ports else "redis"))
            keep[-1].send_what_goes(half)
    time.sleep(stage.seconds(1))
    return server.memory(limit, len(keep))


def busy_zeromq(stage):
    """A request whose key is an integer of a million digits."""
    return ZeroMqPeer.message(pickle.dumps(("get", int.from_bytes(b"\x7f" * stage.count(400_000), "little"), None)))


def zeromq_waiting(stage, server, limit):
    """Large messages that wait for a slow one."""
    keep = [ZeroMqPeer(server)]
    keep[0].send(busy_zeromq(stage))
    for _ in range(stage.count(20)):
        keep.append(ZeroMqPeer(server))
        keep[-1].send_what_goes(ZeroMqPeer.message(bytes(16 * MIB)) * 3)
    return server.memory(limit, len(keep))


def zeromq_unfinished(stage, server, limit):
    keep = [ZeroMqPeer(server) for _ in range(stage.count(40))]
    for client in keep:
        client.send_what_goes(ZeroMqPeer.message(bytes(16 * MIB))[:-10])
    time.sleep(stage.seconds(1))
    return server.memory(limit, len(keep))


# Stopping: each sets up a situation, and then the server gets SIGTERM.

def stop_idle(stage, server):
    stage.fill(server, stage.count(2_000_000))
    return {}


def stop_large_integer(stage, server):
    """Two GETs of an integer of 2,400,000 digits, which a pickle stored."""
    peer = ZeroMqPeer(server)
    peer.send(ZeroMqPeer.message(pickle.dumps(("set", "k", 1 << stage.count(7_999_999)))))
    peer.answer()
    return asked(Connection(server, "redis"), resp("GET", "k")) | asked(Connection(server, "miniredis"), resp("GET", "k"))


def stop_glob(stage, server):
    client = Connection(server, "redis")
    for number in range(stage.count(20)):
        client.until_mark(resp("SET", b"a" * 65_000 + b"%05d" % number, "v"))
    return asked(client, resp("KEYS", b"*" + b"a" * stage.count(32_000) + b"b"))


def stop_exec(stage, server):
    stage.fill(server, stage.count(300_000))
    return asked(Connection(server, "redis"), resp("MULTI") + resp("KEYS", "nothing*") * 300 + resp("EXEC"))


def stop_gone(stage, server):
    """A client has sent 400 slow requests, and left."""
    stage.fill(server, stage.count(300_000))
    client = Connection(server, "redis")
    asked(client, resp("KEYS", "nothing*") * 400)
    client.replies.close()
    client.socket.close()
    time.sleep(stage.seconds(2))
    return {}


def stop_zeromq(stage, server):
    return asked(ZeroMqPeer(server), busy_zeromq(stage))


def stop_unread_log(stage, server):
    """Timeouts have filled the log, a pipe that is not read."""
    keep = [Connection(server, "redis") for _ in range(stage.count(100))]
    for client in keep:
        client.send(b"GET ")
    time.sleep(stage.seconds(2))
    return {}


STILL_OPEN = []  # keeps a situation's clients connected after its function has returned


def asked(client, message):
    STILL_OPEN.append(client)
    client.send(message)
    time.sleep(0.3)
    return {}


# --- the table of loads -------------------------------------------------------------------------------------------

def keys(number):
    return [f"key{place:010}" for place in range(number)]


INCREMENT = ((b"INCR", b"rate:#"), (b"EXPIRE", b"rate:#", b"60"))
RENAME = ((b"SET", b"tmp#", b"x" * 10_000), (b"RENAME", b"tmp#", b"page#"), (b"EXPIRE", b"page#", b"60"))
EVERY_PEER = ("memcached", "redis")
GLOB = b"".join(resp("SET", b"a" * 65_000 + b"%05d" % number, "v") for number in range(5))


def evicts(name, what, **arguments):
    return Load(f"evict-{name}", what, evicting, arguments, EVERY_PEER, FULL, evict=True)


def transaction(name, what, commands, writers):
    return Load(f"multi-{name}-{writers}", f"{what}, full cache, {writers} others write", transactions,
                dict(commands=commands, writers=writers), limit=16, evict=True)


def request(name, what, message, peers=("redis",), **arguments):
    return Load(f"request-{name}", what, requests, dict(message=message, **arguments), peers)


def memory(name, what, work, limit, peers=("redis",), options=(), schemes=("memcache", "redis"), **arguments):
    return Load(f"memory-{name}", what, work, dict(limit=limit, **arguments), peers, limit, options=options, schemes=schemes)


def stops(name, what, work, peers=("redis",), **more):
    return [Load(f"stop-{name}{'-twice' if signals == 2 else ''}", what, work, peers=peers, signals=signals, **more)
            for signals in (1, 2)]


LOADS = [
    evicts("plain", "full cache, a client sets new keys"),
    evicts("ttl", "the same, TTLs of 1 s to 10 h", ttl=36_000),
    evicts("ttl-8", "the same, 8 clients set", ttl=36_000, setters=8),
    evicts("short", "no TTLs, but another client sets 20 keys/s for 1 s", short_lived=True),
    *[transaction("incr", "MULTI INCR EXPIRE EXEC", INCREMENT, writers) for writers in (0, 1, 4)],
    *[transaction("rename", "MULTI SET RENAME EXPIRE EXEC", RENAME, writers) for writers in (0, 1, 4)],
    request("set", "SET of a value of 100 bytes, 2 clients", resp("SET", "k", "v" * 100), clients=2),
    request("float", "INCRBYFLOAT of 1e4900, 2 clients", resp("INCRBYFLOAT", "k", 1) * 100,
            before=resp("SET", "k", "1e4900"), clients=2),
    request("digits", "incr of a million digits", b"incr k 1\r\n" * 20, ("memcached",), scheme="memcache", replies=20,
            before=set_request("memcache", "k", b"1" * 1_000_000)),
    request("watch", "WATCH of 60,000 keys, UNWATCH",
            lambda stage: resp("WATCH", *keys(stage.count(60_000))) + resp("UNWATCH")),
    request("glob", "MULTI KEYS EXEC, a pattern of 32 KB on 5 keys of 64 KB", lambda stage: resp("MULTI") + resp(
        "KEYS", b"*" + b"a" * stage.count(32_000) + b"b") + resp("EXEC"), before=GLOB),
    request("mget", "MGET of a million keys", lambda stage: resp("MGET", *keys(stage.count(10**6))), items=10**6),
    request("exists", "EXISTS of a million keys", lambda stage: resp("EXISTS", *keys(stage.count(10**6))), items=10**6),
    request("del", "DEL of a million keys", lambda stage: resp("DEL", *keys(stage.count(10**6))), items=10**6, seconds=1),
    request("mset", "MSET of 65,536 pairs", lambda stage: resp(
        "MSET", *(word for key in keys(stage.count(65_536)) for word in (key, "v" * 50)))),
    request("keys", "KEYS, 1 client, a million keys", resp("KEYS", "nothing*"), items=10**6),
    request("keys-4", "KEYS, 4 clients, a million keys", resp("KEYS", "nothing*"), items=10**6, clients=4, p99=5),
    request("scan-4", "SCAN COUNT 1000000, 4 clients", resp("SCAN", 0, "COUNT", 10**6), items=10**6, clients=4, p99=5),
    Load("lower", "CONFIG SET maxmemory 8mb of a full cache, then SETs", lowered_limit, limit=FULL, evict=True),
    *stops("idle", "2 million items, nothing going on", stop_idle, EVERY_PEER),
    *stops("integer", "two GETs of an integer of 2.4 million digits", stop_large_integer, (),
           schemes=("memcache", "redis", "miniredis", "zmq")),
    *stops("glob", "KEYS, a pattern of 32 KB on 20 keys of 64 KB", stop_glob),
    *stops("exec", "EXEC of 300 KEYS on 300,000 keys", stop_exec),
    *stops("gone", "400 KEYS of a client that has left", stop_gone),
    *stops("zmq", "a pickle with an integer key of a million digits", stop_zeromq, (), schemes=("memcache", "zmq")),
    *stops("log", "the log is a full pipe", stop_unread_log, (), options=("--request-timeout=1",), unread_log=True),
    memory("zmq-wait", "20 zmq clients, 3 messages of 16 MB waiting", zeromq_waiting, 16, (), schemes=("memcache", "zmq")),
    memory("zmq-half", "40 zmq clients, a message of 16 MB unfinished", zeromq_unfinished, 16, (),
           schemes=("memcache", "zmq")),
    memory("held", "60 readers that do not read, 60 versions of 16 MB", versions_held, 64, options=("--max-item-size=16m",)),
    memory("keys", "8 unread KEYS of a million, FLUSHALL, filled again", unread, FULL, request=resp("KEYS", "*"), clients=8,
           items=10**6, again=True),
    memory("docs", "COMMAND INFO of 20,000 names", many_requests, 16, times=1,
           message=resp("COMMAND", "INFO", *["client"] * 20_000)),
    memory("exec", "MULTI, 50 KEYS of 100,000, EXEC", keys_in_exec, 64),
    memory("names", "100 clients with names of 3 MB", many_requests, 16, clients=100, times=1, message=b"".join(
        resp("CLIENT", *words, b"n" * MIB) for words in (("SETNAME",), ("SETINFO", "LIB-NAME"), ("SETINFO", "LIB-VER")))),
    memory("watch", "2,000 WATCHes of 65 KB, 1 client", many_requests, 16, times=2000,
           message=lambda number: resp("WATCH", b"%07d" % number + b"x" * 65_000)),
    memory("monitor", "100 MONITORs that do not read", unread_monitors, 64),
    memory("multi", "PING queued in MULTI, until it is refused or 600,000 times", queued_in_multi, 64),
    memory("half", "500 half MGETs, 500 half get lines", half_requests, 16, ("redis",)),
    Load("resize", "values of 100, 1,000, 60, 2,000, 9,000, 100, 4,000 bytes", resized_values, {}, EVERY_PEER, FULL,
         evict=True),
    Load("space", "1,500 clients in an address space of 400 MB", short_of_memory, {}, (), 0, address_space=400_000_000),
]

# --- the run ------------------------------------------------------------------------------------------------------

COLUMNS = ("p50 ms", "p99 ms", "max ms", "sets/s", "RSS MiB", "stop s")
WIDTHS = (18, 9, 7, 18, 18, 26, 22, 16, 0, 0)

# A load must reach this share of another one's sets/s, by the same server or by a peer.
LEAST_RATES = {
    "evict-ttl": ((0.8, "evict-plain", "kvserver"), (0.6, "evict-ttl", "memcached")),
    "evict-ttl-8": ((0.8, "evict-plain", "kvserver"), (0.6, "evict-ttl-8", "memcached")),
    "evict-short": ((0.95, "evict-plain", "kvserver"),),
}
BASE = "request-set"  # beside other requests a bystander may wait 10 ms longer than beside this one


def measure(stage, load, name):
    """The figures of one load on one server, and its faults apart from the figures."""
    figures, wrong = {}, ""
    with Target(stage, name, load) as server:
        try:
            figures = load.work(stage, server, **load.arguments)
            figures.setdefault("RSS MiB", Figure(server.mib()))
            if not load.name.startswith("stop-"):
                answers_rightly(server)
        except (OSError, EOFError, Failure) as error:
            wrong = f"failed: {error}"
        wrong = wrong if server.lives() else f"died: {server.last_words()}"
        seconds, status = server.finish(load.signals)
        figures["stop s"] = Figure(seconds, at_most=1 if load.signals == 2 else DRAIN + 1)
        if not wrong and load.signals == 1 and status < 0:
            wrong = f"ended by signal {-status} after SIGTERM"
    STILL_OPEN.clear()
    return figures, wrong


def answers_rightly(server):
    with server.connect() as client:
        server.ask(client)


def say(cells):
    print("| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS)) + " |", flush=True)


def show(load, name, figures, wrong):
    """Prints the line; returns whether it is ok."""
    ours = name == "kvserver"
    over = [metric for metric, figure in figures.items() if figure.is_over()]
    verdict = "-" if not ours else wrong or (f"over: {', '.join(over)}" if over else "ok")
    others = [f"{metric} {figure.text(ours)}" for metric, figure in figures.items() if metric not in COLUMNS]
    cells = [figures[metric].text(ours) if metric in figures else "" for metric in COLUMNS]
    say([load.name, name, *cells, "; ".join(others), verdict if ours else wrong or "-"])
    return verdict == "ok" or not ours


def set_bounds(load, name, figures, before):
    """The bounds that depend on earlier figures: {(load, server, metric): value}."""
    if name == "kvserver" and "sets/s" in figures:
        bars = [part * before[base, server, "sets/s"] for part, base, server in LEAST_RATES.get(load.name, ())
                if (base, server, "sets/s") in before]
        figures["sets/s"] = figures["sets/s"]._replace(at_least=max(bars, default=None))
    if load.work is requests and load.name != BASE and (BASE, name, "max ms") in before:
        figures["max ms"] = figures["max ms"]._replace(at_most=before[BASE, name, "max ms"] + 10)
    before.update(((load.name, name, metric), figure.value) for metric, figure in figures.items())


def run(stage, load, name, before):
    """Runs one load and prints its line; returns whether it is ok."""
    try:
        figures, wrong = measure(stage, load, name)
    except Failure as failure:  # to start
        if "built without" in str(failure):
            print(f"left out: {load.name}: {failure}", file=sys.stderr)
            return True
        figures, wrong = {}, str(failure)
    set_bounds(load, name, figures, before)
    is_good = show(load, name, figures, wrong)
    return not wrong if stage.quick else is_good


def available(programs, peers):
    found = []
    for peer, program in peers.items():
        try:
            programs.path(program)
            found.append(peer)
        except Failure as failure:
            print(f"left out: {failure}", file=sys.stderr)
    return found


def parse_arguments():
    root = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small loads, kvserver only, figures not asserted")
    parser.add_argument("--check", action="store_true", help="exit status 1 when a figure of kvserver exceeds its bound")
    parser.add_argument("--only", action="append", metavar="NAME", help="only loads whose names begin like this; may be repeated")
    parser.add_argument("--list", action="store_true", help="name the loads")
    parser.add_argument("--programs", default=root / "build/release/bin", help="folder of kvserver")
    parser.add_argument("--peers", default=os.environ.get("KV_PEERS", root / "build/peers"),
                        help="folder that scripts/peers.sh filled")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    chosen = [load for load in LOADS if not arguments.only or load.name.startswith(tuple(arguments.only))]
    if arguments.list or not chosen:
        print("\n".join(f"{load.name:20} {load.what}" for load in LOADS))
        return 0 if arguments.list else 2
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    stage = Stage(Programs(arguments.programs, arguments.peers), arguments.quick)
    peers = [] if arguments.quick else available(stage.programs, {"memcached": "memcached", "redis": "redis-server"})
    say(["load", "server", *COLUMNS, "other", "verdict"])
    say(["-" * max(3, width) for width in WIDTHS])
    before = {}
    good = [run(stage, load, name, before) for load in chosen
            for name in (*load.peers, "kvserver") if name in (*peers, "kvserver")]
    return 0 if all(good) or not (arguments.check or arguments.quick) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(f"stress: {failure}")
