"""Runs kvcheck and reads its report."""

import json
import subprocess

from servers import PATIENCE, PROGRAMS


def kvcheck(*words, **options):
    """The finished process; its output as text."""
    command = [PROGRAMS / "kvcheck", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=20 * PATIENCE, **options)


def report(port, mode, *words):
    """kvcheck's JSON report on a server of this machine."""
    finished = kvcheck("--json", "--mode", mode, *words, "127.0.0.1", port)
    return json.loads(finished.stdout)


def names(graded, outcome):
    return [case["name"] for case in graded["cases"] if case["outcome"] == outcome]
