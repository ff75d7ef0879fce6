"""cpp_source.py: a C++ source file without its comments, for the scripts that look at our sources."""

import re

# What can hide the beginning of a comment comes first: literals are kept as they are. A digit separator (1'000) is
# part of a number, not the beginning of a character.
_PIECES = re.compile(
    r"""
      (?P<comment> //(?:\\\n|[^\n])* | /\*.*?\*/ )
    | R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)"
    | "(?:\\.|[^"\\\n])*"
    | [0-9][0-9a-zA-Z_.]*(?:'[0-9a-zA-Z_]+)*
    | '(?:\\.|[^'\\\n])*'
    """,
    re.VERBOSE | re.DOTALL,
)


def without_comments(text: str) -> str:
    """The text with each comment replaced by the line ends it contains, so that line numbers stay."""

    def replacement(piece: re.Match) -> str:
        comment = piece["comment"]
        return piece[0] if comment is None else " " + "\n" * comment.count("\n")

    return _PIECES.sub(replacement, text)


def lines_of_code(text: str) -> int:
    """How many lines hold something besides comments and blanks."""
    return sum(1 for line in without_comments(text).splitlines() if line.strip())
