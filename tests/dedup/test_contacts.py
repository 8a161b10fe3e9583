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
