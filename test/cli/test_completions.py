"""What kvcli --generate makes, in the shell it is made for."""

import shutil
import subprocess

import pytest
from shell import kvcli

ask_bash = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_kvcli
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def offered(tmp_path):
    """What bash offers for the last of some words, taken apart as bash does, at colons too."""
    script = tmp_path / "kvcli"
    script.write_bytes(kvcli("--generate", "bash")[1])

    def ask(*words, **environment):
        done = subprocess.run(["bash", "--norc", "-c", ask_bash, "bash", script, "kvcli", *words], check=True,
                              capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", **environment})
        assert done.stderr == ""
        return done.stdout.split()

    return ask


def test_bash_offers_options_and_the_commands_of_the_server_that_is_named(offered):
    redis, memcached = ("redis", ":", "//127.0.0.1", ":", "1"), ("memcache", ":", "//127.0.0.1", ":", "1")
    assert offered("--la") == ["--latency"]
    assert offered("--wait", "") == []
    assert offered("flush") == ["flush_all"] == offered(*memcached, "flush", KV_URL="redis://h:1")
    assert "flushall" in offered(*redis, "flush") and "flush_all" not in offered(*redis, "flush")
    assert "flushall" in offered("flush", KV_URL="redis://h:1")
    assert offered("help", "touc") == ["touch"]
    assert offered("get", "") == []


@pytest.mark.skipif(shutil.which("zsh") is None, reason="no zsh here")
def test_zsh_reads_its_completion(tmp_path):
    script = tmp_path / "_kvcli"
    script.write_bytes(kvcli("--generate", "zsh")[1])
    subprocess.run(["zsh", "-f", "-n", script], check=True)


@pytest.mark.skipif(shutil.which("man") is None, reason="no man here")
def test_man_has_nothing_to_complain_of(tmp_path):
    page = tmp_path / "kvcli.1"
    page.write_bytes(kvcli("--generate", "man")[1])
    done = subprocess.run(["man", "--warnings", "-l", page], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    for word in ("EXIT STATUS", "--timeout SECONDS", "\\repeat count command", "flush_all"):
        assert word in done.stdout
