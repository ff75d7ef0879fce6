"""Compares kvserver with memcached and Redis; scripts/bench.sh prepares the programs and calls this.

Writes results.json, a table of medians, spreads and ratios, and a chart of throughput and tail latency."""

import argparse
import datetime
import json
import os
import pathlib
import platform
import re
import statistics
import subprocess
import sys

from loads import CONFIGURATIONS, Failure, LoadPoint, Programs, Server, Settings, all_points

try:
    import matplotlib
    matplotlib.use("Agg")  # there is no display
    import matplotlib.pyplot as plt
    import matplotlib.ticker as ticker
except ModuleNotFoundError:
    matplotlib = None

QUICK_POINTS = ("1x1", "50x1", "500x1", "50x16", "value-64k", "start", "memory", "connects", "crowd")
QUICK_SERVERS = ("kvserver", "memcached -t 1", "kvserver (RESP)", "redis")

FAMILIES = {
    "memcached": ("kvserver", ("memcached -t 1", "memcached -t 2")),
    "Redis": ("kvserver (RESP)", ("redis", "redis io-threads 2")),
}

# kvserver's goals: point, family, metric, at least / at most, bound, relative to what.
GOALS = [
    ("1x1", "memcached", "requests/s", ">=", 2.0, "ratio"),
    ("1x1", "memcached", "p50 us", "<=", 0.5, "ratio"),
    ("50x1", "memcached", "requests/s", ">=", 1.0, "ratio"),
    ("50x1", "memcached", "p99 us", "<=", 2.0, "ratio"),
    ("500x1", "memcached", "requests/s", ">=", 0.9, "ratio"),
    ("50x16", "memcached", "requests/s", ">=", 6.0, "ratio"),
    ("50x16", "Redis", "requests/s", ">=", 1.25, "ratio"),
    ("value-64k", "memcached", "requests/s", ">=", 1.0, "ratio"),
    ("value-64k", "Redis", "requests/s", ">=", 1.2, "ratio"),
    ("value-1m", "memcached", "requests/s", ">=", 1.0, "ratio"),
    ("value-1m", "Redis", "requests/s", ">=", 1.2, "ratio"),
    ("start", "memcached", "ms", "<=", 0.5, "ratio"),
    ("connects", "memcached", "requests/s", ">=", 1.0, "ratio"),
    ("memory", "memcached", "B per item", "<=", 215, "own"),
    ("crowd", "memcached", "p99 crowded / alone", "<=", 2.0, "own"),
    ("crowd", "memcached", "KiB per connection", "<=", 64, "own"),
]

# Okabe and Ito's palette, which colour-blind readers can distinguish.
COLOURS = {"memcached": "#0072B2", "Redis": "#D55E00", "kvserver": "#009E73", "kvserver (RESP)": "#8FD4BC"}


def series(point, server, metric):
    """The figures of the rounds that have one."""
    return [found[server][metric] for found in point["rounds"]
            if found.get(server, {}).get(metric) is not None]


def best_peer(point, family, metric):
    """The peer's best configuration at this point, by throughput where that was measured."""
    by = "requests/s" if any(series(point, name, "requests/s") for name in FAMILIES[family][1]) else metric
    measured = {name: statistics.median(series(point, name, by))
                for name in FAMILIES[family][1] if series(point, name, by)}
    if not measured:
        return None
    return (max if by == "requests/s" else min)(measured, key=measured.get)


def ratios(point, family, metric):
    """kvserver's figure divided by the best peer's, round by round."""
    ours, peer = FAMILIES[family][0], best_peer(point, family, metric)
    return [found[ours][metric] / found[peer][metric] for found in point["rounds"]
            if peer and found.get(ours, {}).get(metric) and found.get(peer, {}).get(metric)]


def number(value):
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def spread(values, unit=""):
    if not values:
        return "-"
    text = f"{number(statistics.median(values))}{unit}"
    return text if len(values) == 1 else f"{text} ({number(min(values))}-{number(max(values))})"


def rows(header, lines):
    return "\n".join(["| " + " | ".join(header) + " |", "|---" * len(header) + "|",
                      *("| " + " | ".join(line) + " |" for line in lines)]) + "\n"


def comparison(points, metric):
    """A row per point; columns for kvserver, its peer and their ratio, for both protocols."""
    lines = []
    for name, point in points.items():
        line = [name]
        for family, (ours, _) in FAMILIES.items():
            peer = best_peer(point, family, metric)
            line += [spread(series(point, ours, metric)),
                     f"{spread(series(point, peer, metric))} {configuration(peer)}" if peer else "-",
                     f'**{spread(ratios(point, family, metric), "x")}**' if peer else "-"]
        if any(cell != "-" for cell in line[1:]):
            lines.append(line)
    header = ["point", "kvserver", "memcached", "ratio", "kvserver, RESP", "Redis", "ratio"]
    return rows(header, lines)


def each_server(points, metric):
    """A row per point; a column per server, and kvserver's ratio to the best peer of each protocol."""
    servers = [name for name in CONFIGURATIONS if any(series(point, name, metric) for point in points.values())]
    families = [family for family in FAMILIES if any(ratios(point, family, metric) for point in points.values())]
    lines = [[name, *(spread(series(point, server, metric)) for server in servers),
              *(f'**{spread(ratios(point, family, metric), "x")}**' for family in families)]
             for name, point in points.items()]
    return rows(["point", *servers, *(f"ratio to {family}" for family in families)], lines)


def configuration(name):
    """ '-t 2' of 'memcached -t 2'; nothing for the plain one. """
    return " ".join(name.split()[1:])


def goals(points):
    lines = []
    for name, family, metric, relation, bound, of in GOALS:
        point = points.get(name)
        if not point:
            continue
        unit = f"x {family}" if of == "ratio" else ""
        found = ratios(point, family, metric) if of == "ratio" else series(point, FAMILIES[family][0], metric)
        if not found:
            lines.append([name, metric, f"{relation} {bound}{unit}", "not measured", "-"])
            continue
        middle = statistics.median(found)
        reached = middle >= bound if relation == ">=" else middle <= bound
        lines.append([name, metric, f"{relation} {bound}{unit}", spread(found), "yes" if reached else "**no**"])
    return rows(["point", "figure", "goal", "measured", "reached"], lines) if lines else ""


def every_metric(point, names):
    measured = [figures for found in point["rounds"] for figures in found.values() if "failed" not in figures]
    metrics = [metric for metric in (measured or [{}])[0] if metric not in ("hit share", "other CPU share")]
    lines = [[name, *(spread(series(point, name, metric)) for metric in metrics)] for name in names]
    return rows(["server", *metrics], lines)


def failures(points):
    return [f'- {name}, {server}: {figures["failed"]}' for name, point in points.items()
            for found in point["rounds"][:1] for server, figures in found.items() if "failed" in figures]


def noise(points):
    shares = [figures["other CPU share"] for point in points.values() for found in point["rounds"]
              for figures in found.values() if "other CPU share" in figures]
    if not shares:
        return "not known"
    return f"{statistics.median(shares):.0%} of a core in the median measurement, {max(shares):.0%} in the worst"


def load_tables(points):
    text = ""
    for metric, title in (("requests/s", "Requests per second"), ("p50 us", "Latency, median, in microseconds"),
                          ("p99 us", "Latency, 99th percentile, in microseconds")):
        text += f"\n## {title}\n\nClients x pipeline; values of 100 bytes and 90 % gets unless named.\n\n" \
                f"{comparison(points, metric)}"
    return text + "\n## CPU time of the server per request, in microseconds\n\n" \
                  "User and system, all threads; polling for the next request counts too.\n\n" \
                  f'{each_server(points, "server CPU us")}'


def table(results):
    run, points = results["run"], results["points"]
    loads = {name: point for name, point in points.items() if point["load"] and point["rounds"]}
    text = f"""# kvserver compared with memcached and Redis

{run['date']}, source {run['source']}. Medians of {run['rounds']} rounds of {run['seconds']:g} s after
{run['warm_up']:g} s of warm-up (least-most in brackets). Within a round the servers take turns; ratios are taken within
rounds, against the peer's configuration that was best at that point. All on one machine, load generator included.

- machine: {run['machine']}
- used by other processes meanwhile: {noise(points)}
- versions: {', '.join(f'{name} {version}' for name, version in run['versions'].items())}
"""
    text += "".join(f"- {name}: `{command}`\n" for name, command in run["commands"].items())
    if goals(points):
        text += f"\n## Goals\n\n{goals(points)}"
    if loads:
        text += load_tables(loads)
    for name, point in points.items():
        if name not in loads and point["rounds"]:
            text += f'\n## {point["title"]}\n\n{every_metric(point, run["commands"])}'
    if failures(points):
        text += "\n## Failed\n\n" + "\n".join(failures(points)) + "\n"
    if loads:
        text += "\n## Loads\n\n" + "".join(f'- {name}: `kvbench {point["load"]}`\n' for name, point in loads.items())
    return text


def draw(results, out):
    points = {name: point for name, point in results["points"].items() if point["load"] and point["rounds"]}
    if not points:
        return
    width = max(10, 2 + 0.62 * len(points))
    figure, (top, middle, bottom) = plt.subplots(3, 1, figsize=(width, 13), constrained_layout=True)
    draw_ratios(top, points)
    draw_bars(middle, points, "requests/s", "Requests per second (log scale)")
    draw_bars(bottom, points, "p99 us", "99th percentile of latency, microseconds (log scale); lower is better")
    run = results["run"]
    figure.suptitle(f'kvserver compared with memcached {run["versions"]["memcached"]} and Redis '
                    f'{run["versions"]["redis-server"]}\n{run["machine"]}; load generator on the same machine',
                    fontsize=11)
    for kind in ("svg", "png"):
        figure.savefig(out / f"chart.{kind}", dpi=110)
    plt.close(figure)


def label_points(axes, points):
    axes.set_xticks(range(len(points)), points, rotation=35, ha="right")
    axes.set_xlim(-0.6, len(points) - 0.4)
    axes.spines[["top", "right"]].set_visible(False)
    for edge, (before, after) in enumerate(zip(list(points.values()), list(points.values())[1:])):
        if before["group"] != after["group"]:
            axes.axvline(edge + 0.5, color="#BBBBBB", linewidth=0.8, linestyle=":")


def draw_ratios(axes, points):
    """Median and range of the ratios over the rounds."""
    for offset, family in ((-0.12, "memcached"), (0.12, "Redis")):
        found = {index: ratios(point, family, "requests/s") for index, point in enumerate(points.values())}
        found = {index: values for index, values in found.items() if values}
        if not found:
            continue
        medians = [statistics.median(values) for values in found.values()]
        below = [middle - min(values) for middle, values in zip(medians, found.values())]
        above = [max(values) - middle for middle, values in zip(medians, found.values())]
        axes.errorbar([index + offset for index in found], medians, yerr=[below, above], fmt="o", capsize=3,
                      color=COLOURS[family], label=f"kvserver / {family}")
        for index, middle in zip(found, medians):
            axes.annotate(f"{middle:.2f}" if middle < 10 else f"{middle:.0f}", (index + offset, middle), xytext=(5 if offset > 0 else -5, 3),
                          textcoords="offset points", fontsize=7, color=COLOURS[family],
                          ha="left" if offset > 0 else "right")
    draw_goals(axes, points)
    axes.axhline(1, color="black", linewidth=0.8)
    axes.set_yscale("log")
    ticks = [tick for tick in (0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 8, 12)
             if axes.get_ylim()[0] <= tick <= axes.get_ylim()[1]]
    axes.set_yticks(ticks, [f"{tick:g}x" for tick in ticks])
    axes.minorticks_off()
    axes.set_title("Throughput of kvserver as a multiple of its peer's, same protocol; above 1x kvserver is faster",
                   loc="left", fontsize=10)
    axes.legend(loc="upper left", frameon=False)
    label_points(axes, points)


def draw_goals(axes, points):
    """A hollow triangle at kvserver's goal."""
    places = list(points)
    goals = [(places.index(name) + (-0.12 if family == "memcached" else 0.12), bound, COLOURS[family])
             for name, family, metric, _, bound, of in GOALS
             if name in places and metric == "requests/s" and of == "ratio"]
    for number, (place, bound, colour) in enumerate(goals):
        axes.plot(place, bound, marker="^", color=colour, fillstyle="none", linestyle="none",
                  label="goal" if number == 0 else None)


def short(value, _position=None):
    """ 150000 as "150 k". """
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if value >= size:
            return f"{value / size:g} {unit}"
    return f"{value:g}"


def draw_bars(axes, points, metric, title):
    bars = [(ours, lambda _, name=ours: name) for ours, _ in FAMILIES.values()]
    bars += [(family, lambda point, family=family: best_peer(point, family, metric)) for family in FAMILIES]
    order = ["kvserver", "memcached", "kvserver (RESP)", "Redis"]
    bars.sort(key=lambda bar: order.index(bar[0]))
    for number, (label, server_of) in enumerate(bars):
        heights = [median_or_none(point, server_of(point), metric) for point in points.values()]
        places = [(index + (number - 1.5) * 0.2, height) for index, height in enumerate(heights) if height]
        if places:
            axes.bar(*zip(*places), width=0.19, color=COLOURS[label], label=label)
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(short)
    axes.minorticks_off()
    axes.set_title(title, loc="left", fontsize=10)
    axes.grid(axis="y", color="#DDDDDD", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.legend(loc="upper left", ncol=4, frameon=False, fontsize=8)
    axes.margins(y=0.15)
    label_points(axes, points)


def median_or_none(point, server, metric):
    values = series(point, server, metric) if server else []
    return statistics.median(values) if values else None


def parse_arguments():
    root = pathlib.Path(__file__).resolve().parents[2]
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
    parser.add_argument("--redraw", action="store_true", help="only rewrite table and chart from results.json")
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
    text = table(results)
    (out / "table.md").write_text(text)
    print(text)
    if matplotlib is None:
        print("bench: no chart without matplotlib (package python3-matplotlib)", file=sys.stderr)
    else:
        draw(results, out)


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
