"""Turns results.json into a table: medians, spreads and ratios."""

import statistics

FAMILIES = {
    "memcached": ("kvserver", ("memcached -t 1", "memcached -t 2")),
    "Redis": ("kvserver (RESP)", ("redis", "redis io-threads 2")),
}

# What kvserver means to reach: point, family, metric, at least / at most, bound, of what.
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


def series(point, server, metric):
    """The figure of every round that has one."""
    return [found[server][metric] for found in point["rounds"]
            if found.get(server, {}).get(metric) is not None]


def best_peer(point, family, metric):
    """The peer's configuration that is best at this point: by throughput, where that was measured."""
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
    """Points down; kvserver, its peer and their ratio across, for both protocols."""
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


def table(results):
    run, points = results["run"], results["points"]
    loads = {name: point for name, point in points.items() if point["load"] and point["rounds"]}
    text = f"""# kvserver beside memcached and Redis

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
    for metric, title in (("requests/s", "Requests per second"), ("p50 us", "Latency, median, in microseconds"),
                          ("p99 us", "Latency, 99th percentile, in microseconds"),
                          ("server CPU us", "CPU seconds of the server per million requests")):
        if loads:
            text += f"\n## {title}\n\nClients x pipeline; values of 100 bytes and 90 % gets unless named.\n\n" \
                    f"{comparison(loads, metric)}"
    for name, point in points.items():
        if name not in loads and point["rounds"]:
            text += f'\n## {point["title"]}\n\n{every_metric(point, run["commands"])}'
    if failures(points):
        text += "\n## Failed\n\n" + "\n".join(failures(points)) + "\n"
    if loads:
        text += "\n## Loads\n\n" + "".join(f'- {name}: `kvbench {point["load"]}`\n' for name, point in loads.items())
    return text
