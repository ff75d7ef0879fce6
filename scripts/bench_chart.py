"""Draws results.json: ratios of throughput, throughput itself, and tail latency. Writes chart.svg and chart.png."""

import statistics

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402  (the backend is chosen first: there is no display)
import matplotlib.ticker as ticker  # noqa: E402

from bench_report import FAMILIES, GOALS, best_peer, ratios, series  # noqa: E402

# Okabe and Ito's palette: told apart by colour-blind readers too.
COLOURS = {"memcached": "#0072B2", "Redis": "#D55E00", "kvserver": "#009E73", "kvserver (RESP)": "#8FD4BC"}


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
    figure.suptitle(f'kvserver beside memcached {run["versions"]["memcached"]} and Redis '
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
    """Median and range over the rounds: right of the peer is above the line."""
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
    """A hollow triangle where kvserver means to be."""
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
