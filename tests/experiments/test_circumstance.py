"""What stands high or low in a baseline is a circumstance: compounds that act on it still move it."""

import pytest

from remodelsim.experiments.plan import boolean_stretches, ode_stretches
from remodelsim.nouns.assignment import level_of, protocol_of
from remodelsim.nouns.holding import protocol_for
from remodelsim.nouns.question import parse_settings

SENOLYTIC = "Quercetin=112uM"


def asked(model, reference, protocol, node):
    """What the node asks for in both formalisms, and whether the ODE holds it."""
    i = model.network.index[node]
    (lane,) = boolean_stretches(model, reference, [protocol], [180.0])
    (stretch,) = ode_stretches(model, reference, protocol, 180.0)
    doing = stretch.doing
    assert (lane.beta[0, i], doing.beta[i] if not doing.held[i] else 0.0) == (0.0, 0.0)
    return lane.alpha[0, i], doing.alpha[i], bool(doing.held[i])


def share_of_the_senolytic(model):
    compound = model.compounds["Quercetin"]
    (effect,) = (e for e in compound.effects if e.node == "MSC_senescent")
    ((dosing,),) = [protocol_of(model, SENOLYTIC).actions]
    return effect.strength * effect.occupancy(dosing.amount)


@pytest.mark.parametrize(
    "made",
    [
        lambda m: protocol_of(m, "MSC_senescent=high", circumstance=True).override(protocol_of(m, SENOLYTIC)),
        lambda m: protocol_for(m, parse_settings("MSC_senescent=high"), circumstance=True).override(
            protocol_of(m, SENOLYTIC)
        ),
    ],
)
def test_a_compound_lowers_what_stands_high_in_a_baseline(model, reference, made):
    high = level_of("high", model.network.node("MSC_senescent").level)
    boolean, ode, held = asked(model, reference, made(model), "MSC_senescent")
    left = high * (1.0 - share_of_the_senolytic(model))
    assert boolean == pytest.approx(left)
    assert ode == pytest.approx(left)
    assert not held


def test_it_stays_where_it_is_put_while_no_compound_acts_on_it(model, reference):
    high = level_of("high", model.network.node("MSC_senescent").level)
    boolean, ode, _ = asked(
        model, reference, protocol_of(model, "MSC_senescent=high", circumstance=True), "MSC_senescent"
    )
    assert (boolean, ode) == (high, high)


@pytest.mark.parametrize("word", ["on", "0.8"])
def test_what_is_held_on_or_at_a_number_does_not_yield(model, reference, word):
    protocol = protocol_of(model, f"MSC_senescent={word} & {SENOLYTIC}", circumstance=True)
    boolean, _, held = asked(model, reference, protocol, "MSC_senescent")
    assert held
    assert boolean == {"on": 1.0, "0.8": 0.8}[word]


def test_what_is_done_does_not_yield(model, reference):
    protocol = protocol_of(model, f"MSC_senescent=high & {SENOLYTIC}")
    boolean, _, held = asked(model, reference, protocol, "MSC_senescent")
    assert held
    assert boolean == level_of("high", model.network.node("MSC_senescent").level)


def test_a_cell_of_the_cell_layer_is_held_even_as_a_circumstance(model, reference):
    _, _, held = asked(model, reference, protocol_of(model, "Osteoclast=high", circumstance=True), "Osteoclast")
    assert held
