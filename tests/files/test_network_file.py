"""Boolean networks as files: what is read, what is refused with its place, what other tools make of our files."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from remodelsim.engines.boolean.logic import compile_logic
from remodelsim.engines.boolean.traps import smallest_trap_spaces
from remodelsim.files.network_file import load_rules, read_booleannet, with_inputs, write_maboss, write_rules
from remodelsim.ground.errors import FileFormatError, RemodelsimError, RuleError
from remodelsim.nouns.rule import Rule

spec = importlib.util.spec_from_file_location("brute", Path(__file__).parents[1] / "engines" / "boolean" / "brute.py")
brute = importlib.util.module_from_spec(spec)
spec.loader.exec_module(brute)


def load(tmp_path, text, name="net.bnet", **kwargs):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8", newline="", **kwargs)
    return load_rules(str(path))


def texts(rules):
    return {name: rule.expr.text() for name, rule in rules.items()}


@pytest.mark.parametrize(
    "text",
    [
        "targets, factors\nA, B & !C\nB, 1\n",
        "targets,factors\r\nA, B & !C\r\nB, 1\r\n",
        "A,B&!C\nB,1",
        "\ufeffTargets, Factors\n\n# why\nA, B & !C # because\nB, 1\n",
        "A, (B & (!(C)))\r B, 1",
    ],
)
def test_line_ends_headers_comments_and_constants_are_read(tmp_path, text):
    assert texts(load(tmp_path, text)) == {"A": "B & !C", "B": "1", "C": "C"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("A, B\nB, A\nA, !B", "net.bnet:3: target A stands twice. Keep one rule per node."),
        ("A, B\nB A", "net.bnet:2: no comma between target and expression. Write 'target, expression'."),
        (
            "A, B &",
            "net.bnet:1: the expression ends too early. Close every bracket and give every operator both sides.",
        ),
        ("A, B ^ C", "net.bnet:1: unexpected '^' in the expression. Allowed: names, &, |, !, (, ), 0, 1."),
        (
            "A, and(B, C)",
            "net.bnet:1: '(' stands where an operator is due. Rules have no functions: join names with &, | and !.",
        ),
        ("A,", "net.bnet:1: the expression is empty. Write an input as its own regulator: X, X."),
        ("# nothing\n", "net.bnet: no rules in the file. Write one 'target, expression' per line."),
        ("IL-6, A", "net.bnet:1: 'IL-6' is not a name for a node. Use a letter, then letters, digits and underscores;"),
    ],
)
def test_each_broken_file_has_its_sentence(tmp_path, text, sentence):
    with pytest.raises(RemodelsimError) as error:
        load(tmp_path, text)
    assert str(error.value).startswith(sentence)


def test_a_missing_file_and_another_kind_of_file_are_refused(tmp_path):
    with pytest.raises(FileFormatError, match=r"cannot read the file \(No such file or directory\)"):
        load_rules(str(tmp_path / "none.bnet"))
    with pytest.raises(
        FileFormatError, match=r"cannot read a network from .*\.xls'. Allowed: .bnet, .booleannet, .txt"
    ):
        load_rules(str(tmp_path / "net.xls"))


def test_names_without_a_rule_are_inputs():
    rules = with_inputs({"A": Rule.parse("A", "B & (C | A)")})
    assert [name for name, rule in rules.items() if rule.is_input] == ["B", "C"]


def test_thirty_regulators_and_two_thousand_nodes_are_read(tmp_path):
    wide = "out, " + " | ".join(f"(x{i} & !x{i + 1})" for i in range(0, 30, 2))
    chain = "\n".join(f"n{i}, n{i - 1}" for i in range(1, 2000))
    rules = load(tmp_path, f"{wide}\nn0, !out\n{chain}\n")
    assert len(rules) == 2001 + 30
    found = smallest_trap_spaces(compile_logic(rules), np.where([n.startswith("x") for n in rules], 0, -1))
    assert (found.count, found.fixed_points) == (1, 1)


def test_deep_and_long_expressions_are_read_or_refused_but_never_crash(tmp_path):
    pairs = "x0" + "".join(f" | (x{i}" for i in range(1, 3000)) + ")" * 2999
    assert len(load(tmp_path, f"A, {pairs}")["A"].regulators) == 3000
    with pytest.raises(RuleError, match="nested deeper than 200 levels"):
        load(tmp_path, "A, " + "!(x & " * 300 + "y" + ")" * 300)
    with pytest.raises(RuleError, match="longer than 200000 characters"):
        load(tmp_path, "A, " + " | ".join(f"name{i}" for i in range(30000)))


def test_reading_by_hand_agrees_with_the_parser():
    from remodelsim.nouns.rule import _read_by_hand

    for seed in range(200):
        rng = np.random.default_rng(seed)
        for rule in brute.random_rules(rng, 5, most=5).values():
            text = rule.expr.text()
            assert _read_by_hand(text) == Rule.parse("A", text).expr
    for text in ("a & b | c & !d | !(e | !(f & g)) & (h | (i | j))", "!!a", "0 | a & 1", "((a))"):
        assert _read_by_hand(text) == Rule.parse("A", text).expr


def test_booleannet_text_is_read(tmp_path):
    text = "# start\nA = B = True\nC = Random\n\n1: A* = not B and (C or A)\nB* = A\nC *= False\n"
    assert texts(load(tmp_path, text, "net.txt")) == {"A": "!B & (C | A)", "B": "A", "C": "0"}
    with pytest.raises(FileFormatError, match=r"x.txt:1: neither a rule nor a starting value"):
        read_booleannet("A -> B", "x.txt")
    with pytest.raises(FileFormatError, match=r"x.txt:2: target A stands twice"):
        read_booleannet("A* = B\nA* = C", "x.txt")


@pytest.mark.parametrize("ending", [".bnet", ".txt", ".booleannet"])
@pytest.mark.parametrize("seed", range(6))
def test_a_network_comes_back_as_it_was_written(tmp_path, seed, ending):
    rules = brute.random_rules(np.random.default_rng(seed), 6, most=4, inputs=1)
    path = tmp_path / f"net{ending}"
    assert write_rules(rules, str(path)) == (path,)
    again = load_rules(str(path))
    for state in brute.states_of(6):
        assert brute.image(again, state) == brute.image(rules, state)


def test_unknown_endings_and_folders_are_refused(tmp_path):
    rules = {"A": Rule.parse("A", "A")}
    with pytest.raises(FileFormatError, match=r"cannot write a network to 'net.doc'"):
        write_rules(rules, str(tmp_path / "net.doc"))
    with pytest.raises(FileFormatError, match="no folder"):
        write_rules(rules, str(tmp_path / "none" / "net.bnet"))


@pytest.mark.parametrize("seed", range(3))
def test_maboss_gives_the_same_probabilities_from_our_files(tmp_path, seed):
    cmaboss = pytest.importorskip("cmaboss", reason="cmaboss is a test oracle that is not installed")
    from remodelsim.engines.boolean.exact import chain_of_logic, law_after, node_means
    from remodelsim.engines.boolean.gillespie import Pace

    rng = np.random.default_rng(seed)
    rules = brute.random_rules(rng, 6, most=4, inputs=1)
    rates = {name: (float(rng.choice([0.3, 1.0, 2.0])), float(rng.choice([0.5, 1.0]))) for name in rules}
    start = {name: float(rng.choice([0.2, 0.5, 1.0])) for name in rules}
    bnd, cfg = write_maboss(rules, rates, start)
    (tmp_path / "n.bnd").write_text(bnd)
    (tmp_path / "n.cfg").write_text(cfg.replace("sample_count = 10000", "sample_count = 40000"))
    run = cmaboss.MaBoSSSim(network=str(tmp_path / "n.bnd"), config=str(tmp_path / "n.cfg")).run()
    told, _, columns, _ = run.get_last_nodes_probtraj()
    logic = compile_logic(rules)
    up, down = (np.array([pair[k] for pair in rates.values()]) for k in (0, 1))
    chain = chain_of_logic(logic, Pace(up, down, np.full(6, -1.0)), np.arange(6), np.full(6, -1))
    # MaBoSS averages over its last tick, from 9.5 to 10
    law, _ = law_after(chain, brute.law_of_start(list(start.values())), 9.5)
    exact = dict(zip(rules, node_means(law_after(chain, law, 0.5)[1]), strict=True))
    for column, p in zip(columns, np.ravel(told), strict=True):
        q = exact[column]
        assert abs(p - q) < 4.5 * np.sqrt(max(q * (1 - q), 1e-6) / 40000) + 1e-6


def test_aeon_counts_the_same_attractors_in_our_files(tmp_path):
    aeon = pytest.importorskip("biodivine_aeon", reason="AEON is a test oracle that is not installed")
    from remodelsim.engines.boolean.attractors import attractors_of

    for seed in range(12):
        rules = brute.golden_rules(seed + 100, 14)
        path = tmp_path / "net.bnet"
        write_rules(rules, str(path))
        network = aeon.BooleanNetwork.from_file(str(path)).infer_valid_graph()
        theirs = aeon.Attractors.attractors(aeon.AsynchronousGraph(network))
        ours = attractors_of(compile_logic(rules))
        assert ours.complete
        assert ours.count == len(theirs)
        assert sorted(a.vertices().cardinality() == 1 for a in theirs) == sorted(
            a.is_fixed_point for a in ours.listed(1000)
        )
