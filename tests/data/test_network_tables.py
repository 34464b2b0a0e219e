"""Rules, nodes and edges are one network, whichever file one starts from."""

from __future__ import annotations

import pytest

from .models_on_disk import CLAIM_ID, MODELS, document, documents, rows, rules, signs

CLAIMS = {row["id"] for row in rows(MODELS / "evidence" / "claims.csv")}


@pytest.fixture(scope="module", name="nodes")
def nodes_of_the_table():
    return {row["name"]: row for row in rows(MODELS / "nodes.csv")}


@pytest.fixture(scope="module", name="edges")
def edges_of_the_table():
    return rows(MODELS / "edges.csv")


@pytest.fixture(scope="module", name="regulators")
def regulators_of_the_rules():
    return {target: signs(rule) for target, rule in rules().items()}


def test_the_network_has_real_size(regulators):
    assert len(regulators) >= 80


def test_every_node_has_a_rule_and_every_rule_a_node(regulators, nodes):
    assert set(nodes) == set(regulators)


def test_every_regulator_is_a_node(regulators, nodes):
    assert {name for found in regulators.values() for name, _ in found} - set(nodes) == set()


def test_every_regulator_stands_once_in_its_rule(regulators):
    assert {target: r for target, r in regulators.items() if len(r) != len({name for name, _ in r})} == {}


def test_edges_are_the_regulators_of_the_rules_with_their_signs(regulators, edges):
    of_rules = {(n, target, s) for target, r in regulators.items() if r != [(target, 1)] for n, s in r}
    of_table = [(row["source"], row["target"], int(row["sign"])) for row in edges]

    assert len(of_table) == len(set(of_table))
    assert set(of_table) - of_rules == set()
    assert of_rules - set(of_table) == set()


def test_every_edge_rests_on_claims_or_says_why_not(edges):
    for row in edges:
        ids, mark, reason = row["claims"].partition("assumption:")
        assert ids.split() or reason.strip(), row
        assert not mark or len(reason.strip()) > 10, row
        assert [i for i in ids.split() if i not in CLAIMS] == [], row


@pytest.mark.parametrize("path", [p for p in documents() if p.parent.name == "compounds"], ids=lambda p: p.stem)
def test_every_effect_of_a_compound_rests_on_claims_or_says_why_not(path, nodes):
    for effect in document(path)["effects"]:
        assert effect["node"] in nodes
        assert effect.get("claims") or len(effect.get("assumption", "")) > 10
        assert [i for i in effect.get("claims", ()) if not CLAIM_ID.fullmatch(i)] == []


def test_few_effects_are_phenomenological():
    effects = [e for p in documents() if p.parent.name == "compounds" for e in document(p)["effects"]]

    assert sum(e.get("phenomenological", False) for e in effects) <= 0.05 * len(effects)


def test_labels_are_there_in_both_languages(nodes):
    assert [name for name, row in nodes.items() if not row["label_en"].strip() or not row["label_zh"].strip()] == []


def test_no_synonym_means_two_nodes(nodes):
    owners: dict[str, set[str]] = {}
    for name, row in nodes.items():
        for word in (name, *row["synonyms"].split(";")):
            folded = word.strip().casefold().replace(" ", "").replace("-", "").replace("_", "")
            if folded:
                owners.setdefault(folded, set()).add(name)

    assert {word: names for word, names in owners.items() if len(names) > 1} == {}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("A & !B", [("A", 1), ("B", -1)]),
        ("!(A | !B) & C", [("A", -1), ("B", 1), ("C", 1)]),
        ("!(A & !(B | C))", [("A", -1), ("B", 1), ("C", 1)]),
    ],
)
def test_signs_are_read_through_brackets(expression, expected):
    assert signs(expression) == expected
