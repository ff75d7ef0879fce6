"""seeds.py TRANSCRIPTS FOLDER SCHEME: what the transcripts of one protocol send, a file each, for a fuzzer to begin with."""

import re
import sys
from pathlib import Path

NUMBER = b"1"  # stands for a word that only a conversation would tell

ESCAPES = {b"r": b"\r", b"n": b"\n", b"0": b"\0", b"\\": b"\\"}


def bytes_of(written: bytes) -> bytes:
    """A line of a transcript as it goes over the wire; test/transcripts/README.md has the notation."""
    ends_here = re.search(rb"(?<!\\)(\\\\)*\\$", written) is not None
    text = written[:-1] if ends_here else written
    text = re.sub(rb"\{(.)\*(\d+)\}", lambda found: found[1] * min(int(found[2]), 300), text)
    text = re.sub(rb"\{[a-z_]+\}", NUMBER, text)
    text = re.sub(rb"\\(?:x([0-9a-f]{2})|(.))",
                  lambda found: bytes([int(found[1], 16)]) if found[1] else ESCAPES[found[2]], text)
    return text if ends_here else text + b"\r\n"


def scheme_of(lines: list[bytes]) -> str:
    for line in lines:
        found = re.search(rb"^\$.*--listen (\w+)", line)
        if found:
            return found[1].decode()
    return "memcache"


def main() -> None:
    transcripts, folder, scheme = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    folder.mkdir(parents=True, exist_ok=True)
    for transcript in sorted(transcripts.glob("[a-z]*.txt")):
        lines = transcript.read_bytes().splitlines()
        if scheme_of(lines) == scheme:
            sent = b"".join(bytes_of(line[2:]) for line in lines if line[:1] == b">")
            (folder / f"seed-{transcript.stem}").write_bytes(sent)


main()
