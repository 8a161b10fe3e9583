"""What all tests share: property tests draw the same cases in every process.

Hypothesis mixes constants of the modules that happen to be imported into its draws, so a test would see other values
alone than in the whole suite, and other ones on each of two workers. They are switched off.
"""

from __future__ import annotations

from hypothesis.internal.conjecture import providers

if hasattr(providers, "_get_local_constants"):
    _nothing = providers._local_constants
    providers._get_local_constants = lambda: _nothing
