"""One-to-one linkage: the likeliest link wins, ties and losers go to review, nobody is joined within a source."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import crmclean
from crmclean.cli import cli
from crmclean.dedup.core import Settings, link_records
from crmclean.dedup.judgements import Judged
from crmclean.dedup.one_to_one import winning_links
from crmclean.errors import UsageError
from tests.dedup.dedup_files import fields_of, full_rows, link_set, parts_of


def test_the_likeliest_link_wins_and_frees_the_others() -> None:
    sources = np.array([0, 0, 1, 1])  # CRM: 0 and 1; import: 2 and 3
    left, right = np.array([0, 0, 1]), np.array([2, 3, 3])
    assert winning_links(left, right, np.array([9.0, 8.0, 5.0]), sources).tolist() == [True, False, True]
    assert winning_links(left, right, np.array([6.0, 8.0, 5.0]), sources).tolist() == [False, True, False]


def test_equally_likely_links_all_lose_unless_another_link_settles_it() -> None:
    sources = np.array([0, 0, 1, 1])
    left, right = np.array([0, 1, 0]), np.array([2, 2, 3])
    assert winning_links(left, right, np.array([8.0, 8.0, 5.0]), sources).tolist() == [False, False, False]
    assert winning_links(left, right, np.array([8.0, 8.0, 9.0]), sources).tolist() == [False, True, True]


def test_links_within_a_source_never_win_and_those_of_no_source_always_do() -> None:
    won = winning_links(np.array([0, 2]), np.array([1, 3]), np.array([9.0, 9.0]), np.array([0, 0, -1, 1]))
    assert won.tolist() == [False, True]


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(6, 11), st.integers(1, 6)), max_size=20))
def test_greedy_matching_is_what_a_slow_twin_finds(links) -> None:
    """Weights in falling order; links of one weight that get in each other's way fall together."""
    links = list({(a, b): (a, b, w) for a, b, w in links}.values())
    sources = np.array([0] * 6 + [1] * 6)
    left, right, weight = (np.array([link[at] for link in links]) for at in range(3))
    won = winning_links(left.astype(int), right.astype(int), weight.astype(float), sources)
    taken: set[int] = set()
    kept = [link for link, wins in zip(links, won, strict=True) if wins]
    for a, b, _ in kept:
        assert a not in taken
        assert b not in taken
        taken |= {a, b}
    for (a, b, w), wins in zip(links, won, strict=True):
        if not wins:  # something at least as likely stood in its way
            rivals = [other for other in links if other != (a, b, w) and {a, b} & set(other[:2]) and other[2] >= w]
            assert rivals
    if links and sum(w == max(weight) for _, _, w in links) == 1:
        assert won[int(np.argmax(weight))]


@pytest.mark.parametrize("seed", [1, 2])
def test_no_cluster_has_two_records_of_a_source(seed) -> None:
    rows = full_rows(seed, 240)
    sources = np.arange(240) % 3
    result = link_records(fields_of(rows), Settings(), sources=sources)
    assert any(len(part) > 1 for part in parts_of(result.cluster.tolist()))
    for part in parts_of(result.cluster.tolist()):
        assert len({int(sources[place]) for place in part}) == len(part)
    plain = link_set(link_records(fields_of(rows), Settings()))
    for pair, (_, band, by) in link_set(result).items():
        if by == "one_to_one":
            assert band == "review"
            assert plain[pair][1] in ("match", "review")


def test_the_order_of_the_rows_does_not_matter() -> None:
    rows = full_rows(3, 200)
    sources = np.arange(200) % 2
    order = np.random.default_rng(3).permutation(200)
    one = link_records(fields_of(rows), Settings(), sources=sources)
    other = link_records(fields_of([rows[place] for place in order]), Settings(), sources=sources[order])
    assert sorted(said for said in link_set(one).values()) == sorted(said for said in link_set(other).values())


def test_a_person_has_the_last_word() -> None:
    rows = [{"first_name": "Ann", "last_name": "Leopold", "email": "ann@leopold.org"}] * 2
    rows += [{"first_name": "Ann", "last_name": "Leopold", "email": ""}]
    rows += [{"first_name": f"M{n}x", "last_name": f"Q{n}y", "email": f"m{n}@x.org"} for n in range(60)]
    sources = np.array([0, 1, 1] + [0] * 60)
    free = link_records(fields_of(rows), Settings(), sources=sources)
    assert free.cluster[:3].tolist() == [0, 0, 2]
    judged = Judged.of(len(rows), np.array([0, 0]), np.array([2, 1]), np.array([True, False]))
    told = link_records(fields_of(rows), Settings(), sources=sources, judged=judged)
    assert told.cluster[:3].tolist() == [0, 1, 0]


FRAME = pd.DataFrame(
    {
        "First Name": ["Ann", "Ann", "Ann", "Bob"],
        "Last Name": ["Leopold", "Leopold", "Leopold", "Raymond"],
        "Email": ["ann@leopold.org", "ann@leopold.org", "", ""],
        "Origin": ["CRM", "list", "list", "list"],
    }
)


def test_a_frame_and_a_file_are_linked_one_to_one(tmp_path: Path) -> None:
    found = crmclean.dedupe(FRAME, one_to_one="Origin")["crmclean_cluster_id"].tolist()
    assert found == ["1", "1", "3", "4"]
    with pytest.raises(UsageError, match="no column 'Source'"):
        crmclean.dedupe(FRAME, one_to_one="Source")
    FRAME.to_csv(tmp_path / "both.csv", index=False)
    out = tmp_path / "out.csv"
    said = CliRunner().invoke(cli, ["dedupe", str(tmp_path / "both.csv"), "-o", str(out), "--one-to-one", "Origin"])
    assert said.exit_code == 0, said.output
    assert pd.read_csv(out, dtype=str)["crmclean_cluster_id"].tolist() == found


def test_clean_links_its_inputs_one_to_one(tmp_path: Path) -> None:
    parts = []
    for name, part in FRAME.groupby("Origin"):
        part.drop(columns="Origin").to_csv(tmp_path / f"{name}.csv", index=False)
        parts.append(tmp_path / f"{name}.csv")
    result = crmclean.clean(parts, rules=["default", {"dedup": {"one_to_one": True}}], as_of="2026-11-26")
    assert result.balance["merged"] == 1
    assert len(result.review) == 1  # the second Ann of the list
    assert crmclean.clean(parts, as_of="2026-11-26").balance["merged"] == 2
