"""Screens: the same answers as one question at a time, pairs against Bliss and HSA, and what is refused."""

import csv
import json
from itertools import product

import numpy as np
import pytest
from click.testing import CliRunner

import remodelsim as rs
from remodelsim.experiments import trials
from remodelsim.experiments.moves import compound_moves, node_moves, with_pairs
from remodelsim.experiments.screen import screen, screen_of
from remodelsim.experiments.synergy import synergy_of
from remodelsim.experiments.whatif import Question, ask
from remodelsim.faces.cli import main
from remodelsim.nouns.intervention import Protocol

BASE = "menopause=on"
EXCLUDED = "Alendronate and Bisphosphonate are one kind of drug (bisphosphonate) and cannot be given at the same time"


def command(*arguments):
    return CliRunner().invoke(main, ["screen", *arguments])


def test_a_screen_says_of_each_move_what_whatif_says(model):
    found = rs.screen(nodes=["RANKL"], compounds=["Quercetin=5uM"], baseline=BASE, readouts=["BMD_hip", "CTX"], draws=4)
    assert [move.name for move in found.work.moves] == ["RANKL=off", "RANKL=on", "Quercetin=5uM"]
    for k, move in enumerate(found.work.moves):
        for readout in ("BMD_hip", "CTX"):
            one = found.findings["ode", readout][k]
            verdict = ask(model, Question(move.name, BASE, (readout,), "ode", draws=4)).verdicts[readout]["ode"]
            assert (one.change, one.value) == pytest.approx((verdict.change, verdict.value), rel=1e-9, abs=1e-12)
            assert (one.direction, one.agreement) == (verdict.direction, verdict.agreement)


def test_the_boolean_directions_of_a_screen_are_those_of_longer_samples(model):
    found = rs.screen(
        nodes=["RANKL", "Sclerostin", "IL17"], baseline=BASE, readouts=["BoneResorption"], formalism="boolean"
    )
    for one in found.findings["boolean", "BoneResorption"]:
        asked = Question(one.move.name, BASE, ("BoneResorption",), "boolean")
        verdict = ask(model, asked).verdicts["BoneResorption"]["boolean"]
        assert one.direction == verdict.direction
        assert one.low * found.scale("boolean", "BoneResorption") - 0.002 <= verdict.change


def test_all_nodes_and_all_compounds_are_tried(model):
    work, left, _ = screen_of(model, nodes=["all"], compounds=["all"], readouts=["BMD_hip"])
    assert len(work.moves) == 2 * len(model.network.nodes) + len(model.compounds)
    assert left == ()
    assert len(screen_of(model, readouts=["BMD_hip"])[0].moves) == len(model.compounds)


def test_no_knock_out_and_no_knock_in_fails_to_integrate(model):
    found = screen(screen_of(model, nodes=["all"], readouts=["BMD_hip", "CTX"], formalism="ode"))
    assert found.failed == 0
    assert len(found.ranking()) == 2 * len(model.network.nodes)
    first = [f.robust for f in found.findings["ode", "BMD_hip"]]
    assert next(iter(found.ranking())).name == found.work.moves[int(np.argmax(first))].name


def test_a_screen_has_the_same_bytes_in_chunks_of_any_size_when_there_are_no_draws(model, tmp_path):
    asked = screen_of(model, nodes=["RANKL", "TNF"], baseline=BASE, readouts=["BMD_hip"])
    whole = screen(asked).columns
    parts = screen(asked, tmp_path / "out", chunk=2).columns
    assert {k: v.tobytes() for k, v in whole.items()} == {k: v.tobytes() for k, v in parts.items()}


class TestSynergy:
    def one(self, *values, scale=1.0, **how):
        return synergy_of(None, np.array([values]), scale, **how)

    def test_the_product_of_ratios_is_no_synergy(self):
        found = self.one(2.0, 1.0, 0.5, 0.25)
        assert (found.word, found.beyond_bliss) == ("additive", 0.0)
        assert found.beyond_hsa == pytest.approx(0.125)

    def test_farther_than_the_product_is_synergy_and_less_far_is_antagonism_up_and_down(self):
        assert self.one(1.0, 0.5, 0.5, 0.1).word == "synergy"
        assert self.one(1.0, 0.5, 0.5, 0.4).word == "antagonism"
        assert self.one(1.0, 1.5, 1.5, 3.0).word == "synergy"
        assert self.one(1.0, 1.5, 1.5, 1.6).word == "antagonism"

    def test_where_there_are_no_ratios_changes_add_up(self):
        found = self.one(-0.1, 0.1, 0.3, 0.5, scale=0.5, ratios=False)
        assert (found.scale, found.word) == ("difference", "additive")
        assert found.effect == pytest.approx(1.2)

    def test_hsa_is_below_0_where_the_pair_does_less_than_the_better_one(self):
        assert self.one(1.0, 2.0, 1.0, 1.5).beyond_hsa == pytest.approx(-0.5)

    def test_an_excess_within_the_noise_is_none_and_draws_are_counted(self):
        assert self.one(1.0, 1.5, 1.5, 2.4, noise=0.1).word == "additive"
        values = np.array([[1.0, 1.5, 1.5, 3.0], [1.0, 1.5, 1.5, 3.0], [1.0, 1.5, 1.5, 2.25]])
        assert synergy_of(None, values, 1.0).agreement == 0.5

    def test_a_pair_that_failed_is_told(self):
        assert self.one(1.0, 1.5, 1.5, np.nan).word == "failed"


def test_pairs_are_all_but_those_of_one_node_and_those_of_drugs_that_exclude_each_other(model):
    singles = [*node_moves(model, ["RANKL"]), *compound_moves(model, ["Denosumab", "Alendronate", "Bisphosphonate"])]
    moves, left = with_pairs(model, singles, Protocol(), 180.0)
    assert [m.name for m in moves[5:]] == [
        f"{one} & {other}"
        for one, other in [
            *product(["RANKL=off", "RANKL=on"], ["Denosumab=60mg", "Alendronate=70mg", "Bisphosphonate=70mg"]),
            ("Denosumab=60mg", "Alendronate=70mg"),
            ("Denosumab=60mg", "Bisphosphonate=70mg"),
        ]
    ]
    assert left == [f"Alendronate=70mg & Bisphosphonate=70mg: {EXCLUDED}"]


def test_what_the_baseline_excludes_is_left_out_and_named(tmp_path):
    given = ["--compounds", "Bisphosphonate,Denosumab", "--baseline", "Alendronate=on", "--readout", "BMD_hip"]
    outcome = command(*given, "--formalism", "ode", "-o", str(tmp_path))
    assert outcome.exit_code == 0, outcome.output
    assert f"Left out: Bisphosphonate=70mg: {EXCLUDED}.\n" in outcome.output
    assert [move["name"] for move in json.loads((tmp_path / "summary.json").read_text())["moves"]] == ["Denosumab=60mg"]


def test_a_dose_matrix_holds_each_dose_alone_and_every_combination(tmp_path):
    given = ["--dose-matrix", "Quercetin=1,10uM", "--dose-matrix", "Puerarin.dose=1:100uM:log:3"]
    outcome = command(*given, "--baseline", BASE, "--readout", "BMD_hip", "--formalism", "ode", "-o", str(tmp_path))
    assert outcome.exit_code == 0, outcome.output
    told = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert len(told["moves"]) == 2 + 3 + 6
    assert {pair["name"] for pair in told["pairs"]} == {
        f"Quercetin={q}uM & Puerarin={p}uM" for q in (1, 10) for p in (1, 10, 100)
    }
    for pair in told["pairs"]:
        assert pair["scale"] == "ratio"
        assert pair["beyond_bliss"] == pytest.approx(pair["effect"] - pair["expected"])
    assert (tmp_path / "matrix.png").stat().st_size > 10_000


def test_a_screen_ends_in_one_table_one_figure_and_a_report(tmp_path):
    given = ["--compounds", "Quercetin,Denosumab", "--pairs", "--baseline", BASE, "--readout", "BMD_hip", "--csv"]
    outcome = command(*given, "--draws", "2", "-o", str(tmp_path), "--language", "zh")
    assert outcome.exit_code == 0, outcome.output
    names = {path.name for path in tmp_path.iterdir()}
    pictures = {f"{kind}.{end}" for kind in ("ranking", "effects", "pairs", "compounds") for end in ("png", "svg")}
    assert names == pictures | {
        "manifest.json",
        "chunks",
        "results.npz",
        "results.csv",
        "summary.json",
        "report.html",
    } | {"effects.csv", "pairs.csv"}
    with (tmp_path / "effects.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["move"] for row in rows if row["formalism"] == "ode"] == [
        "Quercetin=5uM",
        "Denosumab=60mg",
        "Quercetin=5uM & Denosumab=60mg",
    ]
    assert {row["direction"] for row in rows} <= {"up", "down", "same"}
    report = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "槲皮素" in report
    assert "<script" not in report
    assert "Denosumab=60mg" in outcome.output


def test_a_move_that_cannot_be_integrated_is_kept_marked_and_counted(model, monkeypatch):
    real = trials.ode_many

    def breaking(cases, **how):
        return [{k: v * np.nan for k, v in one.items()} if n == 2 else one for n, one in enumerate(real(cases, **how))]

    monkeypatch.setattr(trials, "ode_many", breaking)
    found = screen(screen_of(model, nodes=["RANKL"], readouts=["BMD_hip"], formalism="ode", draws=1))
    assert found.failed == 1
    assert [f.direction for f in found.findings["ode", "BMD_hip"]][1] == "none"
    assert found.ranking()[-1].name == "RANKL=on"
    assert rs.plot(found, "effects") is not None
    assert "failed" in found._repr_html_()


MISTAKES = {
    ("--nodes", "RNKL"): ("unknown node 'RNKL'. Did you mean 'RANKL'? List them with: remodelsim list nodes"),
    ("--compounds", "Quercetn"): (
        "unknown compound 'Quercetn'. Did you mean 'Quercetin'? List them with: remodelsim list compounds"
    ),
    ("--compounds", "Quercetin=5mg"): (
        "Quercetin=5mg: Quercetin has no dose in mg (human dose). Allowed: uM (concentration in a dish), "
        "mg/kg (dose per animal weight). Kinds of dose never turn into each other."
    ),
    ("--compounds", "Denosumab", "--pairs"): "a pair needs two. Name at least two nodes or compounds, or all.",
    ("--days", "0"): "a change cannot be read at day 0. Allowed: above 0 to 36500 days.",
    ("--dose-matrix", "Quercetin=1,2"): "a dose matrix needs two compounds, not 1. Give --dose-matrix twice.",
    ("--dose-matrix", "Quercetin=1,2", "--dose-matrix", "quercetin=3,4"): (
        "a dose matrix of Quercetin.dose with itself says nothing."
    ),
    ("--dose-matrix", "Quercetin=0:2:log:3", "--dose-matrix", "Puerarin=3,4"): (
        "Quercetin=0:2:log:3: a log range cannot start at 0: zero has no logarithm. "
        "Start above 0, or write lin, or a list such as 0,1,10."
    ),
    (
        "--readout",
        "BMD_hop",
    ): "unknown readout 'BMD_hop'. Did you mean 'BMD_hip'? List them with: remodelsim list readouts",
    ("--nodes", "all", "--compounds", "all", "--pairs", "--draws", "100000"): None,
}


@pytest.mark.parametrize("given", MISTAKES, ids=" ".join)
def test_a_wrong_screen_is_told_in_one_line_and_nothing_is_written(given, tmp_path):
    outcome = command(*given, "-o", str(tmp_path / "out"))
    assert outcome.exit_code == 2
    told = MISTAKES[given] or (
        f"{outcome.output.split()[1]} moves in 100001 draws are too many. Allowed: 50000000 samples. "
        "Take fewer moves or draws."
    )
    assert outcome.output == f"remodelsim: {told}\n"
    assert not (tmp_path / "out").exists()
