#!/usr/bin/env python3
"""layers.py: prints which module includes which, and checks that each dependency is allowed.

    main -> net -> {memcached, resp, miniredis, simple, zmq} -> command -> store -> common        client -> common
    main -> launch -> common

A module may include itself and every module to its right; the dialects in braces may not include each other. Tests may
include anything, lessons stand alone. Includes are written from the root of the repository.

    scripts/layers.py               prints the dependencies, fails on one that is not allowed
    scripts/layers.py --self-test   tests the check with a few sources, good and bad
"""

import argparse
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Iterable, Optional

ROOT = Path(__file__).resolve().parent.parent
TOP_FOLDERS = ("server", "client", "common", "test")

# The modules, by the longest matching path, and what each may include besides itself.
MODULE_OF = {
    "server/control": "main",
    "server/main": "main",
    "server/command_line": "main",
    "server/commands_page_main": "main",
    "server/manual_page_main": "main",
    "server/option_table": "main",
    "server/options": "main",
    "server/run": "main",
    "server/server": "main",
    "server/launch": "launch",
    "server/net": "net",
    "server/memcached": "memcached",
    "server/resp": "resp",
    "server/miniredis": "miniredis",
    "server/simple": "simple",
    "server/zmq": "zmq",
    "server/command": "command",
    "server/store": "store",
    "server/lessons": "lessons",
    "common": "common",
    "client": "client",
    "client/shell": "shell",
    "client/bench": "bench",
    "client/check": "check",
    "client/lessons": "lessons",
    "test": "test",
}
DIALECTS = {"memcached", "resp", "miniredis", "simple", "zmq"}
MAY_INCLUDE = {
    "main": {"launch", "net", "command", "store", "common"} | DIALECTS,
    "launch": {"common"},
    "net": {"command", "store", "common"} | DIALECTS,
    **{dialect: {"command", "store", "common"} for dialect in DIALECTS},
    "command": {"store", "common"},
    "store": {"common"},
    "common": set(),
    "client": {"common"},
    "shell": {"client", "common"},
    "bench": {"client", "common"},
    "check": {"client", "common"},
    "lessons": set(),
    "test": set(MODULE_OF.values()) - {"lessons"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.MULTILINE)


def module_of(path: str) -> Optional[str]:
    """The module of a file, by its path from the root; None when it is in none."""
    parts = path.split("/")
    parts[-1] = parts[-1].split(".")[0]
    for length in range(len(parts), 0, -1):
        module = MODULE_OF.get("/".join(parts[:length]))
        if module:
            return module
    return None


def includes_of(text: str) -> Iterable[tuple[int, str, bool]]:
    """Line number, path, and whether it is in quotes, of each include in a source."""
    for found in INCLUDE.finditer(text):
        yield text.count("\n", 0, found.start(2)) + 1, found[2], found[1] == '"'


def check(sources: Iterable[tuple[str, str]]) -> tuple[Counter, list[str]]:
    """Checks (path, text) pairs; returns how often each dependency occurs, and a line for each fault."""
    dependencies: Counter = Counter()
    faults = []
    for path, text in sources:
        module = module_of(path)
        if module is None:
            faults.append(f"{path}: is in no module that scripts/layers.py knows")
            continue
        for line, included, quoted in includes_of(text):
            ours = included.split("/")[0] in TOP_FOLDERS
            if not quoted and not ours:
                continue  # the system's or a library's
            target = module_of(included)
            if not quoted:
                faults.append(f"{path}:{line}: <{included}> is ours, write it in quotes")
            elif target is None or not ours:
                faults.append(f"{path}:{line}: \"{included}\" is not written from the repository's root")
            elif module == "lessons" or (target != module and target not in MAY_INCLUDE[module]):
                faults.append(f"{path}:{line}: {module} must not include {target} (\"{included}\")")
            elif target != module:
                dependencies[module, target] += 1
    return dependencies, faults


def sources_of_the_tree() -> Iterable[tuple[str, str]]:
    for folder in TOP_FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".h", ".cpp"):
                yield path.relative_to(ROOT).as_posix(), path.read_text()


def check_tree() -> int:
    dependencies, faults = check(sources_of_the_tree())
    for module in MAY_INCLUDE:
        counts = {target: dependencies[module, target] for target in MAY_INCLUDE}
        targets = [f"{target} ({count})" for target, count in counts.items() if count]
        if targets:
            print(f"{module:>9} -> {', '.join(targets)}")
    for fault in faults:
        print(f"layers: {fault}", file=sys.stderr)
    print(f"layers: {sum(dependencies.values())} includes between modules, {len(faults)} not allowed")
    return 1 if faults else 0


def self_test() -> int:
    allowed = [
        ("server/main.cpp", '#include "server/net/listener.h"'),
        ("server/server.h", '#include "server/options.h"'),
        ("server/net/session.cpp", '#include "server/simple/dialect.h"'),
        ("server/resp/dialect.cpp", '#include "server/store/store.h"'),
        ("server/store/item.h", '#include "server/store/key.h"'),
        ("server/store/item.h", '// #include "server/net/session.h"'),
        ("client/shell/prompt.cpp", '#include "client/client.h"'),
        ("test/e2e/server_test.cpp", '#include "server/server.h"'),
        ("server/lessons/echo.cpp", "#include <string>"),
        ("common/asio.h", "#include <boost/asio/ip/tcp.hpp>"),
    ]
    forbidden = [
        ("server/store/store.cpp", '#include "server/net/session.h"'),
        ("server/command/execute.cpp", '#  include "server/simple/dialect.h"'),
        ("server/net/listener.h", '#include "server/options.h"'),
        ("server/memcached/dialect.h", '#include "server/resp/dialect.h"'),
        ("common/stream.h", '#include "client/client.h"'),
        ("common/stream.h", "#include <server/store/store.h>"),
        ("client/client.cpp", '#include "server/store/store.h"'),
        ("client/client.cpp", '#include "client/shell/prompt.h"'),
        ("client/check/run.cpp", '#include "client/bench/load.h"'),
        ("server/net/session.cpp", '#include "session.h"'),
        ("client/client.cpp", '#include "client.h"'),
        ("server/lessons/echo.cpp", '#include "common/asio.h"'),
        ("server/lessons/echo.cpp", '#include "server/lessons/shared.h"'),
        ("server/attic/old.cpp", "int a;"),
    ]
    wrong = [source for source in allowed if check([source])[1]]
    wrong += [source for source in forbidden if len(check([source])[1]) != 1]
    for path, text in wrong:
        print(f"layers: judged wrongly: {path}: {text}", file=sys.stderr)
    total = len(allowed) + len(forbidden)
    print(f"layers: {total - len(wrong)} of {total} cases judged correctly")
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--self-test", action="store_true")
    sys.exit(self_test() if parser.parse_args().self_test else check_tree())
