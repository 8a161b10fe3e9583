"""The layers of the design, read from the source with `ast`: imports go down only, and each library has one home."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "src" / "crmclean"

# The first path component below the package, or the module's name, decides the layer.
LAYERS = {
    5: {"cli", "__main__"},
    4: {
        *("api", "runs", "planning", "ingest", "inputs", "record_ids", "publish", "reopen", "clusterings", "labels"),
        *("deduplication", "deliverability"),
    },
    3: {"pipeline", "files", "report", "explain", "undo", "evaluate", "views", "objectives"},
    2: {
        *("mapping", "normalisers", "validators", "dedup", "survivorship"),
        *("consent", "staleness", "trust", "profile"),
    },
    1: {"ruleset", "plan", "measures", "context", "keys", "recency", "channels"},
    0: {"tables", "text", "errors", "kernels", "_version"},
}
LAYER_OF = {name: layer for layer, names in LAYERS.items() for name in names}
SIBLINGS_APART = {2, 3}  # no room of these layers knows its neighbours

# Third-party library -> where it may be imported. pandas, numpy, pyarrow and anyascii are vocabulary.
HOMES = {
    "phonenumbers": {"normalisers"},
    "email_validator": {"normalisers"},
    "ftfy": {"normalisers"},
    "rapidfuzz": {"dedup", "keys", "mapping"},
    "pandera": {"validators"},
    "scipy": {"dedup"},
    "publicsuffixlist": {"keys"},
    "nicknames": {"keys"},
    "chardet": {"files"},
    "pydantic": {"ruleset", "plan"},
    "jinja2": {"report"},
    "markupsafe": {"report"},  # comes with jinja2
    "filelock": {"runs"},
    "dns": {"deliverability"},
    "click": {"cli"},
    "rich": {"cli"},
    "python_calamine": {"files"},
    "xlsxwriter": {"files"},
}
VOCABULARY = {"pandas", "numpy", "pyarrow", "anyascii"}
FILES_OF_ONE_HOME = {
    "rapidfuzz": {"dedup": {"dedup/compare.py"}},
    "pandera": {"validators": {"validators/schema.py"}},
    "scipy": {"dedup": {"dedup/cluster.py"}},
    "chardet": {"files": {"files/sniff.py"}},
}

MODULES = sorted(ROOT.rglob("*.py"))


def room(path: Path) -> str:
    """The room of a source file: its top-level package, or its own name."""
    relative = path.relative_to(ROOT)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def imports(path: Path) -> list[str]:
    """Dotted names of everything a file imports, TYPE_CHECKING imports included."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def ours(names: list[str]) -> set[str]:
    return {name.split(".")[1] for name in names if name.startswith("crmclean.")}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_has_a_layer(path: Path) -> None:
    assert room(path) == "__init__" or room(path) in LAYER_OF


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down_only(path: Path) -> None:
    here = room(path)
    if here == "__init__":
        return
    for other in ours(imports(path)) - {here, "__version__", "__init__"}:
        assert other in LAYER_OF, f"{path.relative_to(ROOT)} imports crmclean.{other}, which has no layer"
        assert LAYER_OF[other] <= LAYER_OF[here], f"{path.relative_to(ROOT)} imports upward: crmclean.{other}"
        sideways = LAYER_OF[other] == LAYER_OF[here] and LAYER_OF[here] in SIBLINGS_APART
        assert not sideways, f"{path.relative_to(ROOT)} imports its neighbour crmclean.{other}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_library_has_one_home(path: Path) -> None:
    here, relative = room(path), str(path.relative_to(ROOT))
    for name in imports(path):
        library = name.split(".")[0]
        if library in HOMES:
            assert here in HOMES[library], f"{relative} imports {library}, whose home is {sorted(HOMES[library])}"
            allowed = FILES_OF_ONE_HOME.get(library, {}).get(here)
            assert allowed is None or relative in allowed, f"{relative} imports {library}; only {allowed} may"
        elif library not in VOCABULARY and library != "crmclean":
            assert is_standard(library), f"{relative} imports {library}, which has no home"


def is_standard(library: str) -> bool:
    import sys

    return library in sys.stdlib_module_names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_hold_one_idea(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 420, f"{path.relative_to(ROOT)} is too long: two ideas in one room?"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno
            limit = 85 if ast.get_docstring(node) else 55
            assert length <= limit, f"{path.relative_to(ROOT)}:{node.lineno} {node.name} has {length} lines"


def test_importing_the_package_does_no_work() -> None:
    import subprocess
    import sys

    heavy = "{'pandas', 'pyarrow', 'numpy', 'click'}"
    script = f"import sys, crmclean; print(sorted({{m.split('.')[0] for m in sys.modules}} & {heavy}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_needs_click_alone() -> None:
    import subprocess
    import sys

    script = (
        "import sys\nfrom crmclean.cli import cli\n"
        "try: cli.main(['--help'], standalone_mode=False)\nexcept SystemExit: pass\n"
        "heavy = {'pandas', 'pyarrow', 'numpy', 'rich', 'pydantic'}\n"
        "print(sorted({m.split('.')[0] for m in sys.modules} & heavy), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
