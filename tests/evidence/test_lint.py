"""Lint finds nothing on the shipped model, and each kind of fault in a broken one."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace

import pytest
from click.testing import CliRunner

from remodelsim.faces.cli import main
from remodelsim.files import lint as checks
from remodelsim.files.library import load_model
from remodelsim.files.lint import lint
from remodelsim.ground.resources import data_root
from remodelsim.nouns.evidence import Claim, Evidence, Excuse
from remodelsim.nouns.stated import stated_arrows

MODEL = load_model()
FLUORIDE_ACTS_ON = MODEL.compounds["Fluoride"].effects[0].node


def found(check, model):
    assert check in checks.CHECKS
    return list(check(model))


def model_with(**parts):
    return replace(MODEL, **parts)


def model_with_node(name, **changes):
    nodes = tuple(replace(n, **changes) if n.name == name else n for n in MODEL.network.nodes)
    return model_with(network=replace(MODEL.network, nodes=nodes))


def model_with_edge(source, target, **changes):
    edges = tuple(replace(e, **changes) if (e.source, e.target) == (source, target) else e for e in MODEL.network.edges)
    return model_with(network=replace(MODEL.network, edges=edges))


def model_with_effect(name, **changes):
    compound = MODEL.compounds[name]
    effects = (replace(compound.effects[0], **changes), *compound.effects[1:])
    return model_with(compounds={**MODEL.compounds, name: replace(compound, effects=effects)})


def model_with_claim(i, *, systems=True, **columns):
    claim = MODEL.claims.get(i) or Claim(i, "quercetin", "RANKL", "increases", "Nothing", {})
    row = {**claim.columns, **columns}
    new = replace(claim, columns=row, **{k: v for k, v in columns.items() if k in {"subject", "relation", "object"}})
    evidence = MODEL.evidence if systems else replace(MODEL.evidence, systems={})
    return model_with(claims={**MODEL.claims, i: new}, evidence=evidence)


def model_with_excuse(i, why, reason):
    excuses = {**MODEL.evidence.excuses, i: Excuse(i, why, reason)}
    return model_with(evidence=replace(MODEL.evidence, excuses=excuses))


def test_lint_finds_nothing_on_the_shipped_model():
    assert lint(MODEL) == []


def test_an_unknown_claim_is_found_with_the_nearest_one():
    assert found(checks.unknown_claims, model_with_edge("ALP", "Mineralization", claims=("QUE-3333",))) == [
        "edge ALP -> Mineralization: no claim 'QUE-3333'; did you mean 'QUE-303'?"
    ]


def test_a_review_that_is_no_source_is_found():
    claims = {**MODEL.claims, "QUE-001": replace(MODEL.claims["QUE-001"], source="quercetine")}

    assert "claim QUE-001: no source 'quercetine'; did you mean 'quercetin'?" in found(
        checks.unknown_reviews, model_with(claims=claims)
    )


def test_an_assumption_without_a_reason_is_found():
    assert "edge AKT_ob -> GSK3b: neither a claim nor an assumption with its reason" in found(
        checks.unsupported, model_with_edge("AKT_ob", "GSK3b", claims=(), assumption="well known")
    )


def test_an_action_without_a_reason_is_found():
    assert found(checks.unsupported, model_with_effect("Fluoride", claims=(), assumption="why not")) == [
        f"compound Fluoride on {FLUORIDE_ACTS_ON}: neither a claim nor an assumption with its reason"
    ]


def test_a_claim_that_nothing_represents_is_found():
    assert lint(model_with_claim("QUE-999", systems=False)) == [
        "claim QUE-999 is represented by nothing and not excused (RANKL increases Nothing)"
    ]


def test_a_claim_in_no_system_is_found():
    findings = found(checks.misplaced_claims, model_with_claim("QUE-999"))

    assert "claim QUE-999 stands in no system" in findings


def test_a_claim_in_the_system_of_another_review_is_found():
    wnt = replace(MODEL.evidence.systems["que_wnt"], review="puerarin")
    findings = found(
        checks.misplaced_claims,
        model_with(evidence=replace(MODEL.evidence, systems={**MODEL.evidence.systems, "que_wnt": wnt})),
    )

    assert len(findings) == len(wnt.claims)
    assert findings[0] == "claim QUE-121 of quercetin stands in the system que_wnt of puerarin"


def test_an_excuse_that_is_not_needed_is_found():
    assert lint(model_with_excuse("VK2-065", "outside", "no reason at all")) == [
        "claim VK2-065 is excused, but edge SXR -> TSK rests on it"
    ]


def test_an_excuse_of_a_claim_that_is_not_there_is_found():
    assert found(checks.unknown_claims, model_with_excuse("VK2-565", "outside", "no reason at all")) == [
        "excused.csv: no claim 'VK2-565'; did you mean 'VK2-156'?"
    ]


def test_the_sign_of_an_edge_against_its_claims_is_found():
    model = model_with_claim("VK2-065", relation="decreases")

    assert "edge SXR -> TSK: claim VK2-065 says the opposite (SXR decreases TSK)" in found(
        checks.contradicted_signs, model
    )


def test_the_sign_of_an_action_against_its_claims_is_found():
    findings = found(checks.contradicted_signs, model_with_claim("VK2-064", relation="decreases"))

    assert "edge VitaminK2 -> SXR: claim VK2-064 says the opposite (VitaminK2 decreases SXR)" in findings


def test_a_sign_is_followed_along_the_chain_of_a_claim():
    claim = Claim("X-1", "x", "A", "decreases", "E", {"via": "-|B,C~D-|; F>"})

    assert stated_arrows(claim) == {
        ("A", -1, "E"),
        ("A", -1, "B"),
        ("A", -1, "C"),
        ("D", -1, "E"),
        ("A", 1, "F"),
        ("F", 1, "E"),
    }
    assert stated_arrows(replace(claim, relation="uncertain")) == set()


def test_an_unknown_entity_is_found_with_the_nearest_name():
    findings = lint(model_with_claim("VK2-065", baseline="", do="SXQ=off", expect="TSK:down"))

    assert findings == ["claim VK2-065: the model carries no entity 'SXQ'; did you mean 'SXR'?"]


def test_a_question_that_cannot_be_read_is_found():
    assert lint(model_with_claim("VK2-065", expect="TSK goes down")) == ["claim VK2-065: its question cannot be read"]


@pytest.mark.parametrize("node", ["BoneResorption", "OsteoclastDifferentiation"])
def test_a_compound_on_a_read_out_is_found(node):
    model = model_with_effect("Fluoride", node=node, claims=(), assumption="an outcome without a mechanism")

    assert found(checks.effects_on_outcomes, model) == [
        f"compound Fluoride acts on the outcome {node}, not marked phenomenological"
    ]


def test_more_phenomenological_effects_than_one_in_twenty_are_found():
    marked = {
        name: replace(c, effects=tuple(replace(e, phenomenological=True) for e in c.effects))
        for name, c in MODEL.compounds.items()
        if name in {"Quercetin", "Puerarin"}
    }
    count = sum(len(c.effects) for c in marked.values())
    total = sum(len(c.effects) for c in MODEL.compounds.values())

    assert found(checks.effects_on_outcomes, model_with(compounds={**MODEL.compounds, **marked})) == [
        f"{count} of {total} effects of compounds are phenomenological, more than 5%"
    ]


def test_a_level_without_room_is_found():
    assert found(checks.saturated_levels, model_with_node("SXR", level=0.995)) == [
        "node SXR: healthy level 0.995 leaves no room"
    ]


@pytest.mark.parametrize("label", ["label_en", "label_zh"])
def test_a_missing_label_is_found(label):
    assert found(checks.missing_labels, model_with_node("SXR", **{label: ""})) == [
        "SXR lacks a label in English or Chinese"
    ]


def test_every_node_compound_background_and_readout_has_synonyms_and_labels_in_two_languages():
    things = [
        *MODEL.network.nodes,
        *MODEL.compounds.values(),
        *MODEL.backgrounds.values(),
        *MODEL.readouts.values(),
    ]
    spoken = re.compile(r"[A-Za-z]"), re.compile(r"[\u4e00-\u9fffA-Za-z]")

    assert [t.name for t in things if not (t.aliases if hasattr(t, "aliases") else t.synonyms)] == []
    assert [t.name for t in things if not spoken[0].search(t.label_en) or not spoken[1].search(t.label_zh)] == []


def test_a_synonym_of_two_nodes_is_found_in_any_spelling():
    assert found(checks.shared_names, model_with_node("SXR", synonyms=("rank-l",))) == [
        "synonym 'rank-l' of SXR also means RANKL"
    ]


@pytest.mark.parametrize(
    ("identifier", "sentence"),
    [
        ("hgnc:12x", "identifier 'hgnc:12x' of SXR is no accession"),
        ("go:6954", "identifier 'go:6954' of SXR is no accession"),
        ("CL:0000092", "identifier 'CL:0000092' of SXR is no accession; registries: "),
        ("kegg:hsa1", "identifier 'kegg:hsa1' of SXR is no accession; registries: "),
    ],
)
def test_a_malformed_identifier_is_found(identifier, sentence):
    (finding,) = found(checks.malformed_identifiers, model_with_node("SXR", identifier=identifier))

    assert finding.startswith(sentence)


@pytest.fixture(name="folder")
def folder_of_one_s_own(tmp_path):
    return shutil.copytree(data_root("models"), tmp_path / "mine")


def checked(folder):
    result = CliRunner().invoke(main, ["check", str(folder)])
    return result.exit_code, result.output


def test_check_counts_what_is_represented_and_what_is_phenomenological(folder):
    code, text = checked(folder)

    assert code == 0
    effects = [effect for compound in MODEL.compounds.values() for effect in compound.effects]
    marked = sum(effect.phenomenological for effect in effects)
    assert f"{len(MODEL.evidence.excuses)} excused, 0 unexplained\n" in text
    assert f"compounds: {marked} of {len(effects)} effects give an outcome without a mechanism (" in text


def test_check_refuses_an_edge_without_evidence(folder):
    edges = folder / "edges.csv"
    old = "SXR,TSK,+1,"
    lines = [line.rsplit(",", 1)[0] + "," if line.startswith(old) else line for line in edges.read_text().splitlines()]
    edges.write_text("\n".join(lines) + "\n")
    code, text = checked(folder)

    assert code == 2
    assert "edge SXR -> TSK has no evidence. Give claim ids, or 'assumption:' and the reason." in text


def test_check_refuses_a_compound_that_acts_on_a_formula(folder):
    path = folder / "compounds" / "fluoride.yaml"
    path.write_text(re.sub(r"node: \w+", "node: BoneMass", path.read_text(), count=1))
    code, text = checked(folder)

    assert code == 2
    assert text == (
        "remodelsim: compound Fluoride acts on the readout 'BoneMass'. "
        "Name the node that it acts on; readouts must follow from it.\n"
    )


def test_check_lists_findings_and_fails(folder):
    excused = folder / "evidence" / "excused.csv"
    first, gone, *rest = excused.read_text().splitlines()
    excused.write_text("\n".join([first, *rest]) + "\n")
    code, text = checked(folder)

    assert code == 2
    assert text.startswith(f"claim {gone.split(',')[0]} is represented by nothing and not excused (")
    assert ", 1 findings\n" in text


@pytest.mark.parametrize(
    ("table", "row", "sentence"),
    [
        ("excused.csv", "QUE-001,outsid,far away", "claim QUE-001 is excused by 'outsid'. Did you mean 'outside'?"),
        ("excused.csv", "QUE-001,outside,far", "the excuse of claim QUE-001 gives no reason. Say why in a few words."),
        ("systems.csv", "more,quercetin,a,b,QUE-001:QUE-002", "claim QUE-001 stands in que_osteoporosis and in more"),
        ("systems.csv", "more,quercetin,a,b,QUE-1:2", "'QUE-1:2' names no claims"),
        ("systems.csv", "more,quercetin,a,b,QUE-010:QUE-002", "'QUE-010:QUE-002' runs backwards"),
        ("systems.csv", "more,quercetin,a,b,", "system more holds no claim"),
        ("grades.csv", "system,mars,alien", "unknown grade 'alien'"),
        ("references.csv", "quercetin,x,,,untold,a,", "'x' is no number of a reference"),
        ("references.csv", "quercetin,1,,,untold,a,", "quercetin 1 stands twice. Keep one of the two."),
        ("references.csv", "quercetin,99,,,told,a,", "reference 99 of quercetin has the study 'told'"),
    ],
)
def test_a_damaged_table_of_evidence_is_refused_with_its_line(folder, table, row, sentence):
    path = folder / "evidence" / table
    text = path.read_text(encoding="utf-8") + row + "\n"
    path.write_text(text, encoding="utf-8")
    code, output = checked(folder)

    assert code == 2
    assert f"{table}:{text.count(chr(10))}: {sentence}" in output


def test_a_model_without_tables_of_evidence_can_be_loaded(folder):
    for name in ("excused", "systems", "grades", "references"):
        (folder / "evidence" / f"{name}.csv").unlink()
    (folder / "evidence" / "deviations.md").unlink()

    assert load_model(folder).evidence == Evidence()
