import pytest
from hypothesis import given
from hypothesis import strategies as st

from remodelsim.ground.errors import RemodelsimError, UnitError, UnknownNameError
from remodelsim.ground.names import fold, is_name, nearest, resolve
from remodelsim.ground.units import Amount, parse_amount, parse_days


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("10uM", Amount(10.0, "uM")),
        ("10 µM", Amount(10.0, "uM")),
        ("500 nM", Amount(0.5, "uM")),
        ("2 mM", Amount(2000.0, "uM")),
        ("1 umol/L", Amount(1.0, "uM")),
        ("50mg/kg", Amount(50.0, "mg/kg")),
        ("20ug", Amount(0.02, "mg")),
        ("20 mcg", Amount(0.02, "mg")),
        ("1e-3 g", Amount(1.0, "mg")),
    ],
)
def test_doses_are_read_in_the_unit_of_their_kind(text, amount):
    read = parse_amount(text)
    assert (read.value, read.unit) == (pytest.approx(amount.value), amount.unit)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "10",
            "dose '10' has no unit. Allowed: uM, nM, mM, umol/L, nmol/L, mmol/L, mg/kg, ug/kg, g/kg, mg, ug",
        ),
        ("ten uM", "'ten uM' is not a dose. Write a number and a unit, such as 10uM."),
        ("-1 uM", "a dose must be a number of 0 or more, not -1 uM."),
        ("1 mgg", "unknown dose unit 'mgg'. Did you mean 'mg'?"),
    ],
)
def test_a_wrong_dose_has_its_sentence(text, sentence):
    with pytest.raises(UnitError) as error:
        parse_amount(text)
    assert str(error.value).startswith(sentence)


@pytest.mark.parametrize(("text", "days"), [("48h", 2.0), ("2 y", 730.0), (180, 180.0), ("1 wk", 7.0), ("6 mo", 182.5)])
def test_times_are_read_as_days(text, days):
    assert parse_days(text) == pytest.approx(days)


@pytest.mark.parametrize("text", ["-1 d", "soon", "3 fortnights", float("nan"), float("inf")])
def test_no_time_is_refused(text):
    with pytest.raises(UnitError):
        parse_days(text)


@given(st.text(max_size=30))
def test_any_text_is_a_dose_or_a_unit_error(text):
    try:
        amount = parse_amount(text)
    except UnitError:
        return
    assert amount.value >= 0.0


def test_names_are_letters_digits_and_underscores():
    assert is_name("IL6")
    assert is_name("NFkB_oc")
    for text in ("IL-6", "2a", "", "true", "NOT", "a b", "TNFα"):
        assert not is_name(text)


def test_a_wrong_name_finds_the_nearest():
    assert nearest("rnkl", ["OPG", "RANKL"]) == "RANKL"
    assert nearest("xyzzy", ["OPG", "RANKL"]) is None
    with pytest.raises(UnknownNameError) as error:
        resolve("Rankel", {fold("RANKL"): "RANKL"}, kind="node", listing="remodelsim list nodes", where="a.yaml:1:1")
    assert str(error.value) == (
        "a.yaml:1:1: unknown node 'Rankel'. Did you mean 'RANKL'? List them with: remodelsim list nodes"
    )


def test_an_error_keeps_the_first_place_it_learns():
    error = RemodelsimError("wrong", cure="Mend it.").at("a:1").at("b:2")
    assert str(error) == "a:1: wrong. Mend it."
