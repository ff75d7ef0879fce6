#!/usr/bin/env python3
"""What the header comment of a lesson says, for the tests that hold it to its word; and the test that every lesson's
header is complete and true, and every lesson a page that stands alone."""

import os
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIDES = ("server", "client")


def sources():
    """Every lesson's source file, in the order of the lessons."""
    found = [path for side in SIDES for path in (ROOT / side / "lessons").glob("[0-9]*.cpp")]
    return sorted(found, key=lambda path: (path.name[:2], path.parts[-3] != "server"))


def sources_of(number):
    """The one or two files of a lesson, its server half first."""
    return [path for path in sources() if int(path.name[:2]) == number]


def header_of(path):
    """The comment at the top of a file, without its slashes."""
    lines = []
    for line in path.read_text().splitlines():
        if not line.startswith("//"):
            break
        lines.append(line[2:].removeprefix(" "))
    return "\n".join(lines)


def expected_lines(number):
    """Side -> the lines it must print, from the "Expect:" blocks of a lesson's files."""
    lines = {side: [] for side in SIDES}
    for path in sources_of(number):
        for side, line in re.findall(r"^    \[(server|client)\] (.*)$", header_of(path), re.M):
            lines[side].append(line)
    return lines


def as_pattern(line):
    """An expected line; <port>, <ms> and the like stand for any number."""
    pattern = re.sub(r"<\w+>", "\0", line)
    return re.escape(pattern).replace(re.escape("\0"), r"\d+")


def default_port(number):
    """The port in the commands of the "Run:" block; None if the lesson takes none."""
    found = re.search(r"build/release/lessons/\w+ (\d+)", header_of(sources_of(number)[0]))
    return found and found[1]


MAX_CODE_LINES = 100
INDEX = ROOT / "server" / "lessons" / "README.md"


class Headers(unittest.TestCase):
    def each(self, check):
        self.assertGreater(len(sources()), 0)
        for path in sources():
            with self.subTest(lesson=str(path.relative_to(ROOT))):
                check(path, header_of(path))

    def test_begins_with_its_number_and_a_question(self):
        def check(path, header):
            number = path.name[:2]
            first = header.split("\n\n")[0].replace("\n", " ")
            self.assertRegex(first, rf"^Lesson {number}(, (server|client) half)?\. .*\?$")
        self.each(check)

    def test_has_every_part(self):
        def check(_path, header):
            for part in ("Run:", "Trace:", "Leaves out:", "In kvserver:"):
                self.assertRegex(header, rf"(?m)^{part} ")
            _question, _explanation, parts = header.split("\n\n")
            for line in parts.splitlines():
                self.assertRegex(line, r"^(Run|Trace|Leaves out|In kvserver): |^Expect:$|^    ")
        self.each(check)

    def test_says_what_to_expect(self):
        for number in {int(path.name[:2]) for path in sources()}:
            with self.subTest(lesson=number):
                self.assertTrue(any(expected_lines(number).values()))

    def test_names_files_of_the_real_server_that_exist(self):
        def check(_path, header):
            real = header.split("In kvserver:")[1]
            for name in re.findall(r"\b(?:server|client|common)/[\w/.]*\w/?", real):
                room = ROOT / name if name.endswith("/") else (ROOT / name).parent
                if any(room.glob("*.cpp")):  # rooms are built one after the other
                    self.assertTrue((ROOT / name).exists(), f"{name} does not exist")
        self.each(check)

    def test_stands_alone(self):
        def check(path, _header):
            included = re.findall(r'#include "(.*)"', path.read_text())
            self.assertEqual(included, [])
        self.each(check)

    def test_fits_a_page(self):
        def check(path, _header):
            lines = [line.strip() for line in path.read_text().splitlines()]
            code = [line for line in lines if line and not line.startswith(("//", "#include"))]
            self.assertLess(len(code), MAX_CODE_LINES)
        self.each(check)

    def test_the_index_has_every_lesson(self):
        index = INDEX.read_text()
        def check(path, _header):
            self.assertIn(path.name, index)
        self.each(check)


class LessonScript(unittest.TestCase):
    def script(self, *words):
        return subprocess.run([ROOT / "scripts" / "lesson.sh", *words], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, env={**os.environ, "PAGER": "cat"}, check=False)

    def test_lists_every_lesson_once(self):
        numbers = [line[:2] for line in self.script("list").stdout.splitlines()]
        self.assertEqual(numbers, sorted({path.name[:2] for path in sources()}))

    def test_shows_both_pages(self):
        shown = self.script("show", "2").stdout
        self.assertEqual(shown, "".join(path.read_text() for path in sources_of(2)))

    def test_a_wrong_word_is_2(self):
        for words in (["run"], ["show"], ["trace"], ["frobnicate"], ["run", "99"], ["show", "x"]):
            with self.subTest(words):
                self.assertEqual(self.script(*words).returncode, 2)


if __name__ == "__main__":
    unittest.main()
