"""Why the arms of a scenario differ from its baseline: the first readout of each, taken apart into its causes."""

from __future__ import annotations

from dataclasses import replace

from .causes import Doing, doing_of
from .explain import explain_doing
from .explanation import Explanation
from .simulate import Result
from .whatif import Question

# more causes than these are told by `explain` itself
_MOST_CAUSES = 40


def explain_arms(result: Result) -> dict[str, Explanation]:
    """Explain every arm that only adds to the baseline of its scenario.

    Parameters
    ----------
    result
        A run.

    Returns
    -------
    dict
        Arm to the explanation of the first readout on the last day, in the reference draw: by the ODE where it was
        run, else by the Boolean process. Arms that leave out something of the baseline, or add nothing, are not there.

    Raises
    ------
    SolveError
        When an arm cannot be finished.
    """
    scenario = result.scenario
    base = scenario.arm(scenario.baseline)
    formalism = "ode" if "ode" in scenario.formalisms else "boolean"
    out: dict[str, Explanation] = {}
    for arm in scenario.arms:
        doing = doing_of(result.model, base.protocol, arm.protocol)
        if arm.name == base.name or not doing.causes or len(doing.causes) > _MOST_CAUSES or not _only_adds(doing):
            continue
        question = Question(
            arm.label_en, base.label_en, scenario.readouts[:1], formalism, scenario.horizon, 0, scenario.seed
        )
        found = explain_doing(result.model, question, doing, scenario.horizon)
        out[arm.name] = replace(found, arms=((arm.label_en, arm.label_zh), (base.label_en, base.label_zh)))
    return out


def _only_adds(doing: Doing) -> bool:
    """Tell whether the arm is the baseline with something more, or something else in the same place."""
    return set(doing.without.override(doing.do)) == set(doing.do)
