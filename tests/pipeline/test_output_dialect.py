"""The cleaned file is written as the first input was: delimiter, quotes, line ends, mark, and header to the letter."""

from __future__ import annotations

from pathlib import Path

import pytest

import crmclean
from crmclean.reopen import restore


def _cleaned(tmp_path: Path, data: bytes) -> bytes:
    path = tmp_path / "leads.csv"
    path.write_bytes(data)
    crmclean.clean(path, as_of="2026-11-22").write(tmp_path / "out", force=True)
    first = (tmp_path / "out" / "cleaned.csv").read_bytes()
    crmclean.clean(tmp_path / "out" / "cleaned.csv", as_of="2026-11-22").write(tmp_path / "again", force=True)
    assert (tmp_path / "again" / "cleaned.csv").read_bytes() == first
    return first


@pytest.mark.parametrize(
    ("data", "start"),
    [
        (b"Name;Email\r\nAna Rao;a@x.example\r\n", b"Name;Email;crmclean_record_id"),
        (b'"Name","Email"\n"Ana Rao","a@x.example"\n', b'"Name","Email","crmclean_record_id"'),
        (b'"Name"\t"Email"\n"Ana Rao"\t""\n', b'"Name"\t"Email"\t"crmclean_record_id"'),
        (b'"Name","Email"\n"Ana Rao",a@x.example\n', b"Name,Email,crmclean_record_id"),
        (b"\xef\xbb\xbfName|Email\nAna Rao|a@x.example\n", b"\xef\xbb\xbfName|Email|crmclean_record_id"),
        (b"Name,,Email,,Email\nAna Rao,x,a@x.example,y,\n", b"Name,,Email,,Email,crmclean_record_id"),
        (b"sep=#\nName#Email\nAna Rao#a@x.example\n", b"Name,Email,crmclean_record_id"),
    ],
)
def test_the_output_is_written_as_the_input_was(tmp_path: Path, data: bytes, start: bytes) -> None:
    assert _cleaned(tmp_path, data).startswith(start)


def test_quotes_around_every_cell_stay_around_every_cell(tmp_path: Path) -> None:
    lines = _cleaned(tmp_path, b'"Name","Email"\n"Ana Rao",""\n"Bo Li","b@x.example"\n').decode().splitlines()
    assert all(line.startswith('"') and line.endswith('"') and '","' in line for line in lines)
    assert restore(tmp_path / "out").column("Email").to_pylist() == ["", "b@x.example"]


def test_dedupe_writes_as_it_read(tmp_path: Path) -> None:
    from crmclean.cli import cli

    path, out = tmp_path / "leads.csv", tmp_path / "out.csv"
    path.write_bytes(b'"Name";"Email"\r\n"Ana Rao";"a@x.example"\r\n')
    cli.main(["dedupe", str(path), "-o", str(out), "-q"], standalone_mode=False)
    assert out.read_bytes().startswith(b'"Name";"Email";"crmclean_record_id";"crmclean_cluster_id"')


def test_keep_leaves_digits_of_any_script_as_they_were_typed() -> None:
    """They are read, and what was read is learnt; the cell itself was right."""
    import pandas as pd

    frame = pd.DataFrame({"Name": ["Ann Lee"], "Phone": ["+۹۸ ۹۱۲ ۳۴۵ ۶۷۸۹"]}, dtype="str")
    rules = {"name": "t", "extends": "default", "output": {"values": "keep"}}
    kept = crmclean.clean(frame, rules=rules, as_of="2026-11-26")
    assert kept.cleaned["Phone"].tolist() == ["+۹۸ ۹۱۲ ۳۴۵ ۶۷۸۹"]
    assert kept.batch.canonical("Phone").to_pylist() == ["+989123456789"]
    assert crmclean.clean(frame, as_of="2026-11-26").cleaned["Phone"].tolist() == ["+989123456789"]
