"""Where the rules live: the repository's ``rules/`` folder, else the wheel's copy, ``crmclean/_rules``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from crmclean.errors import RulesError

__all__ = ["rules_path", "rules_root"]


@lru_cache(maxsize=1)
def rules_root() -> Path:
    """The folder that holds the shipped rules: the repository's own first, so that an edit there takes effect."""
    package = Path(__file__).resolve().parent.parent
    for candidate in (package.parent.parent / "rules", package / "_rules"):
        if (candidate / "lists").is_dir():
            return candidate
    raise RulesError("the shipped rules folder is missing", hint="pip install --force-reinstall crmclean")


def rules_path(relative: str) -> Path:
    """The path of one shipped rules file, such as ``lists/legal_forms.toml``.

    Raises
    ------
    RulesError
        If there is no such file.
    """
    path = rules_root() / relative
    if not path.exists():
        raise RulesError(f"the rules file {relative!r} is missing from {rules_root()}")
    return path
