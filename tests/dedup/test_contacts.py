"""Mailboxes, lines and identity numbers: columns that stand for one another, and files that have little else."""

from __future__ import annotations

import numpy as np
import pytest

from crmclean.dedup.core import Settings, link_records
from crmclean.dedup.model import prior_model
from crmclean.dedup.workings import prepare
from tests.dedup.dedup_files import fields_of, full_rows


def test_a_list_of_mailboxes_alone_is_compared():
    rows = [{"email": mailbox} for mailbox in ("kaltenbrunner@a.com", "kaltenbrunner@b.org", "kate@c.com")]
    assert link_records(fields_of(rows), Settings()).cluster[2] == 2


@pytest.mark.parametrize("entity", ["person", "company"])
@pytest.mark.parametrize("seed", [1, 2, 4])
def test_left_and_right_are_alike(entity, seed):
    rows = full_rows(seed, 130)
    work = prepare(fields_of(rows), Settings(entity=entity))
    model = prior_model(entity, work.comparer.active, len(rows))
    left, right = np.triu_indices(len(rows), 1)
    one, other = work.score(model, left, right)[0], work.score(model, right, left)[0]
    for name, bits in one.parts.items():
        assert np.abs(bits - other.parts[name]).max() < 1e-6, name


def test_a_mailbox_of_ones_own_counts_though_a_shared_one_stands_first():
    rows = [
        {"first_name": f"Odd{n}", "last_name": f"Other{n}", "email": "info@acme.com", "email_2": ""} for n in range(9)
    ]
    rows += [{"first_name": "", "last_name": "", "email": "info@acme.com", "email_2": "xenia@vogel.net"}] * 2
    work = prepare(fields_of(rows), Settings())
    same = np.flatnonzero(work.records.position >= 9)
    levels, _ = work.comparer.levels(same[:1], same[1:])
    item = next(item for item in work.comparer.active if item.name == "email")
    assert item.level_names[levels["email"][0]] == "exact"


def test_a_tax_number_does_not_contradict_a_profile():
    rows = [
        {"first_name": "Xenia", "last_name": "Vogel", "national_id": "DE812345678", "linkedin": ""},
        {"first_name": "Xenia", "last_name": "Vogel", "national_id": "", "linkedin": "linkedin.com/in/xenia24"},
        {"first_name": "Xenia", "last_name": "Vogel", "national_id": "DE899911122", "linkedin": ""},
    ]
    work = prepare(fields_of(rows), Settings())
    place = np.argsort(work.records.position)
    levels, _ = work.comparer.levels(place[[0, 0]], place[[1, 2]])
    item = next(item for item in work.comparer.active if item.name == "national_id")
    assert [item.level_names[code] for code in levels["national_id"]] == ["one_missing", "different"]


def test_a_mailbox_in_letters_beyond_ascii_is_read_like_any_other():
    rows = [
        {"first_name": "Théo", "last_name": "Müller", "email": "théo.müller@one.example"},
        {"first_name": "Theo", "last_name": "Mueller", "email": "theo.mueller@two.example"},
    ]
    work = prepare(fields_of(rows), Settings())
    levels, _ = work.comparer.levels(np.array([0]), np.array([1]))
    email = next(item for item in work.comparer.active if item.name == "email")
    assert levels["email"][0] in (email.code("different"), email.code("named_alike"))
