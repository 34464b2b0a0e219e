"""Every conflict and slip that a second reading of the reviews found has a row with a decision in deviations.md."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from remodelsim.faces.cli import main
from remodelsim.files.library import load_model
from remodelsim.ground.resources import data_root

TEXT = (data_root("models") / "evidence" / "deviations.md").read_text(encoding="utf-8")
ROWS = {m[1]: m[0] for m in re.finditer(r"(?m)^\| ([SGCDOWQ]\d+) \|.*$", TEXT)}
CLAIM = re.compile(r"(?:QUE|VK2|PUE|TCM|GUT)-\d{3}")
# what was found, in our words, to the claims in which it was found
FOUND = {
    "10 uM of quercetin raises and lowers Wnt": "QUE-130 QUE-135",
    "quercetin and fat of stromal cells": "QUE-104 QUE-132",
    "p38 by cell stage": "QUE-185 QUE-188 QUE-202",
    "JNK in osteoblasts in three ways": "QUE-190 QUE-194",
    "quercetin kills and protects osteoblasts": "QUE-196 QUE-215",
    "apoptosis that falls with inflammation": "QUE-079 QUE-069",
    "OPG up or unchanged": "QUE-238 QUE-239",
    "mainly protective": "QUE-302",
    "vitamin K2 and bone density": "VK2-101 VK2-143 VK2-029",
    "p38 in MC3T3-E1 under two compounds": "PUE-063 QUE-188",
    "quercetin through BMP against Wnt": "TCM-206 QUE-131",
    "LPS makes osteoclasts with RANKL only": "QUE-071 GUT-292",
    "estrogen loss without a flora": "QUE-259 GUT-451 PUE-245",
    "PTH without a schedule": "VK2-024 GUT-488",
    "nitric oxide by cell": "VK2-074 PUE-205",
    "what estrogen does": "VK2-020 QUE-256",
    "estrogen outside the nucleus": "QUE-269 QUE-162",
    "vitamin K2 through the wall": "VK2-044 GUT-222",
    "haemostasis": "QUE-062",
    "2.64 ug/kg": "QUE-064",
    "33.8 mg/mL": "QUE-101",
    "seven kinds of cells": "QUE-210",
    "decoy": "QUE-234",
    "three cells together": "QUE-243",
    "blocker of the receptor": "QUE-158",
    "activate, inhibit": "QUE-190",
    "order of RANK and RANKL": "QUE-072",
    "signalling turned round": "QUE-111",
    "estrogen-like": "QUE-019",
    "therapy from a shape": "QUE-167",
    "one experiment twice": "QUE-069 QUE-202",
    "apoptosis only in one line": "QUE-198",
    "best of a series": "QUE-108",
    "subscripts of K": "VK2-031",
    "interleukin 10 for 1 alpha": "VK2-075 VK2-077",
    "misread characters": "VK2-060 VK2-041",
    "numbers of references": "VK2-146",
    "K1 given as K2": "VK2-126 VK2-128",
    "K1 in osteopenia": "VK2-143 VK2-145",
    "K and 2 to 4 years": "VK2-143",
    "by 64 %": "VK2-140",
    "standard cross-links": "VK2-104",
    "serum level": "VK2-117",
    "variants of VKORC1": "VK2-083",
    "osteoblasts under resorption": "VK2-070",
    "estrogen without a study": "VK2-132",
    "better than vitamin D": "VK2-137",
    "best dose of puerarin": "PUE-073",
    "best dose at the receptor": "PUE-276",
    "100 uM and proliferation": "PUE-294 TCM-184",
    "safe dose": "PUE-148 TCM-183",
    "PTEN rises and bone gains": "PUE-103 PUE-104 TCM-461",
    "STAT3 in two cells": "TCM-170 TCM-343",
    "MAPK in two cells": "TCM-257 TCM-354",
    "AKT by cell": "PUE-110 GUT-096",
    "Wnt and inflammation": "GUT-377 TCM-158",
    "TLR4 blocked": "TCM-200 GUT-292",
    "TNF the wrong way": "GUT-378 TCM-074",
    "matrine in two ways": "TCM-367 TCM-369",
    "baicalin in two ways": "TCM-200 TCM-420",
    "48 h for growth and reversal": "PUE-073 PUE-091 PUE-094",
    "purity of a root": "PUE-040",
    "larger cavity": "PUE-101",
    "less calcium laid down": "PUE-253",
    "no verb": "PUE-087",
    "name of 3-MA": "PUE-122",
    "name of L-NMMA": "PUE-202",
    "name of ICI": "PUE-264",
    "name of sFRP2": "PUE-161",
    "differentiation or proliferation": "PUE-127",
    "announced and not given": "PUE-147 PUE-221 PUE-232 PUE-173",
    "who stems from stromal cells": "PUE-056",
    "the fall inside is implied": "PUE-089",
    "IKK for IkB": "TCM-313 TCM-316",
    "47 twice": "TCM-301 TCM-308",
    "zebrafish": "TCM-164",
    "conclusion against body": "TCM-425 TCM-249",
    "secretion promoted": "TCM-402",
    "viability at the same dose": "TCM-330",
    "not bone": "TCM-330 TCM-343",
    "no sign": "TCM-370 TCM-257 TCM-344",
    "pathway for ratio": "TCM-364 TCM-368",
    "52 assumed": "TCM-347",
    "presence and quality of the flora": "GUT-325 GUT-386",
    "B-cell mTOR": "GUT-369 GUT-371",
    "B cells against dysbiosis": "GUT-369 GUT-387",
    "mTOR by cell": "GUT-370 GUT-421",
    "OPG as a harm": "GUT-574 GUT-098",
    "taxa of patients that help": "GUT-185 GUT-358",
    "toxin and benefit of B. fragilis": "GUT-350 GUT-379",
    "continuous PTH and SFB": "GUT-488 GUT-491",
    "serotonin of two places": "GUT-469 GUT-477",
    "early and late IFN": "GUT-113 GUT-119",
    "IGF-1 in two times": "GUT-426 GUT-429",
    "NF-kB and NIK": "GUT-095 GUT-353",
    "TGF-b of Treg and of LPS": "GUT-127 GUT-294",
    "vitamin D and RANKL": "GUT-512 GUT-513",
    "donor of the flora": "GUT-590 GUT-206",
    "tryptophan and kynurenine": "GUT-354 GUT-319",
    "SCFA after antibiotics": "GUT-430 GUT-433",
    "mTOR no transcription factor": "GUT-369",
    "order of TNF and RANKL": "GUT-105",
    "cytokines from T cells": "GUT-086",
    "IL-2 of Th17": "GUT-137",
    "IL-23 above Th17": "GUT-260",
    "butyrate missing": "GUT-243",
    "ZO-1 in the membrane": "GUT-204",
    "free fatty acids": "GUT-266",
    "growth transforming factor": "GUT-294",
    "loss of beta-catenin": "GUT-389",
    "estrogen as a radical": "GUT-450",
    "CREB": "GUT-475",
    "endothelial serotonin": "GUT-478",
    "5-TH1B": "GUT-472",
    "secondary bile acids": "GUT-506",
    "GLP-1": "GUT-514",
    "semaphorin": "GUT-168",
    "NSAIDs": "GUT-542",
    "Parkinson": "GUT-078",
    "reference 50 twice": "GUT-363 GUT-451",
    "no genus": "GUT-188",
    "misprints": "GUT-152",
}


def claims_in(row):
    """Return the claims that a row names, ranges written out."""
    named = set(CLAIM.findall(row))
    for review, first, last in re.findall(r"(\w{3})-(\d{3}) to \1-(\d{3})", row):
        named |= {f"{review}-{k:03d}" for k in range(int(first), int(last) + 1)}
    return named


@pytest.mark.parametrize("found", FOUND)
def test_what_a_second_reading_found_has_a_row_with_a_decision(found):
    wanted = set(FOUND[found].split())

    assert [name for name, row in ROWS.items() if wanted <= claims_in(row)]


def test_rows_are_numbered_without_a_gap():
    for letter in "SGCDOW":
        numbers = [int(name[1:]) for name in ROWS if name[0] == letter]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) >= 8


def test_every_sign_that_is_not_held_as_stated_says_what_kind_of_decision_it_is():
    kinds = re.compile(r"(?:context|choice|correction|reading|gap)[:,]|taken|kept|both kept")

    assert [name for name, row in ROWS.items() if name[0] == "C" and not kinds.match(row.split(" | ")[3])] == []


def test_every_question_that_is_held_to_be_wrong_is_asked_all_the_same():
    claims = load_model().claims
    wrong = {i for name, row in ROWS.items() if name[0] == "Q" for i in claims_in(row.split(" | ")[1])}

    assert len(wrong) >= 8
    assert sorted(i for i in wrong if not claims[i].columns["expect"]) == []


def test_every_dispute_stands_among_the_deviations():
    assert [dispute.name for dispute in load_model().disputes if f"`{dispute.name}`" not in TEXT] == []


def test_a_claim_shows_where_it_is_decided():
    decisions = load_model().evidence.decisions

    assert {claim: set(rows) for claim, rows in decisions.items()} == {
        claim: {name for name, row in ROWS.items() if claim in claims_in(row)} for claim in decisions
    }
    assert "decided in models/evidence/deviations.md\n  C3\n" in CliRunner().invoke(main, ["show", "GUT-378"]).output


def test_every_corrected_excuse_points_to_a_row():
    corrected = {e.claim for e in load_model().evidence.excuses.values() if e.why == "corrected"}

    assert corrected - {claim for row in ROWS.values() for claim in claims_in(row)} == set()
