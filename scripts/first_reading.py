#!/usr/bin/env python3
"""first_reading.py: the files that together are a complete server, in reading order, and their lines of code.

Comments and blank lines do not count. Fails when the total is above the limit, or when a file in the list is gone.

    scripts/first_reading.py               prints the table
    scripts/first_reading.py --self-test   checks the counting itself
"""

import argparse
import sys
from pathlib import Path

from cpp_source import lines_of_code

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 1500

# In the order of the README. A pattern with '*' stands for every file of that name, header before source.
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


def files_of(pattern: str) -> list[Path]:
    found = [path for path in ROOT.glob(pattern) if path.suffix in (".h", ".cpp")]
    return sorted(found, key=lambda path: (path.stem, path.suffix != ".h"))


def print_table() -> int:
    total, missing = 0, []
    for pattern in READING_ORDER:
        files = files_of(pattern)
        if not files:
            missing.append(pattern)
        for path in files:
            lines = lines_of_code(path.read_text())
            total += lines
            print(f"{lines:6}  {path.relative_to(ROOT)}")
    print(f"{total:6}  lines of code in the first reading, of at most {LIMIT}")
    for pattern in missing:
        print(f"first_reading: no such file: {pattern}", file=sys.stderr)
    return 1 if missing or total > LIMIT else 0


def self_test() -> int:
    cases = [
        ("", 0),
        ("// only a comment\n\n", 0),
        ("int a;  // and a comment\n", 1),
        ("/* one\n   two */\nint a;\n", 1),
        ("/* one */ int a; /* two\n three */ int b;\n", 2),
        ("// continued \\\n on the next line\nint a;\n", 1),
        ('auto a = "// text";\nauto b = "/*";\nint c; /* */\n', 3),
        ('auto a = R"x(\n// raw text\n)x";\n', 3),
        ("int a = 1'000; // one\nchar b = '\"'; // two\nchar c = '\\''; /* three\n*/\n", 3),
    ]
    wrong = [(text, expected) for text, expected in cases if lines_of_code(text) != expected]
    for text, expected in wrong:
        print(f"first_reading: {text!r} has {lines_of_code(text)} lines, not {expected}", file=sys.stderr)
    print(f"first_reading: {len(cases) - len(wrong)} of {len(cases)} cases counted rightly")
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--self-test", action="store_true")
    sys.exit(self_test() if parser.parse_args().self_test else print_table())
