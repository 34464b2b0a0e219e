"""The notebook of the first lesson runs as it stands, and shows what its comments say."""

import ast
import json
import re
from pathlib import Path

import matplotlib as mpl
import pytest

NOTEBOOK = Path(__file__).resolve().parents[2] / "scenarios" / "lessons" / "remodeling_balance.ipynb"
CELLS = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]


def texts(kind):
    return ["".join(cell["source"]) for cell in CELLS if cell["cell_type"] == kind]


def last_value(source, names):
    """Run a cell; return what a notebook would show under it."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, NOTEBOOK.name, "exec"), names)  # noqa: S102  # our own notebook
    return eval(compile(ast.Expression(last.value), NOTEBOOK.name, "eval"), names) if last else None  # noqa: S307


@pytest.fixture(scope="module")
def run():
    mpl.use("Agg")
    names = {}
    return [(source, last_value(source, names)) for source in texts("code")], names


def test_every_line_with_a_comment_behind_it_shows_that(run):
    promised = [
        (source, found.group(1), value)
        for source, value in run[0]
        if (found := re.search(r"\S  # (.+)$", source.splitlines()[-1]))
    ]
    assert len(promised) >= 5
    for source, comment, value in promised:
        assert repr(value) == comment, source


def test_tables_and_figures_show_themselves(run):
    shown = [value for _, value in run[0] if value is not None]
    assert sum(hasattr(value, "_repr_html_") for value in shown) >= 1
    assert sum(type(value).__name__ == "Figure" for value in shown) == 2


def test_bed_rest_is_explained_by_nodes_that_carry_it_and_chains_of_arrows(run):
    why = run[1]["why"]
    assert why.effective
    assert why.mediators
    assert why.routes


def test_every_explanation_stands_in_english_and_chinese():
    for text in texts("markdown"):
        assert re.search(r"[a-z]{4}", text)
        assert re.search(r"[\u4e00-\u9fff]{4}", text)


def test_the_notebook_is_kept_without_outputs():
    assert all(
        cell["outputs"] == [] and cell["execution_count"] is None for cell in CELLS if cell["cell_type"] == "code"
    )
