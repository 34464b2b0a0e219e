"""The states on which estrogen and RANKL are pinned, for many draws at once."""

import numpy as np
import pytest

from remodelsim.engines.ode.cells import K
from remodelsim.engines.ode.join import settled
from remodelsim.engines.ode.layout import make_layout
from remodelsim.engines.ode.pins import find_pins

from . import synthetic


def test_pins_are_where_iteration_settles():
    hormone = synthetic.network().index["Estrogen"]
    draws = synthetic.pairs()
    layout = make_layout(synthetic.program(), [wiring for _, wiring in draws])
    for pins, (constants, wiring) in zip(find_pins(layout, draws, hormone), draws, strict=True):
        least = max(1.0 - wiring.parameters[K.b], 0.05)
        level = float(constants.level[hormone])
        bound, _ = settled(synthetic.program(), constants, wiring, hormone, level, least, 20_000)
        lost, signal = settled(synthetic.program(), constants, wiring, hormone, 0.0, -1.0, 20_000)
        assert np.abs(pins.bound - bound).max() < 1e-5
        assert np.abs(pins.lost - lost).max() < 1e-5
        assert pins.signal == pytest.approx(signal, rel=1e-4)
