"""What is done, as symbols: nothing where a setting never leaves its rest, else a number that events set."""

from __future__ import annotations

from collections.abc import Sequence

from ..engines.ode.cells import DRUGS, MODULATORS
from ..engines.ode.course import Stretch
from ..nouns.equations import Event, Term, at_least, symbol, term

_TIME = Term("time")


class Deeds:
    """The settings of every stretch.

    Parameters
    ----------
    symbols
        Symbols of the states, nodes first.
    stretches
        What is done, from day 0 on.
    """

    def __init__(self, symbols: Sequence[str], stretches: Sequence[Stretch]) -> None:
        self._symbols, self._stretches = symbols, stretches
        self._settings = [self._of(stretch) for stretch in stretches]
        names = dict.fromkeys(name for row in self._settings for name in row)
        self.first = {name: self._settings[0].get(name, _rest(name)) for name in names}
        self.drugs = {
            f"drug_{name}": symbol(f"infusion_{name}") - symbol(f"decay_{name}") * symbol(f"drug_{name}")
            for name in DRUGS
            if f"drug_{name}" in self.first
        }

    def _of(self, stretch: Stretch) -> dict[str, float]:
        doing = stretch.doing
        out = {f"free_{name}": 0.0 for name, held in zip(self._symbols, doing.held.tolist(), strict=True) if held}
        nodes = self._symbols[: doing.alpha.size]
        for name, alpha, beta in zip(nodes, doing.alpha.tolist(), doing.beta.tolist(), strict=True):
            out |= {f"{k}_{name}": v for k, v in (("alpha", alpha), ("beta", beta)) if v != _rest(k)}
        for name, onset, decline in zip(nodes, doing.onset.tolist(), doing.decline.tolist(), strict=True):
            if decline > 0.0:
                out |= {f"onset_{name}": onset, f"decline_{name}": decline}
        out |= {f"factor_{n}": float(f) for n, f in zip(MODULATORS, doing.factor, strict=True) if f != 1.0}
        for name, (level, decay, rate) in zip(DRUGS, doing.drug.tolist(), strict=True):
            if level > 0.0 or rate > 0.0:
                out |= {f"drug_{name}": level, f"decay_{name}": decay, f"infusion_{name}": rate if decay else 0.0}
        return out

    def number(self, name: str) -> Term:
        """Return a setting as a symbol, or as its rest where it never leaves it."""
        return symbol(name) if name in self.first else term(_rest(name))

    def freed(self, name: str, rate: Term) -> Term | None:
        """Return the rate of a state while it is free; None where it is held throughout."""
        free = f"free_{name}"
        if all(free in row for row in self._settings):
            return None
        return symbol(free) * rate if free in self.first else rate

    def on_course(self, name: str, asked: Term) -> Term:
        """Return what an input is asked for: its course while it is on one, else `asked`."""
        if f"decline_{name}" not in self.first:
            return asked
        decline, since = symbol(f"decline_{name}"), at_least(_TIME - symbol(f"onset_{name}"), 0.0)
        fallen = symbol(f"level_{name}") / (1.0 + since / at_least(decline, 1e-9))
        return Term("choice", (fallen, Term("gt", (decline, term(0.0))), asked))

    def events(self) -> tuple[Event, ...]:
        """Return one event for every stretch but the first: every setting that differs, drug levels, and jumps."""
        out = []
        for k, stretch in enumerate(self._stretches[1:], start=1):
            before, now = ({n: row.get(n, _rest(n)) for n in self.first} for row in self._settings[k - 1 : k + 1])
            sets = {n: term(v) for n, v in now.items() if v != before[n] or n in self.drugs}
            sets |= {self._symbols[i]: term(value) for i, value in stretch.jump.items()}
            if sets:
                out.append(Event(f"switch_{k}", Term("geq", (_TIME, term(stretch.start))), sets))
        return tuple(out)


def _rest(name: str) -> float:
    """Return the value of a setting where nothing is done."""
    return 1.0 if name.split("_", maxsplit=1)[0] in {"free", "beta", "factor"} else 0.0
