"""How patient and how thorough the tests are.

KV_SLOW_FACTOR is set for sanitizer builds: deadlines grow by it and counts shrink by it. A deadline is a safety net for a
condition that is waited for, never the thing that is measured.
"""

import os
import time

slow_factor = max(1.0, float(os.environ.get("KV_SLOW_FACTOR", "1")))


def seconds(plain):
    """A deadline of `plain` seconds, stretched for a slow build."""
    return plain * slow_factor


def count(plain, at_least=1):
    """`plain` repetitions, fewer for a slow build."""
    return max(at_least, int(plain / slow_factor))


def wait_until(condition, what, within=20):
    """Polls `condition` until it is true and returns its value; `what` names it when the deadline passes."""
    end = time.monotonic() + seconds(within)
    pause = 0.0001
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds(within):.0f} s in vain: {what}")
        time.sleep(pause)
        pause = min(2 * pause, 0.005)
