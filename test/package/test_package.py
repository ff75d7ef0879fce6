"""What scripts/package.sh has made, as somebody who installs it finds it. Unpacked, for installing takes root."""

import os
import pathlib
import re
import shutil
import subprocess
import tarfile

import pytest

root = pathlib.Path(__file__).resolve().parents[2]
made = root / "build/package"


def output_of(*command, **options):
    ended = subprocess.run(command, capture_output=True, text=True, timeout=240, **options)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def only(pattern):
    [path] = made.glob(pattern)
    return path


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("deb")
    output_of("dpkg-deb", "--extract", only("kvserver_*.deb"), folder)
    return folder / "usr"


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("archive")
    with tarfile.open(only("kvserver-*.tar.gz")) as archive:
        archive.extractall(folder)
    [top] = folder.iterdir()
    return top


def with_path(folder):
    return {name: value for name, value in os.environ.items() if not name.startswith("KV")} | {"PATH": f"{folder}:{os.environ['PATH']}"}


def test_the_deb_depends_on_libc_alone():
    [depends] = output_of("dpkg-deb", "--field", only("kvserver_*.deb"), "Depends").splitlines()
    assert depends.startswith("libc6 (>= ") and "," not in depends


@pytest.mark.parametrize("path", [
    "bin/kvserver", "bin/kvcli", "bin/kvbench", "bin/kvcheck", "../etc/default/kvserver",
    "share/bash-completion/completions/kvcli", "share/zsh/vendor-completions/_kvcli", "lib/systemd/system/kvserver.service",
    "lib/cmake/kvserver/kvserver-config.cmake", "include/kvserver/client/client.h", "include/kvserver/server/server.h"])
def test_the_deb_holds(installed, path):
    assert (installed / path).stat().st_size > 0


@pytest.mark.skipif(shutil.which("man") is None, reason="no man here")
@pytest.mark.parametrize("program", ["kvserver", "kvcli", "kvbench", "kvcheck"])
def test_man_shows_a_page_of_the_deb(installed, program):
    page = installed / f"share/man/man1/{program}.1"
    shown = subprocess.run(["man", "--warnings", "-l", page], capture_output=True, text=True)
    assert (shown.returncode, shown.stderr) == (0, "") and "EXIT STATUS" in shown.stdout


def test_dpkg_keeps_the_options_of_the_service_and_kvserver_takes_each_of_them(installed):
    path = "/etc/default/kvserver"
    assert path in output_of("dpkg-deb", "--info", only("kvserver_*.deb"), "conffiles").split()
    options = dict(re.findall(r"^#(KVSERVER_\w+)=(.*)", (installed / f"..{path}").read_text(), re.MULTILINE))
    assert options.pop("KVSERVER_LISTEN") == "memcache://127.0.0.1:11211,redis://127.0.0.1:31337" and len(options) > 3
    output_of("kvserver", "run", "--", "true", env=with_path(installed / "bin") | options)


@pytest.mark.parametrize("program", ["kvserver", "kvcli"])
def test_a_program_is_stripped_and_loads_nothing_but_libc(installed, program):
    assert ", stripped" in output_of("file", "--brief", installed / "bin" / program)
    loaded = [line.split()[0] for line in output_of("ldd", installed / "bin" / program).splitlines()]
    libc = ("linux-vdso.so.1", "libc.so.6", "libm.so.6")
    assert all(name in libc or name.startswith("/lib64/ld-linux") for name in loaded), loaded


def serves(folder):
    command = "kvcli set a 1 && kvcli get a"
    return output_of("kvserver", "run", "--", "sh", "-c", command, env=with_path(folder)) == "STORED\n1\n"


def test_the_programs_of_the_deb_work(installed):
    assert serves(installed / "bin")


def test_the_programs_of_the_archive_work(unpacked):
    assert serves(unpacked / "bin")


@pytest.mark.parametrize("package", ["installed", "unpacked"])
def test_the_licence_is_there_and_kvcli_is_under_that_of_readline(package, request):
    documents = request.getfixturevalue(package) / "share/doc/kvserver"
    assert (documents / "LICENSE").read_bytes() == (root / "LICENSE").read_bytes()
    assert files_and_licences((documents / "copyright").read_text()) == {
        "*": "Expat", "usr/bin/*": "Expat and ISC", "usr/bin/kvcli": "GPL-3+ and Expat and ISC and X11-ncurses"}


def files_and_licences(text):
    """What a copyright file in Debian's machine-readable format says of each pattern; the text of each licence is in it."""
    head, *paragraphs = text.split("\n\n")
    assert head.startswith("Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n")
    fields = [dict(re.findall(r"^([\w-]+): *(.*)", paragraph, re.MULTILINE)) for paragraph in paragraphs]
    texts = {field["License"] for field in fields if "Files" not in field}
    licences = {field["Files"]: field["License"] for field in fields if "Files" in field}
    assert texts == {name for licence in licences.values() for name in licence.split(" and ")}
    return licences


def test_systemd_accepts_the_unit(installed, tmp_path):
    unit = (installed / "lib/systemd/system/kvserver.service").read_text()
    assert "\nExecStart=/usr/bin/kvserver\n" in unit
    here = tmp_path / "kvserver.service"
    here.write_text(unit.replace("/usr/bin/kvserver", str(installed / "bin/kvserver")))
    output_of("systemd-analyze", "verify", "--man=no", here)


def test_another_project_links_what_the_deb_brings(installed, tmp_path):
    output_of("cmake", "-G", "Ninja", "-S", root / "test/examples", "-B", tmp_path, f"-DCMAKE_PREFIX_PATH={installed}")
    output_of("cmake", "--build", tmp_path)
    output_of(tmp_path / "cache_test")
