"""Mail domains asked of a real name server on loopback (dnsmasq), and what becomes of the answers."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import crmclean
from crmclean.cli import cli
from crmclean.deliverability import ACCEPTS, REFUSES, UNKNOWN, MxSettings, MxStep
from crmclean.deliverability.lookup import ask_domains, look_up
from crmclean.errors import OutputError, UsageError

ZONE = """\
no-resolv
no-hosts
bind-interfaces
listen-address=127.0.0.1
local=/com/
local=/de/
mx-host=takes.com,mail.takes.com,10
mx-host=null-mx.com,.,0
host-record=only-address.com,192.0.2.7
mx-host=xn--bcher-kva.de,mail.takes.com,10
txt-record=no-mail.com,nothing but text
server=/slow.org/127.0.0.1#{silent}
"""
DOMAINS = {
    "takes.com": ACCEPTS,
    "only-address.com": ACCEPTS,  # RFC 5321 5.1: without an MX the address itself takes the mail
    "bücher.de": ACCEPTS,
    "null-mx.com": REFUSES,  # RFC 7505
    "no-mail.com": REFUSES,
    "nowhere.com": REFUSES,
    "slow.org": UNKNOWN,
    "a..b": UNKNOWN,
}


def free_port() -> int:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a name server that knows `ZONE`; it sends questions about slow.org to somebody who never answers."""
    program = shutil.which("dnsmasq") or shutil.which("dnsmasq", path="/usr/sbin")
    if program is None:
        pytest.skip("needs dnsmasq (Debian: dnsmasq-base)")
    silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    silent.bind(("127.0.0.1", 0))
    port = free_port()
    config = tmp_path_factory.mktemp("dns") / "dnsmasq.conf"
    config.write_text(ZONE.format(silent=silent.getsockname()[1]), encoding="utf-8")
    command = [program, "--no-daemon", f"--conf-file={config}", f"--port={port}", "--pid-file="]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(f"127.0.0.1:{port}", process)
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(10)
            silent.close()


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        if process.poll() is not None:
            pytest.skip(f"dnsmasq does not start here (exit code {process.returncode})")
        if ask_domains(["takes.com"], MxSettings(nameserver=address, timeout=0.6))["takes.com"] == ACCEPTS:
            return
        time.sleep(0.05)
    pytest.fail("dnsmasq runs, but does not answer")


def test_each_kind_of_domain_gets_its_answer(server: str) -> None:
    assert ask_domains(sorted(DOMAINS), MxSettings(nameserver=server, timeout=3)) == DOMAINS


def test_what_cannot_be_found_out_in_time_is_unknown(server: str) -> None:
    started = time.monotonic()
    assert ask_domains(["slow.org"], MxSettings(nameserver=server, timeout=0.6)) == {"slow.org": UNKNOWN}
    assert time.monotonic() - started < 5


def test_nobody_there_is_unknown() -> None:
    settings = MxSettings(nameserver=f"127.0.0.1:{free_port()}", timeout=0.6)
    assert ask_domains(["takes.com"], settings) == {"takes.com": UNKNOWN}


def test_answers_are_kept_for_their_time_and_unknown_ones_are_not(server: str, tmp_path: Path) -> None:
    cache = tmp_path / "deep" / "mx.json"
    first = MxSettings(nameserver=server, cache=cache, timeout=1)
    answers = look_up(["takes.com", "nowhere.com", "slow.org"], first)
    assert set(json.loads(cache.read_text(encoding="utf-8"))) == {"takes.com", "nowhere.com"}
    nobody = f"127.0.0.1:{free_port()}"
    later = MxSettings(nameserver=nobody, cache=cache, timeout=0.3)
    assert look_up(["takes.com", "nowhere.com", "slow.org"], later) == answers
    stale = MxSettings(nameserver=nobody, cache=cache, timeout=0.3, days=0)
    assert look_up(["takes.com"], stale) == {"takes.com": UNKNOWN}


@pytest.mark.parametrize("content", ["", "{", "[]", '{"takes.com": 1}', '{"takes.com": ["accepts", "soon"]}', "\x00"])
def test_a_broken_cache_is_an_empty_one(server: str, tmp_path: Path, content: str) -> None:
    cache = tmp_path / "mx.json"
    cache.write_text(content, encoding="utf-8")
    assert look_up(["takes.com"], MxSettings(nameserver=server, cache=cache)) == {"takes.com": ACCEPTS}
    assert json.loads(cache.read_text(encoding="utf-8"))["takes.com"][0] == ACCEPTS


def test_a_cache_that_cannot_be_written_is_said(server: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match=r"mx\.json cannot be written"):
        look_up(["takes.com"], MxSettings(nameserver=server, cache=tmp_path / "file" / "mx.json"))


@pytest.mark.parametrize("nameserver", ["not-an-address", "127.0.0.1:x", "1.2.3"])
def test_a_wrong_name_server_is_said(nameserver: str) -> None:
    with pytest.raises(UsageError, match="no address of a name server"):
        ask_domains(["takes.com"], MxSettings(nameserver=nameserver))


FRAME = pd.DataFrame(
    {
        "Name": ["Ann Lee", "Bob Moss", "Cy Fox", "Di Ray", "Eve Orr"],
        "Email": ["ann@takes.com", "bob@nowhere.com", "cy@NULL-MX.com", "not an address", "eve@slow.org"],
    },
    dtype="str",
)


def test_a_run_writes_down_what_was_said(server: str) -> None:
    result = crmclean.clean(FRAME, as_of="2026-11-26", check_mx=MxSettings(nameserver=server, timeout=1))
    found = {a["row"]: a["value"] for a in result.evidence.attributes.to_pylist() if a["name"] == "mail_domain"}
    assert found == {0: ACCEPTS, 1: REFUSES, 2: REFUSES, 4: UNKNOWN}
    issues = [i for i in result.evidence.issues.to_pylist() if i["reason"] == "email.undeliverable"]
    assert [(i["row"], i["verdict"], i["severity"]) for i in issues] == [
        (1, "invalid", "warning"),
        (2, "invalid", "warning"),
    ]
    scores = dict(
        zip(result.evidence.trust["row"].to_pylist(), result.evidence.trust["score"].to_pylist(), strict=True)
    )
    assert scores[1] < scores[0]
    assert scores[4] == scores[0]


def test_nothing_is_asked_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MxStep, "apply", lambda *_: pytest.fail("a name server was asked"))
    result = crmclean.clean(FRAME, as_of="2026-11-26")
    assert not [a for a in result.evidence.attributes.to_pylist() if a["name"] == "mail_domain"]


def test_the_command_asks_when_told_and_keeps_the_answers(server: str, tmp_path: Path) -> None:
    source, cache = tmp_path / "leads.csv", tmp_path / "mx.json"
    FRAME.to_csv(source, index=False)
    asked = ["--check-mx", "--nameserver", server, "--mx-cache", str(cache), "--mx-timeout", "1"]
    done = CliRunner().invoke(cli, ["check", str(source), "--as-of", "2026-11-26", "--json", *asked])
    assert done.exit_code == 0, done.output
    assert "no mail reaches this domain" in done.output
    assert set(json.loads(cache.read_text(encoding="utf-8"))) == {"takes.com", "nowhere.com", "null-mx.com"}
    out = tmp_path / "out"
    done = CliRunner().invoke(cli, ["clean", str(source), "-o", str(out), "--as-of", "2026-11-26", "-q", *asked])
    assert done.exit_code == 0, done.output
    assert "no mail reaches this domain" in (out / "cleaned.csv").read_text(encoding="utf-8")
