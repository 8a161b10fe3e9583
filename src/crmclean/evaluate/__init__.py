"""How good is a clustering? Scores against a known truth, from counts, never from pairs.

`pairwise`, `bcubed` and `cluster_figures` take two arrays of labels; `sweep` and `reliability` judge the links of a
run; `compare` does all of it for two clusterings that know their records by ids.
"""

from crmclean.evaluate.compare import Clustering, Evaluation, compare
from crmclean.evaluate.links import THRESHOLDS, Bin, Links, reliability, sweep
from crmclean.evaluate.scores import (
    ClusterFigures,
    Codes,
    PairScores,
    Scores,
    bcubed,
    cluster_figures,
    largest_cluster,
    pairwise,
)

__all__ = [
    "THRESHOLDS",
    "Bin",
    "ClusterFigures",
    "Clustering",
    "Codes",
    "Evaluation",
    "Links",
    "PairScores",
    "Scores",
    "bcubed",
    "cluster_figures",
    "compare",
    "largest_cluster",
    "pairwise",
    "reliability",
    "sweep",
]
