#!/usr/bin/env python3
"""first_reading.py: the files that together are a complete server, in reading order, and their lines of code.

Comments and blank lines do not count. Fails when the total is above the limit, when a file in the list is gone, or
when README's route has a file that is not in the list, or another order.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 1500

READING_ORDER = [
    "server/main.cpp",
    "server/server.h",
    "server/server.cpp",
    "server/net/listener.h",
    "server/net/listener.cpp",
    "server/net/registry.h",
    "server/net/registry.cpp",
    "server/net/session.h",
    "server/net/session.cpp",
    "server/command/converse.h",
    "common/stream_buffer.h",
    "common/buffered_stream.h",
    "common/buffered_stream.cpp",
    "server/simple/dialect.h",
    "server/simple/dialect.cpp",
    # The store. What it counts (counters.h, memory_budget.h) and how it gives items up (reclaim.cpp, eviction.*)
    # hangs off this path and is read later.
    "server/store/item.h",
    "server/store/item.cpp",
    "server/store/draft.h",
    "server/store/key_hash.h",
    "server/store/table.h",
    "server/store/table.cpp",
    "server/store/store.h",
    "server/store/store.cpp",
]


def lines_of_code(text: str) -> int:
    lines = (line.strip() for line in text.splitlines())
    return sum(1 for line in lines if line and not line.startswith("//"))


counts = {name: lines_of_code((ROOT / name).read_text()) for name in READING_ORDER}
for name, lines in counts.items():
    print(f"{lines:6}  {name}")
total = sum(counts.values())
print(f"{total:6}  lines of code in the first reading, of at most {LIMIT}")
route = (ROOT / "README.md").read_text().split("## The route of a request")[1].split("Off that path")[0]
stops = re.findall(r"\]\((.*?)\)", route)
if not stops or stops != [name for name in READING_ORDER if name in stops]:
    sys.exit("README's route differs from this list")
sys.exit(total > LIMIT)
