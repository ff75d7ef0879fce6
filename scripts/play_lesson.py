#!/usr/bin/env python3
"""play_lesson.py: runs the halves of a lesson and shows their output in order.

    play_lesson.py run|trace PROGRAMS SOURCE

PROGRAMS is the folder of the lessons' programs, SOURCE the file whose header has the "Run:" block. scripts/lesson.sh
calls this.

Lines come out in the order in which they were printed. Two pipes would lose that order; here both sides write to one
datagram socket, which keeps it. A trace is sorted by time: a call that waits is placed where it returned, any other
where it began, so a send is always above the receive that it ended.
"""

import codecs
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading

DEADLINE_S = 60  # a lesson ends by itself; one that hangs is killed
MAX_STRING = 60  # characters of a string in a trace
MAX_CALL = 110

WAITING_CALLS = {"accept", "accept4", "recvfrom", "recvmsg", "read", "select", "pselect6", "poll", "ppoll",
                 "epoll_wait", "epoll_pwait", "wait4", "waitid", "futex"}
# Where the program itself begins, after the loader.
FIRST_CALLS = {"socket", "clone", "clone3"}
# strace's spelling of an address, and the usual one.
ADDRESSES = [(r'\{sa_family=AF_INET, sin_port=htons\((\d+)\), sin_addr=inet_addr\("([^"]*)"\)\}', r"\2:\1"),
             (r'\{sa_family=AF_INET6, sin6_port=htons\((\d+)\),.*?"([^"]*)".*?\}', r"[\2]:\1")]


def header_of(source):
    return [line for line in source.read_text().splitlines() if line.startswith("//")]


def commands_of(source):
    """The programs of the "Run:" block, each with its arguments."""
    found = [re.match(r"//     build/release/lessons/(.*)", line) for line in header_of(source)]
    return [match[1].split() for match in found if match]


def traced_calls(program):
    """Call -> whether only its failures are shown. From the "Trace:" line, for example accept,sendto(failed)."""
    name, _, half = program.rpartition("_")
    source = pathlib.Path(half, "lessons", f"{name}.cpp")
    listed = next(line for line in header_of(source) if line.startswith("// Trace:"))
    words = listed.removeprefix("// Trace:").strip().split(",")
    return {word.removesuffix("(failed)"): word.endswith("(failed)") for word in words}


def label(side):
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return f"[{side}]"
    return f"\x1b[{33 if side == 'server' else 36}m[{side}]\x1b[0m"


def show(side, line):
    print(label(side), line, flush=True)


class Side:
    """One running half of a lesson. Its output goes to the common socket, each write as a datagram."""

    def __init__(self, name, folder, command):
        self.name = name
        self.unfinished = b""
        self.output = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.output.bind(f"{folder}/{name}")
        self.output.connect(f"{folder}/lines")
        self.process = subprocess.Popen(command, stdout=self.output, stderr=self.output)
        threading.Thread(target=self.await_end, daemon=True).start()

    def await_end(self):
        """Marks the end with an empty datagram, which is queued after everything the program wrote."""
        self.process.wait()
        self.output.send(b"")

    def take_lines(self, written):
        *lines, self.unfinished = (self.unfinished + written).split(b"\n")
        return [line.decode(errors="replace") for line in lines]


def traced(kind, folder, side, command):
    if kind == "run":
        return command
    calls = set(traced_calls(pathlib.Path(command[0]).name)) | FIRST_CALLS | {"write"}
    # -ff: a file for each process and thread, so that calls are not interleaved.
    # '?' before a call's name: not every architecture has every call.
    return ["strace", "-ff", "-ttt", "-T", "-q", "-s", "4096", "-o", f"{folder}/trace.{side}",
            "-e", "trace=" + ",".join(f"?{call}" for call in sorted(calls)), *command]


def play(kind, programs, commands, folder):
    """Runs one or both halves to their end. Returns the exit status."""
    lines = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    lines.bind(f"{folder}/lines")
    lines.settimeout(DEADLINE_S)
    both = len(commands) == 2

    def start(side, arguments, port):
        words = [f"{programs}/{arguments[0]}", *([port, *arguments[2:]] if both else arguments[1:])]
        running[side] = Side(side, folder, traced(kind, folder, side, words))

    running, ended = {}, 0
    try:
        start("server", commands[0], "0")  # port 0: any free port, which the first line states
        while ended < len(running):
            written, sender = lines.recvfrom(65536)
            side = running[pathlib.Path(sender).name]
            ended += not written
            for line in side.take_lines(written):
                if kind == "run":
                    show(side.name, line)
                listening = re.fullmatch(r"listening on 127\.0\.0\.1:(\d+)", line)
                if listening and both and len(running) == 1:
                    start("client", commands[1], listening[1])
    except TimeoutError:
        print(f"lesson: nothing has happened for {DEADLINE_S} s", file=sys.stderr)
        return 1
    finally:
        for side in running.values():
            side.process.kill()
    if both and len(running) == 1:
        print("lesson: the server has ended without listening", file=sys.stderr)
        return 1
    return max(side.process.wait() for side in running.values())


def shortened(call):
    """Shortens long strings, then a long line, but keeps the result at the end."""
    def cut(match):
        pieces = re.findall(r"\\[0-7]{1,3}|\\.|.", match[1])
        return match[0] if len(pieces) <= MAX_STRING else f'"{"".join(pieces[:MAX_STRING])}"...'
    for pattern, address in ADDRESSES:
        call = re.sub(pattern, address, call)
    call = re.sub(r'"((?:[^"\\]|\\.)*)"(?:\.\.\.)?', cut, call)
    arguments, equals, result = call.rpartition(" = ")
    if len(call) > MAX_CALL:
        arguments = arguments[:MAX_CALL - len(result) - 7] + "...)"
    return arguments.rstrip() + equals + result


def moments_of(path, calls):
    """(time, text) for each line to show of one process's or thread's trace; and all its times."""
    times, moments, printed, printed_at = [], [], b"", 0.0
    begun = False
    for line in path.read_text(errors="replace").splitlines():
        at, _, call = line.partition(" ")
        name = call.partition("(")[0]
        times.append(float(at))
        begun = begun or name in FIRST_CALLS or call.startswith("write(1,")
        if call.startswith(("--- SIG", "+++ killed")) and "SIGCHLD" not in call:
            moments.append((float(at), re.sub(r" \{.*\}", "", call), begun))
        if name not in calls | {"write": False} or " = " not in call:
            continue
        call, _, seconds = call.removesuffix(">").rpartition(" <")
        waits = name in WAITING_CALLS and "FUTEX_WAKE" not in call
        moment = float(at) + (float(seconds) if waits else 0)
        failed = call.rpartition(" = ")[2].startswith("-1")
        if name in calls and (failed or not calls[name]):
            waited = f"   (waited {float(seconds):.3f} s)" if waits and float(seconds) >= 0.001 else ""
            moments.append((moment, shortened(call) + waited, begun))
        said = re.match(r'write\([12], "((?:[^"\\]|\\.)*)"', call)
        if said:
            printed_at = printed_at if printed else moment
            *lines, printed = (printed + codecs.escape_decode(said[1])[0]).split(b"\n")
            moments += [(printed_at, "prints: " + text.decode(errors="replace"), True) for text in lines]
    return times, moments


def story_of(side, folder, calls):
    """(time, side, text) of all its processes and threads; the first, the program itself, is not named."""
    found = []
    for path in pathlib.Path(folder).glob(f"trace.{side}.*"):
        times, moments = moments_of(path, calls)
        if times:
            found.append((times[0], path.suffix.removeprefix("."), moments))
    story = []
    for number, (_, process, moments) in enumerate(sorted(found)):
        for moment, text, begun in moments:
            if number > 0:
                story.append((moment, side, f"[pid {process}] {text}"))
            elif begun:
                story.append((moment, side, text))
    return story


def show_trace(commands, folder):
    story = []
    for side, (program, *_) in zip(("server", "client"), commands):
        story += story_of(side, folder, traced_calls(program))
    story.sort()
    for moment, side, text in story:
        show(side, f"{moment - story[0][0]:9.6f}  {text}")


def main():
    kind, programs, source = sys.argv[1:]
    commands = commands_of(pathlib.Path(source))
    with tempfile.TemporaryDirectory() as folder:
        status = play(kind, programs, commands, folder)
        if kind == "trace":
            show_trace(commands, folder)
    return status


if __name__ == "__main__":
    sys.exit(main())
