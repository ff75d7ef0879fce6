"""Measures kvserver beside memcached and Redis; scripts/bench.sh prepares the programs and calls this."""

import argparse
import datetime
import json
import os
import pathlib
import platform
import re
import subprocess
import sys

import bench_report
from bench_points import LoadPoint, Settings, all_points
from bench_servers import CONFIGURATIONS, Failure, Programs, Server

QUICK_POINTS = ("1x1", "50x1", "500x1", "50x16", "value-64k", "start", "memory", "connects", "crowd")
QUICK_SERVERS = ("kvserver", "memcached -t 1", "kvserver (RESP)", "redis")


def parse_arguments():
    root = pathlib.Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(prog="scripts/bench.sh", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the main points in two minutes")
    parser.add_argument("--point", action="append", metavar="NAME", help="only this point; may be repeated")
    parser.add_argument("--list", action="store_true", help="name the points")
    parser.add_argument("--server", action="append", metavar="NAME", choices=list(CONFIGURATIONS),
                        help=f'only this one; may be repeated: {", ".join(CONFIGURATIONS)}')
    parser.add_argument("--rounds", type=int, help="rounds of every point (default: 5)")
    parser.add_argument("--seconds", type=float, help="length of one measurement (default: 2; quick: 0.3)")
    parser.add_argument("--programs", default=root / "build/release/bin", help="folder of kvserver and kvbench")
    parser.add_argument("--peers", default=os.environ.get("KV_PEERS", root / "build/peers"),
                        help="folder that scripts/peers.sh filled (default: $KV_PEERS)")
    parser.add_argument("--out", default=root / "build/bench", type=pathlib.Path, help="folder for the results")
    parser.add_argument("--redraw", action="store_true", help="only write table and chart anew from results.json")
    return parser.parse_args()


def make_settings(arguments):
    quick = arguments.quick
    return Settings(
        programs=Programs(arguments.programs, arguments.peers),
        rounds=arguments.rounds or 5,
        seconds=arguments.seconds or (0.3 if quick else 2.0),
        warm_up=0.1 if quick else 0.3,
        items=200_000 if quick else 1_000_000,
        idle_clients=500 if quick else 1000,
        starts=7 if quick else 25,
        crowd=10_000,
        crowd_rounds=arguments.rounds or (2 if quick else 5),
        servers=arguments.server or list(QUICK_SERVERS if quick else CONFIGURATIONS),
        say=lambda text: print(text, file=sys.stderr, flush=True))


def chosen_points(arguments):
    points = {point.name: point for point in all_points()}
    names = arguments.point or (QUICK_POINTS if arguments.quick else points)
    unknown = [name for name in names if name not in points]
    if unknown:
        raise Failure(f'no point named {", ".join(unknown)}; --list names them')
    return [points[name] for name in names]


def describe_run(settings):
    cpu = re.search(r"^model name\s*:\s*(.+)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = re.search(r"^MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text(), re.MULTILINE)
    programs = settings.programs
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": f"{os.cpu_count()} x {cpu.group(1) if cpu else platform.machine()}, "
                   f"{int(memory.group(1)) / 2**20:.0f} GiB, Linux {platform.release()}",
        "load_average": os.getloadavg()[0],
        "versions": {name: programs.version(name) for name in ("kvserver", "kvbench", "memcached", "redis-server")},
        "source": source_state(),
        "commands": {name: plain(Server(programs, name).command) for name in settings.servers},
        "rounds": settings.rounds, "seconds": settings.seconds, "warm_up": settings.warm_up,
        "items": settings.items, "idle_clients": settings.idle_clients, "crowd": settings.crowd,
    }


def plain(command):
    return " ".join([pathlib.Path(command[0]).name, *(word or "''" for word in command[1:])])


def source_state():
    answer = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True,
                            cwd=pathlib.Path(__file__).parent)
    return answer.stdout.strip() or "unknown"


def run_points(points, settings):
    results = {}
    for number, point in enumerate(points, 1):
        settings.say(f"[{number}/{len(points)}] {point.name}: {point.title}")
        try:
            rounds = point.run(settings)
        except Failure as failure:
            settings.say(f"  {failure}")
            rounds = []
        for name, figures in rounds[0].items() if rounds else ():
            if "failed" in figures:
                settings.say(f'  {name}: {figures["failed"]}')
        load = " ".join(point.options()) if isinstance(point, LoadPoint) else ""
        results[point.name] = {"title": point.title, "group": point.group, "load": load, "rounds": rounds}
    return results


def write(out, results):
    out.mkdir(parents=True, exist_ok=True)
    (out / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    table = bench_report.table(results)
    (out / "table.md").write_text(table)
    print(table)
    try:
        import bench_chart
    except ModuleNotFoundError as missing:
        print(f"bench: no chart without {missing.name} (package python3-matplotlib)", file=sys.stderr)
        return
    bench_chart.draw(results, out)


def main():
    arguments = parse_arguments()
    if arguments.list:
        print("\n".join(f"{point.name:12} {point.title}" for point in all_points()))
        return
    if arguments.redraw:
        write(arguments.out, json.loads((arguments.out / "results.json").read_text()))
        return
    settings = make_settings(arguments)
    run = describe_run(settings)
    write(arguments.out, {"run": run, "points": run_points(chosen_points(arguments), settings)})


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"bench: {failure}")
