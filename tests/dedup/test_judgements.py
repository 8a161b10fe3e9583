"""Judged pairs: obeyed whatever the model says, learnt from within bounds, contradictions named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmclean
from crmclean.dedup.core import Settings, link_records
from crmclean.dedup.judgements import Judged, Judgements
from crmclean.errors import InputMissing, InputUnreadable, UsageError
from crmclean.evaluate import pairwise
from crmclean.labels import read_labels
from tests.dedup.dedup_files import TEXT, fields_of, full_rows, link_set, rows_of
from tests.dedup.test_unmapped_columns import NAMES, people


def judged_at_random(draw: st.DrawFn, count: int) -> tuple[list[int], list[int], list[bool]]:
    """Pairs that do not contradict each other: a hidden partition says what is the same."""
    hidden = draw(st.lists(st.integers(0, max(count // 2, 1)), min_size=count, max_size=count))
    pairs = draw(st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=8))
    pairs = [(a, b) for a, b in pairs if a != b]
    return [a for a, _ in pairs], [b for _, b in pairs], [hidden[a] == hidden[b] for a, b in pairs]


@settings(derandomize=True, max_examples=25, deadline=None)
@given(st.data(), rows_of(("first_name", "last_name", "email", "birth_date", "company"), largest=12))
def test_judged_pairs_are_obeyed(data, rows) -> None:
    left, right, same = judged_at_random(data.draw, len(rows))
    judged = Judged.of(len(rows), np.array(left, int), np.array(right, int), np.array(same, bool))
    result = link_records(fields_of(rows), Settings(), judged=judged)
    links = link_set(result)
    for a, b, alike in zip(left, right, same, strict=True):
        assert (result.cluster[a] == result.cluster[b]) == alike
        _, band, by = links[min(a, b), max(a, b)]
        assert (band, by) == ("match" if alike else "non_match", "judgement")


def test_copies_judged_different_stay_apart() -> None:
    """Records that are the same in everything, too many to compare all with all."""
    rows = [{"first_name": "Priya", "last_name": "Venkataraman", "email": "priya.v@gmail.com"}] * 2300
    rows += [{"first_name": f"Odd{n}x", "last_name": f"Other{n}y", "email": f"o{n}@x.org"} for n in range(4000)]
    judged = Judged.of(len(rows), np.array([3]), np.array([8]), np.array([False]))
    cluster = link_records(fields_of(rows), Settings(), judged=judged).cluster
    assert cluster[3] != cluster[8]
    assert np.bincount(cluster[:2300]).max() >= 2298


def test_what_follows_is_obeyed_too() -> None:
    rows = full_rows(3, 60)
    judged = Judged.of(60, np.array([0, 1, 2]), np.array([1, 2, 5]), np.array([True, True, False]))
    result = link_records(fields_of(rows), Settings(), judged=judged)
    assert result.cluster[0] == result.cluster[1] == result.cluster[2] != result.cluster[5]
    assert result.measures["judged"] == {"same": 2, "different": 1}


def test_nothing_judged_changes_nothing() -> None:
    rows = full_rows(4, 120)
    plain = link_records(fields_of(rows), Settings())
    nothing = np.zeros(0, int)
    judged = link_records(fields_of(rows), Settings(), judged=Judged.of(120, nothing, nothing, nothing == 0))
    assert plain.links.equals(judged.links)
    assert plain.cluster.tolist() == judged.cluster.tolist()


def test_the_order_of_rows_and_judgements_does_not_matter() -> None:
    rows = full_rows(5, 150)
    rng = np.random.default_rng(5)
    left, right = rng.integers(0, 75, 12), rng.integers(75, 150, 12)
    same = np.arange(12) % 3 == 0
    for alike in (False, True):  # no pair twice, so that nothing contradicts
        assert len({*zip(left.tolist(), right.tolist(), strict=True)}) == 12, alike
    order = rng.permutation(150)
    place = np.argsort(order)
    one = link_records(fields_of(rows), Settings(), judged=Judged.of(150, left[same], right[same], same[same]))
    turned = Judged.of(150, place[right[same]][::-1], place[left[same]][::-1], same[same])
    other = link_records(fields_of([rows[at] for at in order]), Settings(), judged=turned)
    assert one.measures == other.measures


# ---- learning


def columns_of(frame: pd.DataFrame) -> dict[str, list[pa.Array]]:
    fields = {"first_name": "given", "last_name": "family", "birth_date": "born"}
    return {name: [pa.array(frame[column], TEXT)] for name, column in fields.items()}


def test_judgements_teach_within_bounds() -> None:
    """Judged the same against a rule of the file, they move m of that level, and by no more than the bounds allow."""
    frame, truth = people(11)
    fields = columns_of(frame)
    rng = np.random.default_rng(0)
    pairs = [(a, b) for a in range(len(truth)) for b in range(a + 1, len(truth)) if truth[a] == truth[b]]
    missed = [
        (a, b) for a, b in pairs if frame["born"][a] != frame["born"][b] and frame["born"][a] and frame["born"][b]
    ]
    assert len(missed) >= 5
    plain = link_records(fields, Settings()).measures
    few, many = missed[:5], [missed[place] for place in rng.integers(0, len(missed), 2000)]
    taught = []
    for some in (few, many):
        left, right = (np.array(side) for side in zip(*some, strict=True))
        judged = Judged.of(len(frame), left, right, np.ones(len(some), bool))
        taught.append(link_records(fields, Settings(), judged=judged).measures)
    at = plain["levels"]["birth"].index("exact")
    exact = [said["m"]["birth"][at] for said in (plain, *taught)]
    assert exact[0] > exact[1] > exact[2]  # birth dates go wrong more often than the file alone told
    assert exact[2] > exact[0] * 0.6  # but two thousand copies of five judgements do not derail it
    assert all(abs(said["m"]["given"][-1] - plain["m"]["given"][-1]) < 0.2 for said in taught)


def test_judgements_make_a_register_better() -> None:
    """Forty pairs looked up where the model is least sure: fewer errors than there were."""
    frame, truth = people(12, persons=900)
    frame = frame[["given", "family", "born"]]
    mapping = {**NAMES, "born": "birth_date"}
    plain = crmclean.dedupe(frame, mapping=mapping)["crmclean_cluster_id"]
    links = link_records(columns_of(frame), Settings()).links.to_pandas()
    unsure = links.iloc[(links["probability"] - 0.7).abs().argsort(kind="stable")[:40]]
    labels = pd.DataFrame(
        {
            "left": unsure["row_l"] + 1,
            "right": unsure["row_r"] + 1,
            "match": np.where(truth[unsure["row_l"]] == truth[unsure["row_r"]], "yes", "no"),
        }
    )
    found = crmclean.dedupe(frame, mapping=mapping, labels=labels)["crmclean_cluster_id"]
    before, after = pairwise(plain, truth), pairwise(found, truth)
    assert after.f1 > before.f1
    assert after.precision >= before.precision


# ---- files


def test_columns_and_words_are_read(tmp_path: Path) -> None:
    path = tmp_path / "review.csv"
    path.write_text("judgement,why,record_id_l,record_id_r\nSame,x,a:1,b:2\nunsure,,a:1,b:3\n,,a:1,b:4\nno,y,a:1,b:5\n")
    found = read_labels(path)
    assert (found.left, found.right, found.same) == (["a:1", "a:1"], ["b:2", "b:5"], [True, False])
    frame = pd.DataFrame({"left": [1, 2], "right": [3, 4], "match": [True, 0]})
    assert read_labels(frame).same == [True, False]


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("left,right,match\n1,2,maybe\n", InputUnreadable, "'maybe' is no judgement"),
        ("one,two,match\n1,2,yes\n", UsageError, "no columns for two record ids"),
        ("left,right,match\n1,99,yes\n", UsageError, "no record is called '99'"),
        ("left,right,match\n1,2,yes\n2,3,yes\n1,3,no\n", UsageError, "1 = 2, 2 = 3, but 1 != 3"),
        ("left,right,match\n1,2,yes\n2,1,no\n", UsageError, "contradicts itself: 2 = 1, but 2 != 1"),
        ("left,right,match\n2,2,no\n", UsageError, "'2' cannot be another record than itself"),
    ],
)
def test_errors_say_what_is_wrong(tmp_path: Path, text: str, error: type[Exception], said: str) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(text)
    frame = pd.DataFrame({"First Name": ["Ann", "Bob", "Cyd"], "Last Name": ["Lee", "Ray", "Poe"]})
    with pytest.raises(error, match=said):
        crmclean.dedupe(frame, labels=path)
    with pytest.raises(InputMissing):
        crmclean.dedupe(frame, labels=tmp_path / "none.csv")


def test_records_are_called_by_row_or_by_their_own_id() -> None:
    frame = pd.DataFrame({"ID": ["x7", "x8"], "First Name": ["Ann", "Bob"], "Last Name": ["Lee", "Ray"]})
    mapping = {"ID": "id", "First Name": "first_name", "Last Name": "last_name"}
    for left, right in ((1, 2), ("x7", "x8")):
        labels = pd.DataFrame({"left": [left], "right": [right], "match": ["yes"]})
        found = crmclean.dedupe(frame, mapping=mapping, labels=labels)
        assert found["crmclean_cluster_id"].tolist() == ["1", "1"]


def test_clean_obeys_and_says_so() -> None:
    frame = pd.DataFrame(
        {
            "First Name": ["Ann", "Zoltan", "Ann", "Ann", "Mia"],
            "Last Name": ["Lee", "Szabo", "Lee", "Lee", "Berg"],
            "Email": ["ann@lee.example", "zs@szabo.example", "ann@lee.example", "ann@lee.example", ""],
        }
    )
    labels = Judgements(["1", "1", "3"], ["2", "3", "4"], [True, False, True])
    result = crmclean.clean(frame, as_of="2026-11-26", labels=labels)
    cluster = result.evidence.clusters.to_pandas().set_index("row")["cluster_id"]
    assert cluster[0] == cluster[1] != cluster[2] == cluster[3]
    links = result.evidence.links.to_pandas().set_index(["row_l", "row_r"])
    assert links.loc[(0, 1), ["decision", "decided_by"]].tolist() == ["match", "judgement"]
    assert links.loc[(0, 2), ["decision", "decided_by"]].tolist() == ["non_match", "judgement"]
    assert not len(result.review)
    assert len(result.cleaned) == 3
    ids = result.batch.rows["record_id"].to_pylist()
    again = crmclean.clean(frame, as_of="2026-11-26", labels=Judgements(ids[:1], ids[1:2], [True]))
    assert len(again.cleaned) == 2
