"""Pages of the catalog: everything that is known, with its sources, and nothing that is not there."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner

from remodelsim.faces.catalog import LISTS, kinds_text, names_of, page_of
from remodelsim.faces.cli import main


def test_the_page_of_a_compound_shows_every_action_with_its_claims(model):
    for compound in model.compounds.values():
        text = page_of(model, compound.name)
        for effect in compound.effects:
            assert re.search(rf"^  {effect.node} · .*strength {effect.strength:g}", text, re.MULTILINE)
            for claim in effect.claims[:8]:
                assert re.search(rf"^    {claim} +{model.claims[claim].grade} ", text, re.MULTILINE)
            assert effect.assumption in text


def test_the_page_of_quercetin_shows_disputes_and_what_the_reviews_report(model):
    text = page_of(model, "槲皮素")

    assert "JNK_up (held), weight 0.5" in text
    assert "JNK_down, weight 0.25" in text
    assert re.search(r"what the reviews report \(\d+ claims", text)
    assert "https://identifiers.org/chebi:16243" in text
    assert "scenarios: 03_menopause_quercetin" in text
    command = re.search(r'remodelsim (explain .*)"menopause=on"', text)
    assert command is not None


def test_the_page_of_a_node_shows_what_points_to_it_and_from_it(model):
    text = page_of(model, "NFATc1")
    network = model.network

    for edge in (*network.edges_into("NFATc1"), *network.edges_from("NFATc1")):
        assert f"  {edge.source} {'->' if edge.sign > 0 else '-|'} {edge.target}  (" in text


@pytest.mark.parametrize("name", ["RANKL -> RANKL_RANK", "OPG -| RANKL_RANK", "opg->rankl_rank"])
def test_an_arrow_is_found_however_it_is_written(model, name):
    text = page_of(model, name)

    assert text.startswith("edge\n")
    assert "rule: RANKL_RANK = RANKL & !OPG" in text
    assert "TCM-063" in text or "TCM-043" in text


def test_the_page_of_a_readout_counts_the_claims_that_ask_for_it(model):
    text = page_of(model, "BoneMass")
    count = int(re.search(r"asked for by (\d+) claims", text).group(1))
    own = [c for c in model.claims.values() if re.search(r"\bBoneMass:", c.columns["expect"])]

    assert count >= len(own) > 20


def test_every_thing_that_is_listed_has_a_page(model):
    for kind in ("compounds", "backgrounds", "readouts"):
        for name, _ in names_of(model, kind):
            assert re.search(rf"^{re.escape(name)} \({kind[:-1]}\)", page_of(model, name), re.MULTILINE)


def test_the_counts_are_those_of_the_lists(model):
    counted = dict(re.findall(r"^(\w+) +(\d+)$", kinds_text(model), re.MULTILINE))

    assert counted == {kind: str(len(names_of(model, kind))) for kind in LISTS}
    told = json.loads(CliRunner().invoke(main, ["list", "--json"]).stdout)
    assert {kind: str(count) for kind, count in told.items()} == counted
