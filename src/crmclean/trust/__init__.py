"""Trust: a score of 0 to 100 for every cleaned record, from five terms anybody can recompute.

    score = 100 * (w_v V + w_c C + w_f F + w_u U + w_k K) / (w_v + w_c + w_f + w_u + w_k)

V validity: the share of the filled fields that are valid, weighted by field; a value nobody can judge counts half.
C completeness: the share of the fields the file has that are filled, weighted alike.
F freshness: survival of the record since its newest evidence, (1 - r) ** years; one half where nothing is known.
U uniqueness: 1 - the highest probability with which another cleaned record is the same person.
K consistency: 1 / (1 + contradictions), contradictions being cells of the row that cannot all be true.

Weights come from the rules (``[trust]``). The score looks only at the golden record as it is written, so it can be
recomputed from the cleaned file alone, and cleaning that file again gives the same score. `docs/trust.md` has the
formula with an example.
"""

from crmclean.trust.as_read import AsReadStep, judge_as_read
from crmclean.trust.score import TrustStep, grade_of
from crmclean.trust.terms import CONTRADICTIONS, GOLDEN, TERMS, field_groups, open_issues

__all__ = [
    "CONTRADICTIONS",
    "GOLDEN",
    "TERMS",
    "AsReadStep",
    "TrustStep",
    "field_groups",
    "grade_of",
    "judge_as_read",
    "open_issues",
]
